//! Photos of people, animals and cups.

use super::*;
use image::DynamicImage;
use sha2::{Digest, Sha256};

/// Every sample is either accepted at this size or refused for this reason.
#[tokio::test]
async fn every_sample_gets_the_answer_of_the_table() {
    let small = |have| Err(PhotoRefusal::TooSmall { have, want: 512 });
    let table = [
        ("astronaut", Ok((512, 512))),
        ("chelsea", small(300)),
        ("coffee", small(400)),
        ("partial-face-1", small(491)),
        ("partial-face-2", Ok((551, 1137))),
        ("phone-gps-rotated", Ok((2048, 1536))),
        ("portrait-1", Ok((910, 1137))),
        ("portrait-2", Ok((626, 1200))),
        ("portrait-3", Ok((1258, 2048))),
        ("portrait-4", Ok((901, 2048))),
        ("sliver-161x1", small(1)),
        ("truncated", Err(PhotoRefusal::Unreadable)),
    ];
    for (name, answer) in table {
        let processed = process(sample(name)).await;
        assert_eq!(processed.map(|kept| (kept.width, kept.height)), answer, "{name}");
    }
}

#[tokio::test]
async fn what_is_kept_says_its_size_and_names_the_original() {
    let original = sample("portrait-2");
    let kept = process(original.clone()).await.unwrap();
    assert_eq!(pixels(&kept).dimensions(), (kept.width, kept.height));
    assert_eq!(kept.sha256, hex::encode(Sha256::digest(&original)));
    assert_eq!(kept.verdict.format.as_deref(), Some("jpeg"));
    assert_eq!(kept.verdict.bytes, Some(184_455));
    assert_eq!((kept.verdict.width, kept.verdict.height), (Some(626), Some(1200)));
}

#[tokio::test]
async fn nothing_of_the_phone_and_its_place_is_kept() {
    let original = sample("phone-gps-rotated");
    assert!(contains(&original, b"Exif\0\0"), "the sample has lost its metadata");
    let kept = process(original).await.unwrap();
    assert!(!contains(&kept.jpeg, b"Exif") && !contains(&kept.jpeg, b"GPS"));
    let application_data =
        segments(&kept.jpeg).into_iter().filter(|marker| (0xe1..=0xef).contains(marker));
    assert_eq!(application_data.count(), 0, "no Exif, XMP, colour profile or maker's note");
}

#[tokio::test]
async fn a_photo_taken_upside_down_is_kept_upright() {
    let original = sample("phone-gps-rotated");
    let kept = picture(&process(original.clone()).await.unwrap()).thumbnail_exact(40, 30);
    let stored = image::load_from_memory(&original).unwrap().thumbnail_exact(40, 30);
    assert!(distance(&kept, &stored.rotate180()) < 3, "turned by half");
    assert!(distance(&kept, &stored) > 10, "not as the sensor saw it");
}

/// An arrow drawn on paper, pointing up. The phone was held upright and stored the photo lying
/// down.
#[tokio::test]
async fn an_iphones_heic_is_kept_upright_as_a_jpeg() {
    let kept = process(sample_of("phone-rotated.heic")).await.unwrap();
    assert_eq!((kept.width, kept.height), (1536, 2048));
    assert_eq!(kept.verdict.format.as_deref(), Some("heic"));
    assert_eq!((kept.verdict.width, kept.verdict.height), (Some(3024), Some(4032)));
    let small = picture(&kept).thumbnail_exact(30, 40).into_rgb8();
    let ink = |x: u32, y: u32| u32::from(small.get_pixel(x, y).0[0]);
    let row = |y: u32| (0..30).min_by_key(|x| ink(*x, y)).unwrap();
    assert!((13..=17).contains(&row(4)), "the point is in the middle of the upper edge");
    let (left, right) = (ink(3, 17), ink(26, 17));
    assert!(left < 120 && right < 140, "its wings are below: {left} {right}");
    assert!(ink(15, 36) > 120, "and nothing is drawn at the foot");
}

#[tokio::test]
async fn a_sharp_bright_photo_measures_sharper_and_brighter_than_a_blurred_dark_one() {
    let original = image::load_from_memory(&sample("astronaut")).unwrap();
    let clear = process(sample("astronaut")).await.unwrap().verdict;
    let dull = process(made::png(&original.blur(6.0).brighten(-60))).await.unwrap().verdict;
    assert!(clear.sharpness.unwrap() > 20.0 * dull.sharpness.unwrap(), "{clear:?} {dull:?}");
    assert!(clear.brightness.unwrap() > 30.0 + dull.brightness.unwrap(), "{clear:?} {dull:?}");
    assert!(clear.contrast.unwrap() > dull.contrast.unwrap(), "{clear:?} {dull:?}");
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// Markers before the first scan.
fn segments(jpeg: &[u8]) -> Vec<u8> {
    let mut markers = Vec::new();
    let mut at = 2;
    while jpeg[at] == 0xff && jpeg[at + 1] != 0xda {
        markers.push(jpeg[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    markers
}

/// Mean difference of two pictures of the same size, in grey levels.
fn distance(one: &DynamicImage, other: &DynamicImage) -> usize {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let sum: usize = one.iter().zip(other).map(|(a, b)| usize::from(a.abs_diff(*b))).sum();
    sum / one.len()
}
