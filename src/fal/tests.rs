//! The adapter against a strict stand-in, and against answers that FAL never gives.

mod cancelling;
mod catalogue;
mod dialects;
mod foreign;
mod forgeries;
mod generating;
mod generators;
mod inputs;
mod key_sets;
mod keys;
mod looking;
mod payloads;
mod pictures;
mod raw;
mod rehearsing;
mod schema;
mod storing;
mod submitting;
mod trained;

use super::{Catalogue, Fal, FalSettings};
use actors::avatar::{RequestId, TrainingType};
use actors::ports::{FileUrl, Material, Order, PictureOrder, Plan, Shape, SubmitAnswer, Trainer};
use standins::fal::{self as standin, Options, Settings};
use std::time::Duration;
use strum::IntoEnumIterator as _;
use url::Url;

/// Trains instantly, so a test that waits for the end waits for nothing else.
fn quick() -> Options {
    let settings =
        Settings { queue: Duration::ZERO, training: Duration::ZERO, ..Settings::default() };
    Options { settings, ..Options::default() }
}

/// Trains until it is stopped.
fn endless() -> Options {
    let hour = Duration::from_hours(1);
    let settings = Settings { queue: hour, training: hour, ..Settings::default() };
    Options { settings, ..Options::default() }
}

async fn talking(options: Options) -> (standin::Fal, Fal) {
    let fal = standin::Fal::start(options).await.unwrap();
    let client = client(fal.url(), fal.key(), Duration::from_secs(10));
    (fal, client)
}

fn client(url: &str, key: &str, patience: Duration) -> Fal {
    let url: Url = url.parse().unwrap();
    let settings = FalSettings {
        queue: url.clone(),
        rest: url.clone(),
        platform: url,
        key: key.to_owned().into(),
        webhook: None,
        steps: 1000,
    };
    Fal::patient(settings, Catalogue::shipped().unwrap(), patience).unwrap()
}

const PORTRAIT: &str = "fal-ai/flux-lora-portrait-trainer";

/// An order that this trainer accepts, for its first kind.
fn order_at(endpoint: &str) -> Order {
    let catalogue = Catalogue::shipped().unwrap();
    let trainer = catalogue.trainer(endpoint).unwrap();
    let kind = TrainingType::iter().find(|kind| trainer.uses.contains_key(kind));
    order_for(endpoint, kind.unwrap_or(TrainingType::Style))
}

fn order_for(endpoint: &str, kind: TrainingType) -> Order {
    let catalogue = Catalogue::shipped().unwrap();
    let input = catalogue.trainer(endpoint).and_then(|trainer| trainer.input.clone());
    let plan = Plan {
        endpoint: endpoint.to_owned(),
        trigger: "TOK_12345678".to_owned(),
        steps: input.as_ref().and_then(|input| input.steps.default).unwrap_or(1000),
        learning_rate: input.and_then(|input| input.learning_rate).map(|rate| rate.default),
        webhook: None,
    };
    Order { kind, plan, multiresolution: true, subject_crop: true, create_masks: false }
}

fn archive() -> FileUrl {
    FileUrl("https://v3.fal.media/files/photos.zip".into())
}

/// A job at the stand-in, whatever its outcome.
async fn bought(fal: &Fal) -> RequestId {
    let answer = fal.submit(&order_at(PORTRAIT), &archive()).await;
    let SubmitAnswer::Accepted(request) = answer else { panic!("not accepted: {answer:?}") };
    request
}

/// Waits until the job is over.
async fn over(fal: &standin::Fal, request: &RequestId) {
    let ended = |ledger: &standin::Ledger| {
        ledger.job(&request.0).filter(|job| job.outcome.is_some()).map(|_| ())
    };
    fal.until("end of the job", ended, Duration::from_secs(10)).await;
}

/// An order of four portraits with this seed.
/// These weights alone.
fn alone(weights: &FileUrl) -> Material {
    Material { weights: weights.clone(), source: None }
}

pub(super) fn picture_order(seed: u64) -> PictureOrder {
    PictureOrder {
        style: None,
        words: None,
        english: None,
        prompt: "TOK_12345678 woman, studio".to_owned(),
        shape: Shape::Portrait,
        count: 4,
        seed,
        scale: 1.1,
        guidance: None,
        portrait: true,
        source: None,
    }
}
