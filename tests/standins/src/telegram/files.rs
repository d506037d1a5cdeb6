//! Files: identifiers, sizes of photos, `getFile` and the download behind it.

use std::{
    collections::HashMap,
    io::Cursor,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use image::{DynamicImage, ImageFormat};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{chat::Media, refusal::Refusal};

/// The largest file that a bot can download.
pub(crate) const DOWNLOAD_LIMIT: usize = 20 << 20;
/// The largest photo that a bot can upload; other files may have 50 MB.
const PHOTO_LIMIT: usize = 10 << 20;
/// How long a download link is valid.
const LINK_LIFE: Duration = Duration::from_hours(1);
/// The longer sides of the smaller versions of a photo.
const SIZES: [u32; 3] = [90, 320, 800];

/// A file that Telegram keeps.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    kind: &'static str,
    unique_id: String,
    path: String,
    bytes: Bytes,
    name: Option<String>,
    mime: String,
    /// Width and height of a picture.
    size: (u32, u32),
    /// When the link was last created; without one there is nothing to download.
    linked: Option<Instant>,
}

/// All files of all chats.
#[derive(Debug, Default)]
pub(crate) struct Files {
    by_id: HashMap<String, Stored>,
    count: u64,
}

/// One version of a photo: its bytes, width and height.
pub(crate) type Version = (Bytes, u32, u32);

/// The versions of a photo, smallest first; the last one is the original bytes.
///
/// Bytes that are not a picture get one version of a made-up size, because a test may want to see
/// what the bot does with them.
pub(crate) fn versions(bytes: &Bytes) -> Vec<Version> {
    let Ok(picture) = image::load_from_memory(bytes) else {
        return vec![(bytes.clone(), 1280, 1280)];
    };
    let longer = picture.width().max(picture.height());
    let smaller = SIZES.iter().filter(|side| **side < longer);
    let mut versions: Vec<Version> =
        smaller.filter_map(|side| encoded(&picture.thumbnail(*side, *side))).collect();
    versions.push((bytes.clone(), picture.width(), picture.height()));
    versions
}

fn encoded(picture: &DynamicImage) -> Option<Version> {
    let mut jpeg = Cursor::new(Vec::new());
    picture.to_rgb8().write_to(&mut jpeg, ImageFormat::Jpeg).ok()?;
    Some((Bytes::from(jpeg.into_inner()), picture.width(), picture.height()))
}

/// The versions of a photo that the bot uploads, if Telegram would accept it.
///
/// # Errors
///
/// 400 with the reason; the remedy is to send it as a document.
pub(crate) fn uploaded_photo(bytes: &Bytes) -> Result<Vec<Version>, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::bad("file must be non-empty"));
    }
    if bytes.len() > PHOTO_LIMIT {
        return Err(Refusal::bad("file is too big"));
    }
    if image::guess_format(bytes).is_err() || image::load_from_memory(bytes).is_err() {
        return Err(Refusal::bad("IMAGE_PROCESS_FAILED"));
    }
    let versions = versions(bytes);
    let (_, width, height) = versions[versions.len() - 1];
    let (longer, shorter) = (width.max(height), width.min(height).max(1));
    if width + height > 10_000 || longer / shorter > 20 {
        return Err(Refusal::bad("PHOTO_INVALID_DIMENSIONS"));
    }
    Ok(versions)
}

/// The one version of a photo of which only the header is read and nothing is kept.
///
/// # Errors
///
/// 400 if it has no readable header.
pub(crate) fn glanced_at(bytes: &Bytes) -> Result<Vec<Version>, Refusal> {
    let reader = image::ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let size = reader.ok().and_then(|reader| reader.into_dimensions().ok());
    let (width, height) = size.ok_or_else(|| Refusal::bad("IMAGE_PROCESS_FAILED"))?;
    Ok(vec![(Bytes::new(), width, height)])
}

impl Files {
    /// Stores a photo and returns its form in a message.
    pub(crate) fn photo(&mut self, versions: Vec<Version>) -> Media {
        let mut sizes = Vec::new();
        let mut largest = String::new();
        for (bytes, width, height) in versions {
            let stored = Stored { size: (width, height), ..self.stored("photo", bytes, "jpg") };
            largest = self.keep(stored.clone());
            sizes.push(json!({
                "file_id": largest,
                "file_unique_id": stored.unique_id,
                "width": width,
                "height": height,
                "file_size": stored.bytes.len(),
            }));
        }
        Media { kind: "photo", file_id: largest, name: None, wire: Value::Array(sizes) }
    }

