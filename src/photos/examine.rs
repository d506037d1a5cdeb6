//! Looks at a picture that a generator made: its type, its size, whether there is anything to see,
//! and faces. The bytes stay as they were made.

use super::kind::{self, Kind};
use super::{faces, measure};
use actors::ports::{Cause, ExamineError, Examined};
use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, ImageReader, Limits};
use sha2::{Digest, Sha256};
use std::io::Cursor;

/// Longest side that is decoded, in pixels: four times what we order.
const LONGEST_SIDE: u32 = 5120;

/// Memory of the decoder, in bytes: a picture of 16 megapixels.
pub(super) const DECODED: u64 = 64 << 20;

/// A picture whose brightest channel nowhere reaches this is black: what the safety checker leaves,
/// encoded with losses (facts: generation 1b).
const BLACK_BELOW: u8 = 8;

/// Longer side of a thumbnail, in pixels: what Telegram takes for a document.
const THUMBNAIL: u32 = 320;

/// Telegram wants less than 200 kB; this gives about 20.
const THUMBNAIL_QUALITY: u8 = 80;

pub(super) fn examine(original: &Bytes, look_for_faces: bool) -> Result<Examined, ExamineError> {
    let (format, content_type) = match kind::of(original) {
        Some(Kind::Jpeg) => (ImageFormat::Jpeg, "image/jpeg"),
        Some(Kind::Png) => (ImageFormat::Png, "image/png"),
        Some(Kind::Webp) => (ImageFormat::WebP, "image/webp"),
        Some(Kind::Heic) | None => return Err(not_a_picture("neither JPEG, PNG nor WebP")),
    };
    if !kind::is_complete(kind::of(original).unwrap_or(Kind::Jpeg), original) {
        return Err(not_a_picture("it ends too early"));
    }
    let mut reader = ImageReader::with_format(Cursor::new(original), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(DECODED);
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| not_a_picture(&error))?;
    let (width, height) = (picture.width(), picture.height());
    // Going through all pixels is a fifth of the work, so it is done once for both.
    let reduced = reduced(&picture, faces::SEARCHED_SIDE);
    let thumbnail = thumbnail(&reduced).map_err(ExamineError::Failed)?;
    let faces = if look_for_faces { faces::count(reduced) } else { None };
    Ok(Examined {
        sha256: hex::encode(Sha256::digest(original)),
        width,
        height,
        content_type,
        black: is_black(picture),
        faces,
        thumbnail,
    })
}

fn is_black(picture: DynamicImage) -> bool {
    picture.into_rgb8().as_raw().iter().all(|channel| *channel < BLACK_BELOW)
}

fn reduced(picture: &DynamicImage, longer_side: u32) -> DynamicImage {
    let (width, height) = measure::fit(picture.width(), picture.height(), longer_side);
    DynamicImage::from(picture.thumbnail_exact(width, height).into_rgb8())
}

fn thumbnail(picture: &DynamicImage) -> Result<Bytes, Cause> {
    let small = reduced(picture, THUMBNAIL);
    let mut jpeg = Vec::new();
    small.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, THUMBNAIL_QUALITY))?;
    Ok(jpeg.into())
}

fn not_a_picture(why: &(impl ToString + ?Sized)) -> ExamineError {
    ExamineError::NotAPicture(why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::RgbImage;

    fn jpeg(width: u32, height: u32, grey: u8) -> Bytes {
        let picture = RgbImage::from_pixel(width, height, image::Rgb([grey; 3]));
        let mut jpeg = Vec::new();
        DynamicImage::from(picture)
            .write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 95))
            .unwrap();
        jpeg.into()
    }

    #[test]
    fn a_picture_is_measured_and_its_bytes_are_named() {
        let bytes = jpeg(864, 1152, 128);
        let examined = examine(&bytes, true).unwrap();
        assert_eq!((examined.width, examined.height), (864, 1152));
        assert_eq!(examined.sha256, hex::encode(Sha256::digest(&bytes)));
        assert_eq!((examined.content_type, examined.black), ("image/jpeg", false));
        assert_eq!(examined.faces, Some(0));
        let small = image::load_from_memory(&examined.thumbnail).unwrap();
        assert_eq!(small.width().max(small.height()), THUMBNAIL);
        assert!(examined.thumbnail.len() < 200_000);
    }

    #[test]
    fn a_face_is_found_whether_it_is_near_or_far() {
        let face = std::fs::read(format!(
            "{}/tests/fixtures/photos/astronaut.jpg",
            env!("CARGO_MANIFEST_DIR")
        ));
        let face = image::load_from_memory(&face.unwrap()).unwrap();
        for side in [1024, 480] {
            let mut picture = DynamicImage::new_rgb8(1024, 1024);
            image::imageops::overlay(&mut picture, &face.thumbnail(side, side), 0, 0);
            let mut jpeg = Vec::new();
            let encoder = JpegEncoder::new_with_quality(&mut jpeg, 95);
            picture.into_rgb8().write_with_encoder(encoder).unwrap();
            assert_eq!(examine(&jpeg.into(), true).unwrap().faces, Some(1), "{side}");
        }
    }

    #[test]
    fn faces_are_only_looked_for_when_asked() {
        assert_eq!(examine(&jpeg(64, 64, 128), false).unwrap().faces, None);
    }

    #[test]
    fn what_the_safety_checker_blacked_out_is_black_although_it_was_encoded_with_losses() {
        assert!(examine(&jpeg(64, 64, 0), false).unwrap().black);
        assert!(!examine(&jpeg(64, 64, 20), false).unwrap().black);
    }

    #[test]
    fn what_is_no_picture_is_refused_before_it_is_decoded() {
        let whole = jpeg(512, 512, 90);
        let truncated = whole.slice(..whole.len() / 2);
        let page = Bytes::from_static(b"<html>502 Bad Gateway</html>");
        // A PNG that announces 20,000 by 20,000 pixels.
        let mut huge = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        huge.extend([20_000_u32.to_be_bytes(), 20_000_u32.to_be_bytes()].concat());
        huge.extend([8, 2, 0, 0, 0]);
        for bytes in [truncated, page, huge.into(), Bytes::new()] {
            let answer = examine(&bytes, false);
            assert!(matches!(answer, Err(ExamineError::NotAPicture(_))), "{answer:?}");
        }
    }
}
