//! The archive that a trainer reads.

use actors::ports::Cause;
use bytes::Bytes;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

/// Packs photos in their order as `photo_001.jpg`, `photo_002.jpg`, …
///
/// Stored, because JPEG does not deflate. Dates, modes and the system are fixed, so that the same
/// photos are the same archive: an upload that is repeated after a crash is the same upload.
pub(super) fn pack(photos: &[Bytes]) -> Result<Bytes, Cause> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::DEFAULT)
        .system(System::Unix)
        .unix_permissions(0o644);
    let room = photos.iter().map(|photo| photo.len() + ROOM_FOR_NAMES).sum();
    let mut archive = ZipWriter::new(Cursor::new(Vec::with_capacity(room)));
    for (number, photo) in (1..).zip(photos) {
        archive.start_file(format!("photo_{number:03}.jpg"), options)?;
        archive.write_all(photo)?;
    }
    Ok(archive.finish()?.into_inner().into())
}

/// Bytes that one file needs besides its own, at most: its two headers with the name.
const ROOM_FOR_NAMES: usize = 256;
