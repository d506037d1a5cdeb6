//! The contact sheet: all photos of a set in one picture, numbered.

use super::measure;
use actors::ports::{Cause, Thumbnail};
use bytes::Bytes;
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::{DynamicImage, ExtendedColorType, Rgb, RgbImage, imageops};
use std::io::Cursor;

/// Side of a square, in pixels: three to five in a row are about as wide as a phone's screen.
const SIDE: u32 = 240;

/// Pixels between squares.
const GAP: u32 = 8;

/// A contact sheet is only looked at for seconds, on a phone.
const QUALITY: u8 = 80;

const PAPER: Rgb<u8> = Rgb([245, 245, 245]);
const LABEL: Rgb<u8> = Rgb([30, 30, 30]);
const INK: Rgb<u8> = Rgb([255, 255, 255]);

/// Side of a digit's dot, in pixels.
const DOT: u32 = 8;

/// Digits of three by five dots, in rows of three bits.
const DIGITS: [u16; 10] = [
    0b111_101_101_101_111,
    0b010_110_010_010_111,
    0b111_001_111_100_111,
    0b111_001_111_001_111,
    0b101_101_111_001_001,
    0b111_100_111_001_111,
    0b111_100_111_101_111,
    0b111_001_010_010_010,
    0b111_101_111_101_111,
    0b111_101_111_001_111,
];

/// Reduces one of our own JPEGs into a square, uncropped.
pub(super) fn reduce(kept: &Bytes) -> Result<Thumbnail, Cause> {
    let decoder = JpegDecoder::new(Cursor::new(kept))?;
    let picture = DynamicImage::from_decoder(decoder)?; // ours: bounded when it was made
    let (width, height) = measure::fit(picture.width(), picture.height(), SIDE);
    let small = picture.thumbnail_exact(width, height).into_rgb8();
    let mut square = RgbImage::from_pixel(SIDE, SIDE, PAPER);
    let middle = |length: u32| i64::from((SIDE - length) / 2);
    imageops::replace(&mut square, &small, middle(width), middle(height));
    Ok(Thumbnail { side: SIDE, pixels: square.into_raw() })
}

/// Lays the squares out.
pub(super) fn contact_sheet(
    squares: Vec<Option<Thumbnail>>,
    in_row: usize,
) -> Result<Bytes, Cause> {
    let columns = squares.len().clamp(1, in_row.max(1));
    let rows = squares.len().div_ceil(columns).max(1);
    let length = |count: usize| Ok::<u32, Cause>(u32::try_from(count)? * (SIDE + GAP) + GAP);
    let mut contact_sheet = RgbImage::from_pixel(length(columns)?, length(rows)?, PAPER);
    for (index, square) in squares.into_iter().enumerate() {
        let (x, y) = (length(index % columns)?, length(index / columns)?);
        if let Some(Thumbnail { side, pixels }) = square {
            let square = RgbImage::from_raw(side, side, pixels).ok_or("a square is not one")?;
            imageops::replace(&mut contact_sheet, &square, i64::from(x), i64::from(y));
        }
        label(&mut contact_sheet, x, y, index + 1);
    }
    let mut jpeg = Vec::new();
    let (width, height) = contact_sheet.dimensions();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode(
        contact_sheet.as_raw(),
        width,
        height,
        ExtendedColorType::Rgb8,
    )?;
    Ok(jpeg.into())
}

/// The number in the upper left corner, white on dark, so that it can be read on any photo.
fn label(contact_sheet: &mut RgbImage, x: u32, y: u32, number: usize) {
    let digits: Vec<usize> = number
        .to_string()
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .filter_map(|digit| usize::try_from(digit).ok())
        .collect();
    let dots_wide = u32::try_from(digits.len()).unwrap_or(1) * 4 + 1;
    fill(contact_sheet, (x, y), (dots_wide * DOT, 7 * DOT), LABEL);
    let mut left = x + DOT;
    for digit in digits {
        for dot in 0..15_u32 {
            if DIGITS[digit] & (1 << (14 - dot)) != 0 {
                let at = (left + dot % 3 * DOT, y + DOT + dot / 3 * DOT);
                fill(contact_sheet, at, (DOT, DOT), INK);
            }
        }
        left += 4 * DOT;
    }
}

fn fill(
    contact_sheet: &mut RgbImage,
    (x, y): (u32, u32),
    (width, height): (u32, u32),
    colour: Rgb<u8>,
) {
    for (x, y) in (y..y + height).flat_map(|y| (x..x + width).map(move |x| (x, y))) {
        if let Some(pixel) = contact_sheet.get_pixel_mut_checked(x, y) {
            *pixel = colour;
        }
    }
}
