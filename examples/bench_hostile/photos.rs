//! The most expensive photos: large files, many pixels, slow to decode.

use anyhow::Context;
use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage};

/// Side of a square of noise whose PNG is just below 20 MiB, which is what may be sent.
const NOISE: u32 = 2600;

/// Just below fifty million pixels, which is what is decoded.
const LARGE: (u32, u32) = (8000, 6000);

/// So many, all different: mostly noise, of each five one of many pixels and one progressive.
pub(crate) fn hostile(count: usize) -> anyhow::Result<Vec<Bytes>> {
    let progressive = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/photos/astronaut-progressive.jpg"
    ))?;
    (0..count)
        .map(|number| {
            let photo = match number % 5 {
                3 => large(u32::try_from(number)?)?,
                4 => [&progressive[..], &number.to_be_bytes()].concat(),
                _ => noise(u64::try_from(number)?)?,
            };
            Ok(photo.into())
        })
        .collect()
}

fn noise(seed: u64) -> anyhow::Result<Vec<u8>> {
    let mut state = seed + 1;
    let picture = RgbImage::from_fn(NOISE, NOISE, |_, _| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let bytes = state.to_be_bytes();
        Rgb([bytes[0], bytes[1], bytes[2]])
    });
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::NoFilter)
        .write_image(picture.as_raw(), NOISE, NOISE, ExtendedColorType::Rgb8)
        .context("no PNG")?;
    Ok(png)
}

fn large(seed: u32) -> anyhow::Result<Vec<u8>> {
    let (width, height) = LARGE;
    let shade = |x: u32, y: u32| [x / 32 + seed, y / 24, (x ^ y) / 16].map(|n| n.to_le_bytes()[0]);
    let picture = RgbImage::from_fn(width, height, |x, y| Rgb(shade(x, y)));
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 90)
        .encode(picture.as_raw(), width, height, ExtendedColorType::Rgb8)
        .context("no JPEG")?;
    Ok(jpeg)
}
