//! Photos of people, as different as a set for a training.

use bytes::Bytes;
use image::{DynamicImage, GenericImageView, ImageFormat, Rgb, Rgb32FImage};
use std::io::Cursor;
use std::sync::LazyLock;

/// A real portrait from the fixtures.
pub(crate) fn portrait(name: &str) -> Bytes {
    let path = format!("{}/tests/fixtures/photos/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap().into()
}

/// This many different photos, made once: real portraits, cropped and lit differently.
pub(crate) fn portraits(count: usize) -> Vec<Bytes> {
    static MADE: LazyLock<Vec<Bytes>> = LazyLock::new(|| (0..13).map(variant).collect());
    MADE[..count].to_vec()
}

/// Four small pictures: enough for a style, and quick to send, judge and pack.
pub(crate) fn sketches() -> Vec<Bytes> {
    pictures(4)
}

/// This many small pictures, all different.
pub(crate) fn pictures(count: u32) -> Vec<Bytes> {
    (0..count).map(sketch).collect()
}

fn sketch(n: u32) -> Bytes {
    let paint =
        |x: u32, y: u32| image::Rgb([x * (n + 1), y * (n + 2), x ^ y].map(|c| c.to_le_bytes()[0]));
    let mut png = Cursor::new(Vec::new());
    image::RgbImage::from_fn(64, 64, paint).write_to(&mut png, ImageFormat::Png).unwrap();
    png.into_inner().into()
}

fn variant(n: usize) -> Bytes {
    const SOURCES: [&str; 4] =
        ["portrait-1.jpg", "portrait-2.jpg", "portrait-3.jpg", "portrait-4.jpg"];
    let original = image::load_from_memory(&portrait(SOURCES[n % SOURCES.len()])).unwrap();
    let step = u32::try_from(n / SOURCES.len()).unwrap();
    let (width, height) = original.dimensions();
    let edge = width.min(height) - step * 4;
    let cropped = original.crop_imm(step * 2, step, edge, edge);
    let resized = cropped.resize(640, 640, image::imageops::FilterType::Triangle);
    let light = 0.8 + 0.05 * f32::from(u8::try_from(step).unwrap());
    let mut pixels: Rgb32FImage = resized.to_rgb32f();
    for Rgb(channels) in pixels.pixels_mut() {
        *channels = channels.map(|channel| (channel * light).min(1.0));
    }
    let mut jpeg = Cursor::new(Vec::new());
    let lit = DynamicImage::ImageRgb32F(pixels).to_rgb8();
    lit.write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    jpeg.into_inner().into()
}
