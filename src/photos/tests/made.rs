//! Pictures that no camera makes, and what we keep of them.

use super::*;
use image::{DynamicImage, ImageFormat, Rgb, Rgba, RgbaImage};
use std::io::Cursor;

pub(super) fn png(picture: &DynamicImage) -> Vec<u8> {
    encoded(picture, ImageFormat::Png)
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn plain(width: u32, height: u32, colour: [u8; 3]) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_pixel(width, height, Rgb(colour)))
}

fn about(pixel: Rgb<u8>, wanted: [u8; 3]) -> bool {
    pixel.0.iter().zip(wanted).all(|(have, want)| have.abs_diff(want) <= 3)
}

#[tokio::test]
async fn every_kind_of_pixel_becomes_eight_bits_of_colour() {
    let picture = plain(520, 512, [200, 60, 60]);
    let table = [
        (png(&DynamicImage::ImageRgb16(picture.to_rgb16())), "png"),
        (png(&DynamicImage::ImageRgba16(picture.to_rgba16())), "png"),
        (png(&DynamicImage::ImageRgba8(picture.to_rgba8())), "png"),
        (encoded(&picture, ImageFormat::WebP), "webp"),
        (encoded(&picture, ImageFormat::Jpeg), "jpeg"),
    ];
    for (original, format) in table {
        let kept = process(original).await.unwrap();
        assert_eq!(kept.verdict.format.as_deref(), Some(format));
        assert_eq!(image::load_from_memory(&kept.jpeg).unwrap().color(), image::ColorType::Rgb8);
        assert!(about(*pixels(&kept).get_pixel(260, 256), [200, 60, 60]), "{format}");
    }
    for grey in [
        DynamicImage::ImageLuma8(picture.to_luma8()),
        DynamicImage::ImageLuma16(picture.to_luma16()),
        DynamicImage::ImageLumaA8(picture.to_luma_alpha8()),
    ] {
        let kept = process(png(&grey)).await.unwrap();
        let [red, green, blue] = pixels(&kept).get_pixel(260, 256).0;
        assert!(red == green && green == blue);
    }
}

#[tokio::test]
async fn what_is_transparent_lies_on_white() {
    let mut picture = RgbaImage::from_pixel(600, 600, Rgba([255, 0, 0, 0]));
    for pixel in picture.pixels_mut().skip(300 * 600) {
        pixel.0 = [0, 0, 0, 51];
    }
    let kept = pixels(&process(png(&DynamicImage::ImageRgba8(picture))).await.unwrap());
    assert!(about(*kept.get_pixel(300, 100), [255, 255, 255]));
    assert!(about(*kept.get_pixel(300, 500), [204, 204, 204]), "a fifth of black");
}

#[tokio::test]
async fn a_huge_side_is_reduced_and_the_verdict_remembers_it() {
    let kept = process(png(&plain(5000, 1250, [9, 9, 9]).grayscale())).await.unwrap();
    assert_eq!((kept.width, kept.height), (2048, 512));
    assert_eq!(pixels(&kept).dimensions(), (2048, 512));
    assert_eq!((kept.verdict.width, kept.verdict.height), (Some(5000), Some(1250)));
}

/// The worst case for compression: random bits from a fixed seed.
fn noise(width: u32, height: u32) -> DynamicImage {
    let mut state = 7_u64;
    let picture = RgbImage::from_fn(width, height, |_, _| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let bytes = state.to_be_bytes();
        Rgb([bytes[0], bytes[1], bytes[2]])
    });
    DynamicImage::ImageRgb8(picture)
}

#[tokio::test]
async fn noise_is_kept_small_as_well() {
    let kept = process(png(&noise(1600, 1600))).await.unwrap();
    assert!(kept.jpeg.len() <= 4 << 20, "{} bytes are kept", kept.jpeg.len());
    assert_eq!(pixels(&kept).dimensions(), (kept.width, kept.height));
    assert!(kept.width >= 1024, "still enough for a trainer: {}", kept.width);
}

/// Black on the left, white on the right.
fn halves() -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(800, 600, |x, _| {
        Rgb(if x < 400 { [0; 3] } else { [255; 3] })
    }))
}

/// A JPEG that begins with this block of Exif.
fn with_exif(tiff: &[u8]) -> Vec<u8> {
    behind_exif(&encoded(&halves(), ImageFormat::Jpeg), tiff)
}

/// A picture as a JPEG that records this orientation.
pub(super) fn with_exif_of(picture: &DynamicImage, orientation: u8) -> Vec<u8> {
    let mut tiff = *b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0\0\0\0\0";
    tiff[18] = orientation;
    behind_exif(&encoded(picture, ImageFormat::Jpeg), &tiff)
}

fn behind_exif(jpeg: &[u8], tiff: &[u8]) -> Vec<u8> {
    let length = u16::try_from(tiff.len() + 8).unwrap().to_be_bytes();
    [&jpeg[..2], b"\xff\xe1", &length, b"Exif\0\0", tiff, &jpeg[2..]].concat()
}

#[tokio::test]
async fn a_phone_held_upright_is_believed() {
    let quarter_turn = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let kept = process(with_exif(quarter_turn)).await.unwrap();
    assert_eq!((kept.width, kept.height), (600, 800));
    assert_eq!((kept.verdict.width, kept.verdict.height), (Some(600), Some(800)));
    let picture = pixels(&kept);
    assert!(about(*picture.get_pixel(300, 100), [0; 3]), "left became top");
    assert!(about(*picture.get_pixel(300, 700), [255; 3]));
}

#[tokio::test]
async fn broken_exif_is_no_fault_of_the_photo() {
    for tiff in [&b"nonsense"[..], b"", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff"] {
        let kept = process(with_exif(tiff)).await.unwrap();
        assert_eq!((kept.width, kept.height), (800, 600));
    }
}

#[tokio::test]
async fn an_archive_behind_a_photo_is_left_behind() {
    let archive = b"PK\x03\x04 a program that nobody asked for";
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let mut original = encoded(&halves(), format);
        original.extend_from_slice(archive);
        let kept = process(original).await.unwrap();
        assert!(!kept.jpeg.windows(4).any(|four| four == b"PK\x03\x04"), "{format:?}");
    }
}

/// A WebP of two frames, assembled by hand (RFC 9649, section 2.7).
fn animation(first: &DynamicImage, second: &DynamicImage) -> Vec<u8> {
    let chunk = |name: &[u8; 4], content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap().to_le_bytes();
        let padding = vec![0; content.len() % 2];
        [&name[..], &length, content, &padding].concat()
    };
    let sides = [&(first.width() - 1).to_le_bytes()[..3], &(first.height() - 1).to_le_bytes()[..3]];
    let frame = |picture: &DynamicImage| {
        let still = encoded(picture, ImageFormat::WebP);
        let head = [&[0; 6][..], &sides.concat(), &[100, 0, 0, 0]].concat();
        chunk(b"ANMF", &[&head, &still[12..]].concat())
    };
    let content = [
        b"WEBP".to_vec(),
        chunk(b"VP8X", &[&[0b10, 0, 0, 0][..], &sides.concat()].concat()),
        chunk(b"ANIM", &[0; 6]),
        frame(first),
        frame(second),
    ];
    chunk(b"RIFF", &content.concat())
}

#[tokio::test]
async fn of_an_animation_the_first_frame_is_kept() {
    let moving = animation(&plain(520, 520, [250, 0, 0]), &plain(520, 520, [0, 0, 250]));
    let kept = process(moving).await.unwrap();
    assert!(about(*pixels(&kept).get_pixel(260, 260), [250, 0, 0]));
}
