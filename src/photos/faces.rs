//! Finds faces with `rustface`: a cascade for frontal faces with a model of 1.2 MB.
//!
//! The model is `SeetaFace`'s, shipped with the crate; its licence lies beside it.

use super::measure::{self, Square};
use actors::coach::Face;
use image::DynamicImage;
use rustface::{FaceInfo, ImageData, Model};
use std::sync::LazyLock;

/// Longer side at which we look for faces, in pixels: the time grows with its square. A face that
/// spans a twelfth of the photo is still found; a smaller one teaches a trainer little.
pub(super) const SEARCHED_SIDE: u32 = 480;

/// Longer sides at which a face is looked for in a picture that was made, one after the other. The
/// first finds a face that fills a quarter of the picture in a ninth of the time of the last.
const ONE_IS_ENOUGH: [u32; 3] = [160, 280, SEARCHED_SIDE];

/// Shortest side that can be searched, in pixels: the detector's window is 40, and it divides by
/// this.
const SMALLEST: u32 = 40;

/// Lowest score that is recorded; the coach decides which scores to believe.
const WORTH_WRITING: f64 = 2.0;

/// Most faces recorded per photo.
const MOST: usize = 12;

/// Loaded once. Each detector takes a copy, about 3 MB, because detectors cannot be shared.
static MODEL: LazyLock<Option<Model>> = LazyLock::new(|| {
    rustface::read_model(&include_bytes!("faces/seeta_fd_frontal_v1.0.bin")[..]).ok()
});

/// The faces of a photo, largest first; empty if we cannot look for them. `scale` is the number of
/// pixels of the photo as sent per pixel of the whole picture.
pub(super) fn find(grey: &DynamicImage, whole: &DynamicImage, scale: f64) -> Option<Vec<Face>> {
    let (width, _) = measure::fit(grey.width(), grey.height(), SEARCHED_SIDE);
    let found = search(grey, SEARCHED_SIDE)?;
    let enlarged = f64::from(whole.width()) / f64::from(width);
    let mut faces: Vec<Face> = found
        .iter()
        .filter_map(|face| {
            let square = square(face, enlarged, whole)?;
            let size = (f64::from(square.side) * scale).round();
            Some(Face {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a float to an integer saturates, and no side is negative"
                )]
                size: size as u32,
                score: measure::rounded(face.score()),
                sharpness: measure::sharpness_of(whole, square),
            })
        })
        .collect();
    faces.sort_by(|one, other| other.size.cmp(&one.size).then(other.score.total_cmp(&one.score)));
    faces.truncate(MOST);
    Some(faces)
}

/// How many faces a picture shows, at the first size at which there is one. `None` if we cannot look.
pub(super) fn count(picture: DynamicImage) -> Option<u32> {
    let grey = DynamicImage::from(picture.into_luma8());
    let mut found = 0;
    for side in ONE_IS_ENOUGH {
        found = search(&grey, side)?.len();
        if found > 0 {
            break;
        }
    }
    u32::try_from(found).ok()
}

/// Looks for faces in a picture of this size; the places are in its pixels.
fn search(grey: &DynamicImage, side: u32) -> Option<Vec<FaceInfo>> {
    let (width, height) = measure::fit(grey.width(), grey.height(), side);
    if width.min(height) < SMALLEST {
        return Some(Vec::new());
    }
    let grey = grey.thumbnail_exact(width, height);
    let mut detector = rustface::create_detector_with_model(MODEL.clone()?);
    detector.set_min_face_size(SMALLEST);
    detector.set_score_thresh(WORTH_WRITING);
    detector.set_pyramid_scale_factor(0.8);
    detector.set_slide_window_step(4, 4);
    Some(detector.detect(&ImageData::new(grey.as_bytes(), width, height)))
}

/// The face's place in the whole picture, clipped to it: the detector's squares may reach over the
/// edges.
fn square(face: &FaceInfo, enlarged: f64, whole: &DynamicImage) -> Option<Square> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float to an integer saturates, and is cut at the edges below"
    )]
    let enlarge = |length: f64| (length * enlarged).max(0.0).round() as u32;
    let place = face.bbox();
    let (x, y) = (enlarge(f64::from(place.x())), enlarge(f64::from(place.y())));
    let room = whole.width().checked_sub(x)?.min(whole.height().checked_sub(y)?);
    let side = enlarge(f64::from(place.width())).min(room);
    (side > 2).then_some(Square { x, y, side })
}
