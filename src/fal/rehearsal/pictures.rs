//! Pictures of the test mode, drawn by ourselves.
//!
//! A job's name says when it began and what was ordered, and a picture's address what to draw, so a
//! restart forgets nothing although nothing is stored.

use super::super::answers::Made;
use super::super::news;
use super::super::trainer::REHEARSAL;
use super::{NOWHERE, Rehearsal, drawing};
use actors::avatar::RequestId;
use actors::ports::{
    Archive, CancelAnswer, Failure, FailureKind, Fetcher, FileUrl, Files, Generator, History,
    MOST_PICTURES, Material, MissingReason, NamedFile, News, PICTURES, PictureOrder, ResultAnswer,
    Shape, StatusAnswer, SubmitAnswer, TrainerError, Uploaded,
};
use actors::spending::Usd;
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::time::Duration;
use strum::IntoEnumIterator as _;
use tokio::task;
use uuid::Uuid;

/// As long as real weights stay at FAL, so that they are uploaded as often.
const WEIGHTS_LAST: Duration = super::super::storage::WEIGHTS.lifetime;

#[async_trait]
impl Generator for Rehearsal {
    fn endpoint(&self, trainer: &str) -> Option<String> {
        self.catalogue.generator_of(trainer)
    }

    fn webhook(&self) -> Option<String> {
        None
    }

    fn price(&self, _: &str, _: Shape, _: u8) -> Option<Usd> {
        Some(Usd::default())
    }

    async fn upload(&self, _: &Archive) -> Result<Uploaded, TrainerError> {
        let url = FileUrl(format!("{NOWHERE}/weights.safetensors").into());
        Ok(Uploaded { url, lasts: WEIGHTS_LAST })
    }

    async fn upload_picture(&self, _: &Archive, _: &str) -> Result<FileUrl, TrainerError> {
        Ok(FileUrl(format!("{NOWHERE}/source").into()))
    }

    async fn submit(
        &self,
        _: &str,
        order: &PictureOrder,
        _: &Material,
        _: Option<&str>,
    ) -> SubmitAnswer {
        if !(1..=MOST_PICTURES).contains(&order.count) {
            let message = format!("{} pictures cannot be ordered", order.count);
            let failure = Failure::ours(FailureKind::OurMistake, "parameter_out_of_range", message);
            return SubmitAnswer::Refused(failure);
        }
        SubmitAnswer::Accepted(named(Utc::now(), order))
    }

    async fn history(&self, _: &str, _: u64, _: DateTime<Utc>) -> History {
        Self::no_history()
    }

    async fn status(&self, _: &str, request: &RequestId) -> StatusAnswer {
        self.progress(request)
    }

    async fn result(&self, _: &str, request: &RequestId) -> ResultAnswer {
        let Some(sketches) = ordered(request) else {
            let message = "nothing was ordered under this name in test mode";
            let failure = Failure::ours(FailureKind::Other, "not_a_rehearsal", message);
            return ResultAnswer::Failed(failure);
        };
        let urls: Vec<String> = sketches.into_iter().map(Sketch::url).collect();
        let images: Vec<Value> = urls.iter().map(|url| json!({ "url": url })).collect();
        let file = |(name, url): (&'static str, String)| NamedFile {
            name,
            url: FileUrl(url.into()),
            byte_size: None,
        };
        let files = Files(PICTURES.into_iter().zip(urls).map(file).collect());
        ResultAnswer::Files { files: Some(files), answer: json!({ "images": images }) }
    }

    fn read(&self, body: &Value) -> News {
        news::read(body, Made::Pictures)
    }

    async fn cancel(&self, _: &str, _: &RequestId) -> CancelAnswer {
        CancelAnswer::Answered("a rehearsal".to_owned())
    }
}

#[async_trait]
impl Fetcher for Rehearsal {
    /// Draws what is at one of our own addresses; reads nothing from anywhere.
    async fn fetch(&self, url: &FileUrl, most: u64) -> Result<Bytes, (MissingReason, String)> {
        let Some(sketch) = Sketch::at(&url.0) else {
            let detail = "no address of the test mode".to_owned();
            return Err((MissingReason::UrlRefused, detail));
        };
        let drawn = task::spawn_blocking(move || sketch.draw()).await;
        let failed = |why: String| (MissingReason::DownloadFailed, why);
        let bytes = drawn
            .map_err(|died| failed(died.to_string()))?
            .map_err(|error| failed(error.to_string()))?;
        if bytes.len() as u64 > most {
            return Err(failed(format!("more than {most} bytes")));
        }
        Ok(bytes.into())
    }
}

