//! Real photos by name, and made-up ones for what no camera makes.

mod archive;
mod golden;
mod made;
mod refusals;
mod samples;

use super::{Limits, Processing};
use actors::ports::{PhotoProcessing, PhotoRefusal, ProcessedPhoto};
use bytes::Bytes;
use image::{DynamicImage, RgbImage};
use std::time::Duration;

const LIMITS: Limits = Limits { min_resolution: 512, max_bytes: 20 << 20 };

/// Photo processing with the default settings.
async fn process(original: impl Into<Bytes>) -> Result<ProcessedPhoto, PhotoRefusal> {
    Processing::new(LIMITS, 2).process(original.into()).await
}

fn sample(name: &str) -> Vec<u8> {
    sample_of(&format!("{name}.jpg"))
}

fn sample_of(file: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/photos");
    std::fs::read(format!("{folder}/{file}")).expect("the photos lie beside the tests")
}

/// The JPEG that was kept.
fn picture(kept: &ProcessedPhoto) -> DynamicImage {
    image::load_from_memory(&kept.jpeg).unwrap()
}

/// Its pixels.
fn pixels(kept: &ProcessedPhoto) -> RgbImage {
    picture(kept).into_rgb8()
}

#[tokio::test]
async fn a_caller_who_gives_up_does_not_free_the_core() {
    let mut processing = Processing::new(LIMITS, 1);
    processing.within = Duration::ZERO;
    let (finish, finished) = std::sync::mpsc::channel::<()>();
    let answer = processing.run(0, move || finished.recv()).await;
    assert!(answer.is_none(), "the time was up");
    assert_eq!(processing.permits.available_permits(), 0, "the thread still works");
    finish.send(()).unwrap();
    processing.permits.acquire().await.expect("free once the thread is done").forget();
}

#[tokio::test]
async fn a_photo_that_outlasts_its_time_is_unreadable() {
    let mut processing = Processing::new(LIMITS, 1);
    processing.within = Duration::ZERO;
    let answer = processing.process(sample("phone-gps-rotated").into()).await;
    assert_eq!(answer.unwrap_err(), PhotoRefusal::Unreadable);
}

#[tokio::test]
async fn a_panic_in_photo_processing_is_answered_and_leaves_its_core_free() {
    let processing = Processing::new(LIMITS, 1);
    assert!(processing.run(0, || panic!("as a decoder with a defect would")).await.is_none());
    assert!(processing.process(sample("astronaut").into()).await.is_ok());
}

#[tokio::test]
async fn what_a_chat_model_looks_at_is_small_upright_and_tells_nothing_else() {
    let processing = Processing::new(LIMITS, 1);
    let shown = processing.to_look_at(sample("phone-gps-rotated").into()).await.unwrap();
    let picture = image::load_from_memory(&shown).unwrap();
    assert_eq!(picture.width().max(picture.height()), actors::ports::LOOKED_AT);
    let whole = process(sample("phone-gps-rotated")).await.unwrap();
    assert_eq!(picture.width() < picture.height(), whole.width < whole.height, "upright");
    assert!(!shown.windows(4).any(|bytes| bytes == b"Exif"), "no place, no phone");
    let refused = processing.to_look_at(Bytes::from_static(b"<html>")).await;
    assert_eq!(refused, Err(PhotoRefusal::Unreadable));
}

mod contact_sheet {
    use super::*;
    use actors::ports::Thumbnail;

    #[tokio::test]
    async fn a_set_becomes_one_numbered_picture_in_rows_of_five() {
        let processing = Processing::new(LIMITS, 1);
        let kept = process(sample("portrait-2")).await.unwrap();
        let square = processing.reduce(kept.jpeg).await.unwrap();
        assert_eq!(square.pixels.len(), 3 * 240 * 240);
        let mut squares = vec![Some(square); 6];
        squares[3] = None; // its object was lost
        let picture =
            image::load_from_memory(&processing.contact_sheet(squares, 5).await.unwrap()).unwrap();
        assert_eq!((picture.width(), picture.height()), (5 * 248 + 8, 2 * 248 + 8));
        let picture = picture.into_rgb8();
        let number = |place: u32| picture.get_pixel(8 + place * 248 + 3, 8 + 3).0;
        for place in 0..5 {
            assert!(number(place).iter().all(|level| *level < 90), "a label in square {place}");
        }
        let middle = |place: u32| picture.get_pixel(8 + place * 248 + 120, 128).0;
        assert!(middle(3).iter().all(|level| *level > 235), "the lost one is empty");
        assert!(middle(0) != middle(3));
    }

    #[tokio::test]
    async fn no_object_and_no_square_makes_the_sheet_panic() {
        let processing = Processing::new(LIMITS, 1);
        assert!(processing.reduce(Bytes::from_static(b"rotten")).await.is_err());
        let wrong = Thumbnail { side: 9, pixels: Vec::new() };
        assert!(processing.contact_sheet(vec![Some(wrong)], 5).await.is_err());
        assert!(processing.contact_sheet(Vec::new(), 5).await.is_ok());
        let many = processing.contact_sheet(vec![None; 100], 5).await.unwrap();
        assert_eq!(image::load_from_memory(&many).unwrap().height(), 20 * 248 + 8);
    }
}

#[tokio::test]
async fn pixels_are_looked_at_by_threads_that_give_way() {
    let processing = Processing::new(LIMITS, 1);
    let of_thread = || rustix::process::nice(0).ok();
    let (theirs, ours) = (processing.run(0, of_thread).await.flatten(), of_thread());
    assert_eq!(theirs, ours.map(|nice| (nice + 5).min(19)));
}
