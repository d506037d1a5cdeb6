//! Objects as files, `BUCKET/KEY` below a folder: as a copy of the older store has them.

use super::{NotRead, WrongOlderAddress};
use bytes::Bytes;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Component, Path, PathBuf};
use tokio::task;

/// What `MinIO` keeps in the folder of an object, instead of the object.
const PACKED: &str = "xl.meta";

#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn open(path: PathBuf) -> Result<Self, WrongOlderAddress> {
        match std::fs::read_dir(&path) {
            Ok(_) => Ok(Self(path)),
            Err(error) => Err(WrongOlderAddress::Folder { path, why: error.to_string() }),
        }
    }

    pub(super) async fn read(&self, bucket: &str, key: &str, most: u64) -> Result<Bytes, NotRead> {
        let path = Path::new(bucket).join(key);
        // Keys are foreign: one that leads elsewhere names nothing here.
        if !path.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(NotRead::Missing);
        }
        let path = self.0.join(path);
        let read = task::spawn_blocking(move || read(&path, most)).await;
        read.map_err(|error| NotRead::Unavailable(error.to_string()))?
    }
}

fn read(path: &Path, most: u64) -> Result<Bytes, NotRead> {
    let absent = [ErrorKind::NotFound, ErrorKind::NotADirectory, ErrorKind::InvalidFilename];
    let failed = |error: io::Error| {
        if absent.contains(&error.kind()) {
            return NotRead::Missing;
        }
        NotRead::Unavailable(format!("{}: {error}", path.display()))
    };
    // Before it is opened: to open a pipe would wait for ever.
    let about = std::fs::metadata(path).map_err(failed)?;
    if about.is_dir() && path.join(PACKED).is_file() {
        return Err(NotRead::Packed);
    }
    if !about.is_file() {
        return Err(NotRead::Missing);
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    match bytes.len() as u64 {
        read if read > most => Err(NotRead::TooLarge(about.len())),
        _ => Ok(bytes.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_read_within_its_bound_and_nothing_outside_the_folder() {
        let around = tempfile::tempdir().unwrap();
        let root = around.path().join("minio");
        std::fs::create_dir_all(root.join("generated/2025/x.jpg")).unwrap();
        std::fs::write(root.join("generated/2025/a.jpg"), b"picture").unwrap();
        std::fs::write(root.join("generated/2025/x.jpg/xl.meta"), b"XL2 ").unwrap();
        std::fs::write(around.path().join("secret"), b"secret").unwrap();
        let folder = Folder::open(root.clone()).unwrap();
        assert_eq!(folder.read("generated", "2025/a.jpg", 7).await.unwrap(), "picture");
        let large = folder.read("generated", "2025/a.jpg", 6).await;
        assert!(matches!(large, Err(NotRead::TooLarge(7))), "{large:?}");
        let packed = folder.read("generated", "2025/x.jpg", 7).await;
        assert!(matches!(packed, Err(NotRead::Packed)), "{packed:?}");
        let secret = around.path().join("secret").display().to_string();
        for (bucket, key) in [
            ("generated", "2025"),
            ("generated", "2025/b.jpg"),
            ("generated", "2025/a.jpg/below"),
            ("generated", "../../secret"),
            ("generated", &secret),
            ("..", "secret"),
            ("generated", &"x".repeat(300)),
        ] {
            let read = folder.read(bucket, key, 100).await;
            assert!(matches!(read, Err(NotRead::Missing)), "{bucket} {key}: {read:?}");
        }
        assert!(Folder::open(root.join("nowhere")).is_err());
    }
}