/// A picture that can be drawn at any time from its address alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sketch {
    /// Another for each order; it chooses the colors.
    chance: u32,
    /// From one.
    position: u8,
    shape: Shape,
}

impl Sketch {
    fn url(self) -> String {
        let Self { chance, position, shape } = self;
        let (width, height) = shape.size();
        format!("{NOWHERE}/pictures/{chance:08x}/{position}/{width}x{height}.jpg")
    }

    /// What is at this address, if it is exactly one of ours.
    fn at(url: &str) -> Option<Self> {
        let rest = url.strip_prefix(NOWHERE)?.strip_prefix("/pictures/")?;
        let mut parts = rest.split('/');
        let chance = u32::from_str_radix(parts.next()?, 16).ok()?;
        let position = parts.next()?.parse().ok()?;
        let shape = of_size(parts.next()?.strip_suffix(".jpg")?)?;
        let sketch = Self { chance, position, shape };
        (sketch.url() == url).then_some(sketch)
    }

    fn draw(self) -> Result<Vec<u8>, image::ImageError> {
        drawing::test_picture(self.shape.size(), self.chance, self.position)
    }
}

/// The name of a new job: when it began, chance, and what was ordered.
fn named(now: DateTime<Utc>, order: &PictureOrder) -> RequestId {
    let (began, chance) = (now.timestamp(), Uuid::new_v4().as_fields().0);
    let (width, height) = order.shape.size();
    let count = order.count;
    RequestId(format!("{REHEARSAL}{began:08x}_{chance:08x}_{count}_{width}x{height}").into())
}

/// What was ordered under this name.
fn ordered(request: &RequestId) -> Option<Vec<Sketch>> {
    let mut parts = request.0.strip_prefix(REHEARSAL)?.split('_').skip(1);
    let chance = u32::from_str_radix(parts.next()?, 16).ok()?;
    let count: u8 = parts.next()?.parse().ok().filter(|count| *count <= MOST_PICTURES)?;
    let shape = of_size(parts.next()?)?;
    Some((1..=count).map(|position| Sketch { chance, position, shape }).collect())
}

/// The shape of this size, «864x1152».
fn of_size(size: &str) -> Option<Shape> {
    let (width, height) = size.split_once('x')?;
    let size = (width.parse().ok()?, height.parse().ok()?);
    Shape::iter().find(|shape| shape.size() == size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_knows_its_pictures_and_an_address_its_sketch() {
        let order = |shape, count| PictureOrder {
            shape,
            count,
            ..super::super::super::tests::picture_order(7)
        };
        for (shape, count) in Shape::iter().flat_map(|shape| [(shape, 1), (shape, 4)]) {
            let sketches = ordered(&named(Utc::now(), &order(shape, count))).unwrap();
            assert_eq!(sketches.len(), usize::from(count));
            for (sketch, position) in sketches.iter().zip(1..) {
                assert_eq!((sketch.shape, sketch.position), (shape, position));
                assert_eq!(Sketch::at(&sketch.url()).as_ref(), Some(sketch));
            }
        }
        for odd in ["test_6740_0a1b2c3d", "test_6740_x_4_864x1152", "test_6740_7_5_864x1152"] {
            assert_eq!(ordered(&RequestId(odd.into())), None, "{odd}");
        }
    }

    #[test]
    fn no_other_address_is_drawn() {
        let good = "https://rehearsal.invalid/pictures/0a1b2c3d/1/864x1152.jpg";
        assert!(Sketch::at(good).is_some());
        for url in [
            "https://example.com/pictures/0a1b2c3d/1/864x1152.jpg".to_owned(),
            good.replace("864x1152", "20000x20000"),
            good.replace("/1/", "/256/"),
            good.replace("0a1b2c3d", "a1b2c3d"),
            format!("{good}?x"),
            String::new(),
        ] {
            assert_eq!(Sketch::at(&url), None, "{url}");
        }
    }
}
