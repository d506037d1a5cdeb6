//! Refused files, and what their sender is told.

use super::*;
use crate::photos::kind::{self, Kind};
use proptest::prelude::*;

#[tokio::test]
async fn the_first_bytes_decide_what_a_file_is() {
    let table: [(&str, &[u8], PhotoRefusal); 11] = [
        ("nothing", b"", PhotoRefusal::Unreadable),
        ("HTML named jpg", b"<!doctype html><title>404</title>", PhotoRefusal::Unreadable),
        ("HTML behind a JPEG's magic", b"\xff\xd8\xff\xe0<html></html>", PhotoRefusal::Unreadable),
        ("half of a magic", b"\xff\xd8", PhotoRefusal::Unreadable),
        ("a GIF", b"GIF89a\x01\0\x01\0", PhotoRefusal::Unreadable),
        ("a PNG's magic alone", b"\x89PNG\r\n\x1a\n", PhotoRefusal::Unreadable),
        ("a WAV, also RIFF", b"RIFF\x04\0\0\0WAVE", PhotoRefusal::Unreadable),
        (
            "an iPhone's HEIC, only its head",
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
            PhotoRefusal::Heic,
        ),
        ("HEIC by another brand", b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", PhotoRefusal::Heic),
        ("AVIF, its cousin", b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", PhotoRefusal::Unreadable),
        ("an MP4", b"\0\0\0\x18ftypisom\0\0\0\0isommp41", PhotoRefusal::Unreadable),
    ];
    for (what, file, refusal) in table {
        assert_eq!(process(Bytes::from_static(file)).await.unwrap_err(), refusal, "{what}");
    }
}

#[tokio::test]
async fn too_many_bytes_are_not_even_looked_at() {
    let strict = Processing::new(Limits { max_bytes: 10, ..LIMITS }, 1);
    let answer = strict.process(Bytes::from_static(b"eleven byte")).await;
    assert_eq!(answer.unwrap_err(), PhotoRefusal::TooLarge { limit: 10 });
    let answer = strict.process(Bytes::from_static(b"ten bytes.")).await;
    assert_eq!(answer.unwrap_err(), PhotoRefusal::Unreadable, "at the limit it is looked at");
}

#[tokio::test]
async fn a_photo_cut_short_is_unreadable_wherever_it_is_cut() {
    for name in ["portrait-1", "phone-gps-rotated", "astronaut"] {
        let whole = sample(name);
        for length in [whole.len() / 3, whole.len() / 2, whole.len() - 2, whole.len() - 1] {
            let answer = process(whole[..length].to_vec()).await;
            assert_eq!(answer.unwrap_err(), PhotoRefusal::Unreadable, "{name} to {length}");
        }
    }
    assert_eq!(process(sample_of("truncated.heic")).await.unwrap_err(), PhotoRefusal::Heic);
    let whole = sample_of("phone-rotated.heic");
    for length in [whole.len() / 3, whole.len() / 2, whole.len() - 1] {
        let answer = process(whole[..length].to_vec()).await;
        assert_eq!(answer.unwrap_err(), PhotoRefusal::Heic, "HEIC to {length}");
    }
    let picture = image::load_from_memory(&sample("astronaut")).unwrap();
    for format in [image::ImageFormat::Png, image::ImageFormat::WebP] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        let half = bytes.get_ref().len() / 2;
        let answer = process(bytes.into_inner()[..half].to_vec()).await;
        assert_eq!(answer.unwrap_err(), PhotoRefusal::Unreadable, "{format:?}");
    }
}

#[tokio::test]
async fn a_heic_is_judged_by_its_pixels_whatever_its_header_says() {
    let strict = Processing::new(Limits { min_resolution: 3500, ..LIMITS }, 1);
    let mut photo = sample_of("phone-rotated.heic");
    let too_small = PhotoRefusal::TooSmall { have: 3024, want: 3500 };
    assert_eq!(strict.process(photo.clone().into()).await.unwrap_err(), too_small);
    // 4032 × 3024 in its header; then it claims to be a square.
    let said = b"ispe\0\0\0\0\0\0\x0f\xc0\0\0\x0b\xd0";
    let at = photo.windows(said.len()).position(|bytes| bytes == said).unwrap() + said.len();
    photo[at - 2..at].copy_from_slice(&[0x0f, 0xc0]);
    assert_eq!(strict.process(photo.into()).await.unwrap_err(), too_small);
}

const GREY: [u8; 2] = [8, 0];
const DEEP_WITH_ALPHA: [u8; 2] = [16, 6];

/// The start of a PNG with this many pixels, depth and colour. No pixels follow, so any answer but
/// «unreadable» shows that none were asked for and no memory was set aside.
pub(super) fn bomb(width: u32, height: u32, pixel: [u8; 2]) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend(pixel);
    header.extend([0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    file.extend(&header);
    file.extend(crc32(&header).to_be_bytes());
    file.extend(b"\0\0\xff\xffIDAT\x78\x9c");
    file
}

/// PNG's own CRC (its annex D); a wrong one would make the header unreadable.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 }
        })
    })
}

