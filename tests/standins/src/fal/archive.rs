//! Reads a training archive as strictly as the trainers do: it must be a zip, hold enough images,
//! and each must decode.

use std::{
    collections::HashSet,
    io::{Cursor, Read as _},
};

use image::ImageReader;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use zip::{ZipArchive, result::ZipError};

use super::{
    check::refused,
    record::{Archive, Outcome},
};

const IMAGES: [&str; 4] = [".jpg", ".jpeg", ".png", ".webp"];

/// Largest unpacked file, in bytes; photos are far smaller.
const MAX_FILE: u64 = 64 << 20;

/// What an archive contains.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) archive: Archive,
    images: Vec<(String, Vec<u8>)>,
    bare: Option<String>,
}

impl Contents {
    /// Lists an archive without checking it.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, ZipError> {
        let mut zip = ZipArchive::new(Cursor::new(bytes))?;
        let mut names = Vec::new();
        let mut images = Vec::new();
        for index in 0..zip.len() {
            let file = zip.by_index(index)?;
            let name = file.name()?.into_owned();
            if file.is_dir() {
                continue;
            }
            if is_image(&name) {
                let mut data = Vec::new();
                file.take(MAX_FILE).read_to_end(&mut data)?;
                images.push((name.clone(), data));
            }
            names.push(name);
        }
        let captions: HashSet<&str> =
            names.iter().filter_map(|name| name.strip_suffix(".txt")).collect();
        let captioned = |name: &str| stem(name).is_some_and(|stem| captions.contains(stem));
        let bare = images.iter().map(|(name, _)| name).find(|name| !captioned(name)).cloned();
        let archive = Archive {
            bytes: bytes.len(),
            sha256: hex::encode(Sha256::digest(bytes)),
            images: images.len(),
            captions: images.iter().filter(|(name, _)| captioned(name)).count(),
            names,
        };
        Ok(Self { archive, images, bare })
    }

    /// Fails for fewer than `least` images, or one that cannot be decoded.
    pub(super) fn check(&self, field: &str, url: &str, least: usize) -> Result<(), Outcome> {
        let url = Value::from(url);
        let found = self.archive.images;
        if found < least {
            let message =
                format!("The archive must contain at least {least} files, but {found} were found");
            let context = json!({
                "min_count": least,
                "provided_count": found,
                "supported_extensions": IMAGES,
            });
            let kind = "archive_file_count_below_minimum";
            return Err(refused(field, &message, kind, Some(&url), Some(context)));
        }
        for (name, data) in &self.images {
            let reader = ImageReader::new(Cursor::new(data)).with_guessed_format();
            let decoded = reader.map_err(Into::into).and_then(ImageReader::decode);
            if let Err(error) = decoded {
                let message = format!("Failed to load the image {name}: {error}");
                return Err(refused(field, &message, "image_load_error", Some(&url), None));
            }
        }
        Ok(())
    }

    /// The first image that has no caption beside it.
    pub(super) fn without_caption(&self) -> Option<&str> {
        self.bare.as_deref()
    }
}

/// The error for bytes that are not a zip.
pub(super) fn invalid(field: &str, url: &str) -> Outcome {
    let context = json!({ "supported_extensions": [".zip"] });
    let message = "The archive is invalid or cannot be read";
    refused(field, message, "invalid_archive", Some(&Value::from(url)), Some(context))
}

fn is_image(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let file = lower.rsplit('/').next().unwrap_or(&lower);
    !lower.starts_with("__macosx/")
        && !file.starts_with('.')
        && IMAGES.iter().any(|extension| file.ends_with(extension))
}

fn stem(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use image::{DynamicImage, ImageFormat};
    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn photo() -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(8, 8).write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
        bytes.into_inner()
    }

    fn pack(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn kind(outcome: &Outcome) -> &str {
        outcome.body["detail"][0]["type"].as_str().unwrap()
    }

    #[test]
    fn images_and_captions_are_counted_and_the_rest_is_not() {
        let photo = photo();
        let bytes = pack(&[
            ("a.jpg", &photo),
            ("a.txt", b"a man"),
            ("sub/b.JPEG", &photo),
            ("__MACOSX/a.jpg", b"junk"),
            (".hidden.png", b"junk"),
            ("notes.md", b"junk"),
        ]);
        let contents = Contents::read(&bytes).unwrap();
        assert_eq!((contents.archive.images, contents.archive.captions), (2, 1));
        assert_eq!(contents.without_caption(), Some("sub/b.JPEG"));
        assert_eq!(contents.check("images_data_url", "url", 2), Ok(()));
    }

    #[test]
    fn too_few_images_are_told_with_both_counts() {
        let contents = Contents::read(&pack(&[("a.jpg", &photo())])).unwrap();
        let outcome = contents.check("images_data_url", "url", 4).unwrap_err();
        assert_eq!(kind(&outcome), "archive_file_count_below_minimum");
        let context = &outcome.body["detail"][0]["ctx"];
        assert_eq!((&context["min_count"], &context["provided_count"]), (&json!(4), &json!(1)));
    }

    #[test]
    fn an_image_that_does_not_decode_and_bytes_that_are_no_zip_are_refused() {
        let contents = Contents::read(&pack(&[("a.jpg", b"not a photo")])).unwrap();
        let outcome = contents.check("images_data_url", "url", 1).unwrap_err();
        assert_eq!(kind(&outcome), "image_load_error");
        assert!(Contents::read(b"not a zip").is_err());
    }
}
