//! The files that generators make, good and bad.

use std::{
    collections::HashMap,
    io::Cursor,
    sync::{LazyLock, Mutex, PoisonError},
};

use actix_web::web::Bytes;
use image::{DynamicImage, ImageError, RgbImage, imageops::FilterType};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::paint::{self, Format};

/// A face that detectors find, in the public domain.
static FACE: &[u8] = include_bytes!("../../../fixtures/photos/astronaut.jpg");

/// A picture that is none: what a hostile or broken machine would serve instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadPicture {
    /// The first half of a good one.
    Truncated,
    /// A web page, called a JPEG.
    Html,
    /// A PNG of a few hundred bytes whose header promises 20,000 × 20,000 pixels.
    Huge,
    /// A good picture of a type that nobody asked for, called a JPEG.
    OtherType,
    /// A good picture behind which bytes come without end.
    Endless,
    /// Nothing: its address answers 404.
    Gone,
    /// A good one, wholly black although nothing says so.
    Black,
    /// A good one without a face.
    Faceless,
}

/// What a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Motif {
    /// Two colors.
    Gradient,
    /// A face before two colors.
    Face,
    /// Nothing: what the safety checker leaves.
    Black,
}

/// So many different pictures of a size and motif are really painted. Painting takes longer than
/// all else that the stand-in does, and would slow down whoever is measured beside it.
const VARIANTS: u8 = 4;

/// A painted picture: its variant, size, format and motif.
type Painted = (u8, (u32, u32), Format, Motif);

/// A file of a picture; the same for the same seed and position, another for each.
///
/// Neighbours look different. A JPEG carries its seed and position in a comment, so that no two
/// files are the same although only some are painted.
pub(super) fn draw(
    (seed, position): (&Value, usize),
    size: (u32, u32),
    format: Format,
    motif: Motif,
) -> Result<Bytes, ImageError> {
    let name = format!("{seed} {position}");
    let variant = (Sha256::digest(seed.to_string())[0] ^ position.to_le_bytes()[0]) % VARIANTS;
    let painted = painted((variant, size, format, motif))?;
    Ok(if format == Format::Jpeg { commented(&painted, &name) } else { painted })
}

/// Paints a picture, or takes it from those painted before.
fn painted(key: Painted) -> Result<Bytes, ImageError> {
    static KNOWN: LazyLock<Mutex<HashMap<Painted, Bytes>>> = LazyLock::new(Mutex::default);
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let found = known().get(&key).cloned();
    if let Some(found) = found {
        return Ok(found);
    }
    let (variant, size, format, motif) = key;
    let mut picture = paint::gradient(&variant.to_string(), size, motif == Motif::Black);
    if motif == Motif::Face {
        paste_face(&mut picture)?;
    }
    let bytes = Bytes::from(paint::encode(&picture, format)?);
    known().insert(key, bytes.clone());
    Ok(bytes)
}

/// The JPEG with a comment behind its first mark.
fn commented(jpeg: &Bytes, comment: &str) -> Bytes {
    let (mark, rest) = jpeg.split_at(jpeg.len().min(2));
    let length = u16::try_from(comment.len() + 2).unwrap_or(u16::MAX);
    [mark, &[0xFF, 0xFE], &length.to_be_bytes(), comment.as_bytes(), rest].concat().into()
}

/// The face fills the shorter side, so every detector finds it.
fn paste_face(picture: &mut RgbImage) -> Result<(), ImageError> {
    let side = picture.width().min(picture.height());
    let (left, top) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    let face = image::load_from_memory(FACE)?;
    let face = face.resize_exact(side, side, FilterType::Triangle).into_rgb8();
    let (width, pixels): (u32, &mut [u8]) = (picture.width(), picture);
    for (row, y) in face.chunks_exact(side as usize * 3).zip(top..) {
        let start = (y * width + left) as usize * 3;
        pixels[start..start + row.len()].copy_from_slice(row);
    }
    Ok(())
}

/// What is served instead of a good picture; `None` if nothing is.
pub(super) fn spoil(bad: BadPicture, good: &Bytes) -> Option<Bytes> {
    Some(match bad {
        BadPicture::Truncated => good.slice(..good.len() / 2),
        BadPicture::Html => Bytes::from_static(b"<!doctype html><title>502</title><p>Try again"),
        BadPicture::Huge => huge(),
        BadPicture::OtherType => other_type(),
        BadPicture::Gone => return None,
        BadPicture::Endless | BadPicture::Black | BadPicture::Faceless => good.clone(),
    })
}

/// A real PNG of one pixel with another size in its header. The checksum is right, so that only the
/// size is wrong.
fn huge() -> Bytes {
    const SIDE: u32 = 20_000;
    let mut png = Cursor::new(Vec::new());
    let pixel = DynamicImage::new_rgb8(1, 1);
    if pixel.write_to(&mut png, image::ImageFormat::Png).is_err() {
        return Bytes::new();
    }
    let mut png = png.into_inner();
    png[16..20].copy_from_slice(&SIDE.to_be_bytes());
    png[20..24].copy_from_slice(&SIDE.to_be_bytes());
    let sum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    png.into()
}

/// The checksum of a PNG's chunk.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 }
        })
    })
}

/// A GIF of one pixel.
fn other_type() -> Bytes {
    Bytes::from_static(
        b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0!\xf9\x04\0\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_follows_from_its_seed_and_position() {
        let of = |seed: u64, position, motif| {
            draw((&seed.into(), position), (432, 576), Format::Jpeg, motif).unwrap()
        };
        let first = of(7, 0, Motif::Face);
        assert_eq!(first, of(7, 0, Motif::Face));
        assert_ne!(first, of(u64::MAX, 0, Motif::Face));
        let pixels = |bytes: &Bytes| image::load_from_memory(bytes).unwrap().into_rgb8();
        let neighbours: Vec<RgbImage> = (0..4).map(|n| pixels(&of(7, n, Motif::Face))).collect();
        for (number, one) in neighbours.iter().enumerate() {
            assert_eq!((one.width(), one.height()), (432, 576));
            assert!(!neighbours[number + 1..].contains(one));
        }
        let black = pixels(&of(7, 0, Motif::Black));
        assert!(black.pixels().all(|pixel| pixel.0.iter().all(|channel| *channel < 8)));
    }

    #[test]
    fn a_huge_picture_is_huge_only_in_its_header() {
        let bytes = spoil(BadPicture::Huge, &Bytes::new()).unwrap();
        assert!(bytes.len() < 500);
        let reader = image::ImageReader::new(Cursor::new(&bytes)).with_guessed_format().unwrap();
        assert_eq!(reader.into_dimensions().unwrap(), (20_000, 20_000));
    }
}
