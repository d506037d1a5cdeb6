//! What photo processing measures and the coach says, for every sample and for hostile files: a
//! change of a threshold or a measure shows as a difference in this table.

use super::made::{png, with_exif_of};
use super::refusals::bomb;
use super::*;
use actors::avatar::TrainingType;
use actors::coach::{Rules, distance, remarks};
use futures_util::future::join_all;
use image::{DynamicImage, ImageFormat};
use std::io::Cursor;

/// A line of the table.
async fn line(processing: &Processing, name: &str, original: Vec<u8>, like: Option<u64>) -> String {
    let kept = match processing.process(original.into()).await {
        Ok(kept) => kept,
        Err(refusal) => return format!("{name:<24} refused: {refusal:?}"),
    };
    for marker in [&b"Exif"[..], b"GPS", b"PK\x03\x04", b"http://ns.adobe.com", b"ICC_PROFILE"] {
        assert!(!kept.jpeg.windows(marker.len()).any(|part| part == marker), "{name}");
    }
    let verdict = &kept.verdict;
    let said = remarks(TrainingType::Portrait, verdict, &Rules::default());
    let said: Vec<&str> = said.into_iter().map(actors::coach::Remark::word).collect();
    let faces: Vec<String> = verdict
        .faces
        .iter()
        .flatten()
        .map(|face| format!("{}px/{}/{}", face.size, face.score, face.sharpness))
        .collect();
    let apart = like.map_or(String::new(), |like| {
        format!(", {} bits apart", distance(like, kept.perceptual_hash))
    });
    format!(
        "{name:<24} {}x{}, light {} ±{}, sharp {}, faces [{}], said [{}]{apart}",
        kept.width,
        kept.height,
        verdict.brightness.unwrap(),
        verdict.contrast.unwrap(),
        verdict.sharpness.unwrap(),
        faces.join(" "),
        said.join(" "),
    )
}

fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn the_table_of_samples_and_hostile_files_is_as_it_was() {
    let samples = [
        "astronaut",
        "chelsea",
        "coffee",
        "partial-face-1",
        "partial-face-2",
        "phone-gps-rotated",
        "portrait-1",
        "portrait-2",
        "portrait-3",
        "portrait-4",
        "sliver-161x1",
        "truncated",
    ];
    let samples = samples.map(|name| (name.to_owned(), sample(name), None));
    let whole = sample("astronaut");
    let like = Some(process(whole.clone()).await.unwrap().perceptual_hash);
    let picture = image::load_from_memory(&whole).unwrap();
    let mut zipped = whole.clone();
    zipped.extend_from_slice(b"PK\x03\x04 a program that nobody asked for");
    let hostile = [
        ("as PNG", png(&picture)),
        ("as WebP", written(&picture, ImageFormat::WebP)),
        ("16 bits a channel", png(&DynamicImage::ImageRgb16(picture.to_rgb16()))),
        ("CMYK", sample("astronaut-cmyk")),
        ("progressive", sample("astronaut-progressive")),
        ("HEIC of an iPhone", sample_of("phone-rotated.heic")),
        ("HEIC cut short", sample_of("truncated.heic")),
        ("APNG of two frames", sample_of("astronaut-two-frames.png")),
        ("ZIP behind it", zipped),
        ("brighter by 3", png(&picture.brighten(3))),
        ("mirrored", png(&picture.fliph())),
        ("blurred", png(&picture.blur(4.0))),
        ("night", png(&picture.brighten(-150))),
        ("bomb 30000x30000", bomb(30_000, 30_000, [8, 0])),
        ("half of it", whole[..whole.len() / 2].to_vec()),
        ("HTML named jpg", b"<!doctype html><title>404</title>".to_vec()),
        ("nothing", Vec::new()),
    ];
    let hostile = hostile.map(|(name, original)| (name.to_owned(), original, like));
    let orientations = (1..=8).map(|orientation| {
        // Stored turned the other way, so that the viewer's turn makes it upright again.
        let jpeg = with_exif_of(&turned(&picture, orientation), orientation);
        (format!("orientation {orientation}"), jpeg, like)
    });
    let all = samples.into_iter().chain(hostile).chain(orientations);
    let processing = Processing::new(Limits { min_resolution: 256, ..LIMITS }, 2);
    let lines =
        all.map(async |(name, original, like)| line(&processing, &name, original, like).await);
    let table = join_all(lines).await.join("\n");
    insta::assert_snapshot!("table", table);
}

/// The picture as stored by a phone that records this orientation: turned by the inverse.
fn turned(picture: &DynamicImage, orientation: u8) -> DynamicImage {
    match orientation {
        2 => picture.fliph(),
        3 => picture.rotate180(),
        4 => picture.flipv(),
        5 => picture.rotate90().fliph(),
        6 => picture.rotate270(),
        7 => picture.rotate270().fliph(),
        8 => picture.rotate90(),
        _ => picture.clone(),
    }
}