    /// Stores a document and returns its form in a message.
    pub(crate) fn document(&mut self, bytes: Bytes, name: &str, mime: &str) -> Media {
        let extension = name.rsplit_once('.').map_or("bin", |(_, extension)| extension);
        let mut stored = self.stored("document", bytes, extension);
        stored.name = Some(name.to_owned());
        mime.clone_into(&mut stored.mime);
        let file_id = self.keep(stored.clone());
        let wire = document_wire(&file_id, &stored);
        Media { kind: "document", file_id, name: stored.name, wire }
    }

    /// Stores a voice message, which has no name and a path ending in `.oga`.
    pub(crate) fn voice(&mut self, bytes: Bytes, seconds: u32) -> Media {
        let stored = self.stored("voice", bytes, "oga");
        let file_id = self.keep(stored.clone());
        let wire = json!({
            "file_id": file_id,
            "file_unique_id": stored.unique_id,
            "duration": seconds,
            "mime_type": "audio/ogg",
            "file_size": stored.bytes.len(),
        });
        Media { kind: "voice", file_id, name: None, wire }
    }

    /// The file behind an identifier, for sending it again.
    ///
    /// # Errors
    ///
    /// 400 if there is none, or it is of another kind.
    pub(crate) fn again(&self, kind: &'static str, file_id: &str) -> Result<Media, Refusal> {
        let stored = self.find(file_id)?;
        if stored.kind != kind {
            return Err(Refusal::bad("type of file mismatch"));
        }
        let wire = if kind == "photo" {
            json!([{
                "file_id": file_id,
                "file_unique_id": stored.unique_id,
                "width": stored.size.0,
                "height": stored.size.1,
                "file_size": stored.bytes.len(),
            }])
        } else {
            document_wire(file_id, stored)
        };
        Ok(Media { kind, file_id: file_id.to_owned(), name: stored.name.clone(), wire })
    }

    /// `getFile`: creates the download link and returns it.
    ///
    /// # Errors
    ///
    /// 400 if the file is unknown or larger than 20 MB.
    pub(crate) fn link(&mut self, file_id: &str) -> Result<Value, Refusal> {
        let size = self.find(file_id)?.bytes.len();
        if size > DOWNLOAD_LIMIT {
            return Err(Refusal::bad("file is too big"));
        }
        let stored = self.by_id.get_mut(file_id).ok_or_else(|| Refusal::bad("invalid file_id"))?;
        stored.linked = Some(Instant::now());
        Ok(json!({
            "file_id": file_id,
            "file_unique_id": stored.unique_id,
            "file_size": size,
            "file_path": stored.path,
        }))
    }

    /// The target of a link, while it is valid; time runs `speed` times as fast as real time.
    pub(crate) fn download(&self, path: &str, speed: u32) -> Option<Bytes> {
        let stored = self.by_id.values().find(|stored| stored.path == path)?;
        let age = stored.linked?.elapsed().saturating_mul(speed);
        (age < LINK_LIFE).then(|| stored.bytes.clone())
    }

    /// The bytes of a file, for tests that compare what was sent.
    pub(crate) fn bytes(&self, file_id: &str) -> Option<Bytes> {
        Some(self.by_id.get(file_id)?.bytes.clone())
    }

    fn find(&self, file_id: &str) -> Result<&Stored, Refusal> {
        self.by_id.get(file_id).ok_or_else(|| {
            Refusal::bad(if file_id.starts_with("AgAC") {
                "wrong file_id or the file is temporarily unavailable"
            } else {
                "invalid file_id"
            })
        })
    }

    fn stored(&mut self, kind: &'static str, bytes: Bytes, extension: &str) -> Stored {
        self.count += 1;
        let digest = Sha256::digest(&bytes);
        let folder = if kind == "voice" { "voice".to_owned() } else { format!("{kind}s") };
        Stored {
            kind,
            unique_id: format!("AQAD{}", URL_SAFE_NO_PAD.encode(&digest[..9])),
            path: format!("{folder}/file_{}.{extension}", self.count),
            bytes,
            name: None,
            mime: String::new(),
            size: (0, 0),
            linked: None,
        }
    }

    fn keep(&mut self, stored: Stored) -> String {
        let seed = format!("{} {}", stored.unique_id, stored.path);
        let digest = Sha256::digest(seed.as_bytes());
        let file_id = format!("AgAC{}", URL_SAFE_NO_PAD.encode(&digest[..30]));
        self.by_id.insert(file_id.clone(), stored);
        file_id
    }
}

fn document_wire(file_id: &str, stored: &Stored) -> Value {
    json!({
        "file_id": file_id,
        "file_unique_id": stored.unique_id,
        "file_name": stored.name,
        "mime_type": stored.mime,
        "file_size": stored.bytes.len(),
    })
}
