//! The numbers behind the judgement of a photo. They are stored with it, so that the thresholds of
//! the advice can change later; nothing is refused here.

use image::{DynamicImage, GrayImage};

/// Longer side at which photos are measured, in pixels. The same size for all, so that the
/// sharpness of large and small photos can be compared. Faces were found at this size in 21 of 22
/// cases.
const MEASURED_SIDE: u32 = 640;

/// Side to which larger faces are reduced for measuring, in pixels.
const FACE_SIDE: u32 = 200;

/// On a scale of 0–255 grey levels, to one decimal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Numbers {
    /// Mean.
    pub(super) brightness: f64,
    /// Standard deviation.
    pub(super) contrast: f64,
    /// Variance of the Laplacian: low where nothing has an edge. Pech-Pacheco et al., 2000.
    pub(super) sharpness: f64,
}

/// The photo as measured: reduced and without colour.
pub(super) fn reduced(picture: &DynamicImage) -> GrayImage {
    let (width, height) = fit(picture.width(), picture.height(), MEASURED_SIDE);
    picture.thumbnail_exact(width, height).into_luma8()
}

/// Measures a reduced photo.
pub(super) fn measure(grey: &GrayImage) -> Numbers {
    let (brightness, variance) = spread(grey.iter().map(|level| f64::from(*level)));
    let (_, sharpness) = spread(laplacian(grey));
    Numbers {
        brightness: rounded(brightness),
        contrast: rounded(variance.sqrt()),
        sharpness: rounded(sharpness),
    }
}

/// The sharpness of a part of the whole photo: the face may be soft although the wall behind it is
/// not.
pub(super) fn sharpness_of(picture: &DynamicImage, part: Square) -> f64 {
    let view = picture.crop_imm(part.x, part.y, part.side, part.side);
    let (width, height) = fit(view.width(), view.height(), FACE_SIDE);
    let small = view.thumbnail_exact(width, height);
    let (_, sharpness) = spread(laplacian(&small.into_luma8()));
    rounded(sharpness)
}

/// A square inside a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Square {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) side: u32,
}

/// The size of the same shape whose longer side is at most `side`.
pub(super) fn fit(width: u32, height: u32, side: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= side {
        return (width, height);
    }
    let reduce = |length: u32| {
        let reduced = u64::from(length) * u64::from(side) / u64::from(longer);
        u32::try_from(reduced).unwrap_or(side).max(1)
    };
    (reduce(width), reduce(height))
}

/// How much each inner pixel differs from its four neighbours.
fn laplacian(grey: &GrayImage) -> impl Iterator<Item = f64> {
    let level = |x: u32, y: u32| i32::from(grey.get_pixel(x, y).0[0]);
    (1..grey.height().saturating_sub(1)).flat_map(move |y| {
        (1..grey.width().saturating_sub(1)).map(move |x| {
            let around = level(x - 1, y) + level(x + 1, y) + level(x, y - 1) + level(x, y + 1);
            f64::from(around - 4 * level(x, y))
        })
    })
}

/// Mean and variance, in one pass; zeros for no values.
fn spread(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut count, mut sum, mut squares) = (0.0_f64, 0.0_f64, 0.0_f64);
    for value in values {
        count += 1.0;
        sum += value;
        squares += value * value;
    }
    let count = count.max(1.0);
    let mean = sum / count;
    (mean, (squares / count - mean * mean).max(0.0))
}

/// One decimal; more would only be noise in the stored row.
pub(super) fn rounded(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}
