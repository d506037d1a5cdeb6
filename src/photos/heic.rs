//! HEIC, the format of iPhones, with `heifer`: no `unsafe`, fuzzed by its authors, bounded in
//! pixels.

use actors::ports::PhotoRefusal;
use heifer::Options;
use heifer::heifer_isobmff::HeifFile;
use image::{DynamicImage, RgbImage, RgbaImage};

/// Bytes of memory per pixel while decoding: we measured 8.3 with phone photos, where the decoder
/// holds the tiles and the whole picture, and turns a copy of it.
pub(super) const BYTES_A_PIXEL: u64 = 10;

/// Width and height from the container, before any turn; decodes no pixel.
pub(super) fn dimensions(bytes: &[u8]) -> Result<(u32, u32), PhotoRefusal> {
    let file = HeifFile::parse(bytes).map_err(|_| PhotoRefusal::Heic)?;
    file.image_size(file.primary_id).ok().flatten().ok_or(PhotoRefusal::Heic)
}

/// The main picture, turned upright, in sRGB. Decoding fails if it is larger than the container
/// says, so `dimensions` bounds memory too.
pub(super) fn decode(bytes: &[u8]) -> Result<DynamicImage, PhotoRefusal> {
    let (width, height) = dimensions(bytes)?;
    let said = u64::from(width) * u64::from(height);
    // One thread, because photo processing counts one core per photo.
    let options = Options { max_threads: 1, max_pixels: with_edges(said) };
    let picture = heifer::decode_srgb_rgba8(bytes, &options).map_err(|_| PhotoRefusal::Heic)?;
    let (width, height) = (picture.width, picture.height);
    let picture = if picture.has_alpha {
        RgbaImage::from_raw(width, height, picture.data).map(DynamicImage::ImageRgba8)
    } else {
        RgbImage::from_raw(width, height, picture.into_rgb8()).map(DynamicImage::ImageRgb8)
    };
    picture.ok_or(PhotoRefusal::Heic)
}

/// The coded picture may reach over the right and lower edges by up to a block or a tile of 512.
fn with_edges(pixels: u64) -> u64 {
    pixels.saturating_add(pixels / 4).saturating_add(1 << 20)
}
