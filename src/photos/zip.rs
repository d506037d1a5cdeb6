//! Pictures for their owner, as they are, in one file: with the crate `zip`.

use super::archive::{FilePacker, add, disk, on_disk};
use crate::temporary::Temporary;
use actors::ports::{Archive, NamedObject, ObjectError, Objects, PackError, Zipped, Zipper};
use async_trait::async_trait;
use zip::ZipWriter;

/// Prefix of the file name while it is written and sent.
const EXPORT: &str = "export-";

/// Bytes of a file's two headers and of its place in the directory, beside its name.
const HEADERS: u64 = 200;

#[async_trait]
impl Zipper for FilePacker {
    async fn zip(
        &self,
        files: &[NamedObject],
        most: u64,
        objects: &dyn Objects,
    ) -> Result<Zipped, PackError> {
        let file = Temporary::new(self.folder(), EXPORT).await.map_err(disk)?;
        let mut archive = ZipWriter::new(file.handle().map_err(disk)?);
        let (mut taken, mut missing, mut length) = (0, 0, 0);
        for NamedObject { name, key } in files {
            let bytes = match objects.get(key).await {
                Ok(bytes) => bytes,
                Err(ObjectError::Missing(_) | ObjectError::BadKey(_)) => {
                    (taken, missing) = (taken + 1, missing + 1);
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            length += bytes.len() as u64 + HEADERS + 2 * name.len() as u64;
            if length > most && taken > missing {
                break; // It goes into the next one.
            }
            let name = name.clone();
            archive = on_disk(move || add(archive, &name, &bytes)).await?;
            taken += 1;
        }
        let byte_size = on_disk(move || Ok(archive.finish()?.metadata()?.len())).await?;
        let archive = Archive::new(file.path().to_owned(), byte_size, file);
        Ok(Zipped { archive, taken, missing })
    }
}
