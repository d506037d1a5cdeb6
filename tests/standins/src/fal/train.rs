//! A training: photos in, weights out.

use actix_web::web::Bytes;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    archive::{self, Contents},
    check::{range, refused, text, whole},
    fetch::fetch,
    files::result_path,
    models::{Steps, Trainer},
    record::{Outcome, Weights},
    shared::Shared,
    weights,
};

/// Checks the input, downloads the archive and checks each photo in it.
pub(super) async fn prepare(
    shared: &Shared,
    id: &str,
    trainer: &'static Trainer,
    input: &Value,
) -> Result<(), Outcome> {
    let url = text(input, trainer.data)?.to_owned();
    let Steps(least, most, multiple) = trainer.steps;
    #[expect(clippy::cast_precision_loss, reason = "steps are counted in thousands")]
    whole(input, "steps", (least as f64, most as f64), multiple)?;
    if let Some((least, most)) = trainer.rate {
        range(input, "learning_rate", least, most)?;
    }
    let bytes = fetch(shared, trainer.data, &url).await?;
    let default_caption = input.get("default_caption").is_some_and(Value::is_string);
    let needs_captions = trainer.needs_captions && !default_caption;
    let judged = tokio::task::spawn_blocking(move || judge(&bytes, trainer, &url, needs_captions));
    let (archive, verdict) = judged.await.unwrap_or_else(|error| (None, Err(died(&error))));
    shared.write(|world| {
        if let Some(job) = world.ledger.job_mut(id) {
            job.archive = archive;
        }
    });
    verdict
}

type Judgement = (Option<super::record::Archive>, Result<(), Outcome>);

/// Decoding takes a while, so it runs off the runtime.
fn judge(bytes: &[u8], trainer: &Trainer, url: &str, needs_captions: bool) -> Judgement {
    let Ok(contents) = Contents::read(bytes) else {
        return (None, Err(archive::invalid(trainer.data, url)));
    };
    let mut verdict = contents.check(trainer.data, url, trainer.images);
    if let (true, Ok(()), Some(name)) = (needs_captions, &verdict, contents.without_caption()) {
        let message = format!("No caption for {name}, and no default_caption was given");
        verdict = Err(refused("default_caption", &message, "value_error", None, None));
    }
    (Some(contents.archive), verdict)
}

/// Stores weights and config, and returns their URLs.
pub(super) fn finish(shared: &Shared, id: &str, trainer: &Trainer, input: &Value) -> Outcome {
    let weights = match weights::make(id) {
        Ok(weights) => Bytes::from(weights),
        Err(error) => return died(&error),
    };
    let config = Bytes::from(config(id, input).to_string());
    let lora_path = result_path(id, "pytorch_lora_weights.safetensors");
    let config_path = result_path(id, "config.json");
    let made = Weights {
        url: format!("{}{lora_path}", shared.origin),
        config_url: format!("{}{config_path}", shared.origin),
        bytes: weights.len(),
        sha256: hex::encode(Sha256::digest(&weights)),
    };
    shared.write(|world| {
        let settings = &world.settings;
        let off = settings.metadata.then_some(settings.file_size_off_by);
        let body = json!({
            trainer.lora: file(&made.url, "application/octet-stream", weights.len(), off),
            "config_file": file(&made.config_url, "application/json", config.len(), off),
        });
        world.files.put(lora_path, "application/octet-stream", weights);
        world.files.put(config_path, "application/json", config);
        if let Some(job) = world.ledger.job_mut(id) {
            job.weights = Some(made);
        }
        Outcome { status: 200, body, error_type: None, in_status: false }
    })
}

/// The config that the trainer writes beside the weights.
fn config(id: &str, input: &Value) -> Value {
    json!({
        "instance_prompt": input.get("trigger_phrase").or_else(|| input.get("trigger_word")),
        "steps": input.get("steps"),
        "learning_rate": input.get("learning_rate"),
        "rank": 16,
        "request_id": id,
    })
}

/// A `File` as FAL describes it. Only the URL is certain; the rest is there if `off_by` is given.
fn file(url: &str, content_type: &str, size: usize, off_by: Option<i64>) -> Value {
    let Some(off_by) = off_by else {
        return json!({
            "url": url, "content_type": null, "file_name": null, "file_size": null, "file_data": null,
        });
    };
    json!({
        "url": url,
        "content_type": content_type,
        "file_name": url.rsplit('/').next(),
        "file_size": i64::try_from(size).unwrap_or(i64::MAX).saturating_add(off_by),
        "file_data": null,
    })
}

/// The end of a job for the retired trainer.
pub(super) fn retired() -> Outcome {
    let body = json!({
        "detail": "This model is deprecated and no longer supported. Please use another trainer."
    });
    Outcome { status: 422, body, error_type: None, in_status: false }
}

/// The runner itself broke, which is a fault of the stand-in.
pub(super) fn died(error: &impl ToString) -> Outcome {
    let kind = "runner_server_error";
    let body = super::errors::request(&error.to_string(), kind);
    Outcome { status: 500, body, error_type: Some(kind.to_owned()), in_status: true }
}
