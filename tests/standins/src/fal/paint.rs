//! Paints images that are real files of the right size, and different for each request.

use std::io::Cursor;

use image::{ImageError, ImageFormat, RgbImage, codecs::jpeg::JpegEncoder};
use sha2::{Digest as _, Sha256};

/// The longest side that is painted; larger requests get this.
const LONGEST: u64 = 2048;

/// The formats that models write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Format {
    Jpeg,
    Png,
    Webp,
}

impl Format {
    pub(super) fn of(name: &str) -> Option<Self> {
        [Self::Jpeg, Self::Png, Self::Webp].into_iter().find(|format| format.name() == name)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }

    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    const fn codec(self) -> ImageFormat {
        match self {
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Png => ImageFormat::Png,
            Self::Webp => ImageFormat::WebP,
        }
    }
}

/// The quality of FAL's JPEGs.
const QUALITY: u8 = 95;

/// A gradient between two colours derived from `name`; black if it is to be dark. Made row by row,
/// because tests paint many.
pub(super) fn gradient(name: &str, (width, height): (u32, u32), dark: bool) -> RgbImage {
    let hash = Sha256::digest(name);
    let mix = |from: u8, to: u8, y: u32| {
        let mixed = (u32::from(from) * (height - y) + u32::from(to) * y) / height.max(1);
        u8::try_from(mixed).unwrap_or(u8::MAX)
    };
    let mut bytes = Vec::new();
    for y in 0..height {
        let color = [0, 1, 2].map(|channel| mix(hash[channel], hash[channel + 3], y));
        let color = if dark { [0; 3] } else { color };
        bytes.extend_from_slice(&color.repeat(width as usize));
    }
    RgbImage::from_raw(width, height, bytes).unwrap_or_default()
}

/// The file of an image.
pub(super) fn encode(image: &RgbImage, format: Format) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Cursor::new(Vec::new());
    if format == Format::Jpeg {
        image.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))?;
    } else {
        image.write_to(&mut bytes, format.codec())?;
    }
    Ok(bytes.into_inner())
}

/// A seed above the range of `i64`, as FAL's are.
pub(super) fn seed(name: &str) -> u64 {
    let hash = Sha256::digest(name);
    let bytes = hash[..8].try_into().unwrap_or([0; 8]);
    u64::from_be_bytes(bytes) | 1 << 63
}

/// The sizes that have names.
pub(super) fn preset(name: &str) -> Option<(u32, u32)> {
    Some(match name {
        "square_hd" => (1024, 1024),
        "square" => (512, 512),
        "portrait_4_3" => (768, 1024),
        "portrait_16_9" => (576, 1024),
        "landscape_4_3" => (1024, 768),
        "landscape_16_9" => (1024, 576),
        _ => return None,
    })
}

/// This size, reduced so that its longest side can be painted.
pub(super) fn within(width: u64, height: u64) -> (u32, u32) {
    let side = |side: u64| u32::try_from(side.clamp(1, LONGEST)).unwrap_or(1);
    (side(width), side(height))
}

/// About a megapixel in this shape.
pub(super) fn shape(wide: u64, high: u64) -> (u32, u32) {
    let (wide, high) = (wide.clamp(1, 100), high.clamp(1, 100));
    let longest = wide.max(high);
    within(wide * 1024 / longest, high * 1024 / longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_real_and_seeds_exceed_i64() {
        for format in [Format::Jpeg, Format::Png, Format::Webp] {
            let bytes = encode(&gradient("a", (40, 30), false), format).unwrap();
            let read = image::load_from_memory_with_format(&bytes, format.codec()).unwrap();
            assert_eq!((read.width(), read.height()), (40, 30));
        }
        assert!(i64::try_from(seed("a")).is_err());
        assert_eq!(shape(9, 16), (576, 1024));
    }
}
