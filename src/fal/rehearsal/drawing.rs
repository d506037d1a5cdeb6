//! Draws the test mode's pictures, so plainly that nobody takes one for a person: the word TEST on
//! stripes. Without a font, because five by seven dots are enough for four letters.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageError, Rgb, RgbImage};

/// Nobody looks at a test for long.
const QUALITY: u8 = 80;

/// Stripes per width.
const STRIPES: u32 = 12;

/// Dots of a letter: width, height, and the gap behind it.
const LETTER: (u32, u32, u32) = (5, 7, 1);

const T: [u8; 7] = [0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100];
const E: [u8; 7] = [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111];
const S: [u8; 7] = [0b01111, 0b10000, 0b10000, 0b01110, 0b00001, 0b00001, 0b11110];

const WORD: [[u8; 7]; 4] = [T, E, S, T];

const BAND: Rgb<u8> = Rgb([20, 20, 20]);
const INK: Rgb<u8> = Rgb([255, 255, 255]);

/// A JPEG of this size. `chance` chooses the colors; beneath the word are as many dots as the
/// position says.
pub(super) fn test_picture(
    (width, height): (u32, u32),
    chance: u32,
    position: u8,
) -> Result<Vec<u8>, ImageError> {
    let stripe = (width / STRIPES).max(1);
    let colors = [color(chance, position, 0), color(chance, position, 1)];
    let mut picture = RgbImage::from_fn(width, height, |x, y| {
        colors[usize::from(((x + y) / stripe).is_multiple_of(2))]
    });
    mark(&mut picture, position);
    let mut jpeg = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    encoder.encode(&picture, width, height, ExtendedColorType::Rgb8)?;
    Ok(jpeg)
}

/// Bright enough to be told from the band, and another one for each position.
fn color(chance: u32, position: u8, which: u8) -> Rgb<u8> {
    let [red, green, blue, _] = chance.to_be_bytes();
    let turned = |channel: u8, by: u8| {
        let mixed = channel.wrapping_add(position.wrapping_mul(40)).wrapping_add(by);
        100 + mixed % 120
    };
    Rgb([turned(red, 60 * which), turned(green, 25 * which), turned(blue, 90 * which)])
}

/// The word on a band across the middle, and the position as dots beneath it.
fn mark(picture: &mut RgbImage, position: u8) {
    let (letter_width, letter_height, gap) = LETTER;
    let columns = (letter_width + gap) * 4 + gap;
    let dot = (picture.width() / columns).min(picture.height() / (letter_height + 4)).max(1);
    let left = picture.width().saturating_sub(columns * dot) / 2;
    let top = picture.height().saturating_sub((letter_height + 4) * dot) / 2;
    fill(picture, (0, top), (u32::MAX, (letter_height + 4) * dot), BAND);
    for (letter, place) in WORD.iter().zip(0_u32..) {
        for (row, down) in letter.iter().zip(0_u32..) {
            for across in (0..letter_width).filter(|across| row >> (4 - across) & 1 == 1) {
                let x = left + (gap + place * (letter_width + gap) + across) * dot;
                fill(picture, (x, top + (1 + down) * dot), (dot, dot), INK);
            }
        }
    }
    for number in 0..u32::from(position) {
        let corner = (left + (gap + number * 2) * dot, top + (letter_height + 2) * dot);
        fill(picture, corner, (dot, dot), INK);
    }
}

/// A rectangle, as far as it is inside of the picture.
fn fill(picture: &mut RgbImage, (x, y): (u32, u32), (wide, high): (u32, u32), color: Rgb<u8>) {
    let right = x.saturating_add(wide).min(picture.width());
    let bottom = y.saturating_add(high).min(picture.height());
    for row in y..bottom {
        for column in x..right {
            picture.put_pixel(column, row, color);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actors::ports::Shape;
    use strum::IntoEnumIterator as _;

    #[test]
    fn a_test_picture_is_a_jpeg_of_its_size_and_says_what_it_is() {
        for shape in Shape::iter() {
            let (width, height) = shape.size();
            let jpeg = test_picture((width, height), 0x0a1b_2c3d, 2).unwrap();
            let picture = image::load_from_memory(&jpeg).unwrap().into_rgb8();
            assert_eq!((picture.width(), picture.height()), (width, height));
            let white = picture.pixels().filter(|pixel| pixel.0.iter().all(|c| *c > 240)).count();
            assert!(white > 10_000, "{shape:?}: the word is seen");
        }
    }

    #[test]
    fn every_picture_is_another_and_always_the_same() {
        let drawn = |chance, position| test_picture((864, 1152), chance, position).unwrap();
        assert_eq!(drawn(7, 1), drawn(7, 1));
        assert_ne!(drawn(7, 1), drawn(7, 2));
        assert_ne!(drawn(7, 1), drawn(0x0700_0000, 1));
    }

    #[test]
    fn no_size_and_no_position_is_fatal() {
        for size in [(1, 1), (1, 500), (500, 1)] {
            assert!(test_picture(size, u32::MAX, u8::MAX).is_ok(), "{size:?}");
        }
    }
}
