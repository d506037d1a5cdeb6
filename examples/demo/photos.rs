//! Twelve real photos of one person.

use anyhow::Context;
use bytes::Bytes;
use image::{DynamicImage, ImageFormat, imageops::FilterType};
use std::io::Cursor;
use std::path::Path;

/// Portraits of the same person.
const PORTRAITS: [&str; 3] = ["portrait-1.jpg", "portrait-2.jpg", "portrait-3.jpg"];

/// Longer side of a photo made from another. A phone's would be larger, but a demo waits for every
/// pixel.
const LONGER_SIDE: u32 = 1000;

/// Three portraits unchanged, and each of them closer, mirrored, and mirrored and closer still: as
/// different as a person's own pictures from one day.
///
/// # Errors
/// If a fixture is missing.
pub(crate) fn twelve() -> anyhow::Result<Vec<Bytes>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/photos");
    let mut photos = Vec::new();
    for name in PORTRAITS {
        let path = folder.join(name);
        let file = std::fs::read(&path).with_context(|| format!("no photo {}", path.display()))?;
        let whole = image::load_from_memory(&file)?;
        let whole = whole.resize(LONGER_SIDE, LONGER_SIDE, FilterType::Triangle);
        photos.push(Bytes::from(file));
        photos.push(jpeg(&closer(&whole, 6))?);
        photos.push(jpeg(&whole.fliph().brighten(12))?);
        photos.push(jpeg(&closer(&whole, 12).fliph().brighten(-12))?);
    }
    Ok(photos)
}

/// Cuts this many hundredths off each side, but keeps at least the size that a training wants.
fn closer(whole: &DynamicImage, hundredths: u32) -> DynamicImage {
    let (width, height) = (whole.width(), whole.height());
    let (left, top) = (width * hundredths / 100, height * hundredths / 100);
    let cropped = whole.crop_imm(left, top, width - 2 * left, height - 2 * top);
    cropped.resize(LONGER_SIDE, LONGER_SIDE, FilterType::Triangle)
}

fn jpeg(picture: &DynamicImage) -> anyhow::Result<Bytes> {
    let mut bytes = Cursor::new(Vec::new());
    picture.to_rgb8().write_to(&mut bytes, ImageFormat::Jpeg)?;
    Ok(bytes.into_inner().into())
}
