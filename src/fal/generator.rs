//! FAL as the actors' generator of pictures.

pub(super) mod input;

use super::Fal;
use super::answers::Made;
use super::news;
use super::platform::Mark;
use super::queue::Submit;
use super::storage::{WEIGHTS, picture_of};
use super::trainer::{REHEARSAL, rehearsed};
use actors::avatar::RequestId;
use actors::ports::{
    Archive, CancelAnswer, Failure, FailureKind, FileUrl, Generator, History, Material, News,
    PictureOrder, ResultAnswer, Shape, StatusAnswer, SubmitAnswer, TrainerError, Uploaded,
};
use actors::spending::Usd;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::time::Duration;

/// How long FAL keeps the pictures that it made: a day, because they show a person and we store
/// them within seconds. An outage of our store may last that long.
const OUTPUT_LIFETIME: Duration = Duration::from_hours(24);

#[async_trait]
impl Generator for Fal {
    fn endpoint(&self, trainer: &str) -> Option<String> {
        self.catalogue.generator_of(trainer)
    }

    fn webhook(&self) -> Option<String> {
        self.settings.webhook.as_ref().map(ToString::to_string)
    }

    fn price(&self, endpoint: &str, shape: Shape, count: u8) -> Option<Usd> {
        self.catalogue.price_of_pictures(endpoint, shape.size(), count)
    }

    async fn upload(&self, weights: &Archive) -> Result<Uploaded, TrainerError> {
        let url = self.store(weights, WEIGHTS).await?;
        Ok(Uploaded { url, lasts: WEIGHTS.lifetime })
    }

    async fn upload_picture(
        &self,
        picture: &Archive,
        content_type: &str,
    ) -> Result<FileUrl, TrainerError> {
        self.store(picture, picture_of(content_type)).await
    }

    async fn submit(
        &self,
        endpoint: &str,
        order: &PictureOrder,
        material: &Material,
        webhook: Option<&str>,
    ) -> SubmitAnswer {
        let Some(generator) = self.catalogue.generator(endpoint) else {
            let message = format!("«{endpoint}» is not in the catalogue of generators");
            return SubmitAnswer::Refused(Failure::ours(FailureKind::Other, "endpoint", message));
        };
        match input::input(generator, order, material) {
            Ok(input) => {
                self.post(Submit { endpoint, webhook, lifetime: OUTPUT_LIFETIME }, &input).await
            }
            Err(failure) => SubmitAnswer::Refused(failure),
        }
    }

    async fn history(&self, endpoint: &str, seed: u64, sent_at: DateTime<Utc>) -> History {
        self.read_history(endpoint, Mark::Seed(seed), sent_at).await
    }

    async fn status(&self, endpoint: &str, request: &RequestId) -> StatusAnswer {
        if request.0.starts_with(REHEARSAL) {
            return StatusAnswer::Failed(rehearsed());
        }
        self.watch(endpoint, request, Made::Pictures).await
    }

    async fn result(&self, endpoint: &str, request: &RequestId) -> ResultAnswer {
        if request.0.starts_with(REHEARSAL) {
            return ResultAnswer::Failed(rehearsed());
        }
        self.fetch(endpoint, request, Made::Pictures).await
    }

    fn read(&self, body: &Value) -> News {
        news::read(body, Made::Pictures)
    }

    async fn cancel(&self, endpoint: &str, request: &RequestId) -> CancelAnswer {
        if request.0.starts_with(REHEARSAL) {
            return CancelAnswer::Answered("a rehearsal; FAL never knew of it".to_owned());
        }
        self.put_cancel(endpoint, request).await
    }
}