#[tokio::test]
async fn a_decompression_bomb_is_refused_by_its_header() {
    for (width, height) in [(30_000, 30_000), (50_001, 1000), (u32::MAX >> 1, u32::MAX >> 1)] {
        let answer = process(bomb(width, height, GREY)).await;
        assert_eq!(answer.unwrap_err(), PhotoRefusal::TooManyPixels, "{width} × {height}");
    }
    let answer = process(bomb(10_000, 5000, GREY)).await;
    assert_eq!(answer.unwrap_err(), PhotoRefusal::Unreadable, "just few enough, and none there");
    let answer = process(bomb(8000, 6000, DEEP_WITH_ALPHA)).await;
    assert_eq!(answer.unwrap_err(), PhotoRefusal::TooManyPixels, "of eight bytes each");
}

#[tokio::test]
async fn a_jpeg_that_claims_too_much_is_refused_by_its_header() {
    let mut photo = sample("astronaut");
    let frame = photo.windows(2).position(|two| two == b"\xff\xc0").unwrap();
    photo[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    assert_eq!(process(photo).await.unwrap_err(), PhotoRefusal::TooManyPixels);
}

#[test]
fn a_file_is_complete_when_its_own_end_is_there() {
    let table: [(Kind, &[u8], bool); 10] = [
        (Kind::Jpeg, b"\xff\xd8\xff\xda\0\x02data\xff\xd9", true),
        (Kind::Jpeg, b"\xff\xd8\xff\xda\0\x02da\xff\0ta\xff\xd0da\xff\xff\xd9PK", true),
        (Kind::Jpeg, b"\xff\xd8\xff\xda\0\x02\xff\xc4\0\x04ab\xff\xda\0\x02\xff\xd9", true),
        (Kind::Jpeg, b"\xff\xd8\xff\xd9", false), // an end, and nothing before it
        (Kind::Jpeg, b"\xff\xd8\xff\xda\0\x02data", false),
        (Kind::Jpeg, b"\xff\xd8\xff\xda\0\x02data\xff", false),
        (Kind::Jpeg, b"\xff\xd8\xff\xe1\0\x04\xff\xd9\xff\xda\0\x02data", false), // a thumbnail's
        (Kind::Jpeg, b"\xff\xd8\xff\xda\0\x02da\xff\0\xd9", false),
        (Kind::Webp, b"RIFF\x05\0\0\0WEBP.", true),
        (Kind::Webp, b"RIFF\x06\0\0\0WEBP.", false),
    ];
    for (kind, bytes, complete) in table {
        assert_eq!(kind::is_complete(kind, bytes), complete, "{}", bytes.escape_ascii());
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_look_at_a_file_panic(bytes in prop::collection::vec(
        prop_oneof![any::<u8>(), Just(0xff), Just(0xd8), Just(0xd9), Just(0xda), Just(0)], 0..200
    )) {
        let jpeg = [b"\xff\xd8\xff".to_vec(), bytes.clone()].concat();
        prop_assert_eq!(kind::of(&jpeg), Some(Kind::Jpeg));
        let ends = jpeg.windows(2).any(|two| two == b"\xff\xd9");
        prop_assert!(ends || !kind::is_complete(Kind::Jpeg, &jpeg));
        kind::is_complete(Kind::Webp, &bytes);
        kind::of(&[b"\0\0\0\x18ftyp".to_vec(), bytes].concat());
    }
}
