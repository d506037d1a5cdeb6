//! FAL as the actors' trainer.

use super::answers::Made;
use super::input::input;
use super::news::news;
use super::platform::Mark;
use super::queue::Submit;
use super::storage::PHOTOS;
use super::{Catalogue, Fal};
use actors::avatar::{AvatarId, RequestId, TrainingType};
use actors::ports::{
    Archive, CancelAnswer, DeleteAnswer, Failure, FailureKind, FileUrl, History, News, Order, Plan,
    ResultAnswer, StatusAnswer, SubmitAnswer, Trainer, TrainerError,
};
use actors::spending::Usd;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::time::Duration;

/// Prefix of rehearsals' ids; FAL never heard of them.
pub(super) const REHEARSAL: &str = "test_";

/// How long FAL keeps what a training makes. We store it within minutes. FAL keeps the answer that
/// names it for a month, so an outage of our store may last that long.
const OUTPUT_LIFETIME: Duration = Duration::from_hours(30 * 24);

impl Fal {
    /// What this trainer makes.
    fn weights_of(&self, endpoint: &str) -> Made {
        Made::Weights(self.catalogue.trainer(endpoint).map(|trainer| trainer.output))
    }
}

#[async_trait]
impl Trainer for Fal {
    fn plan(&self, kind: TrainingType, avatar: AvatarId) -> Plan {
        let plan = plan(&self.catalogue, kind, avatar, self.settings.steps);
        Plan { webhook: self.settings.webhook.as_ref().map(ToString::to_string), ..plan }
    }

    fn price(&self, plan: &Plan) -> Option<Usd> {
        self.catalogue.price(&plan.endpoint, plan.steps)
    }

    fn read(&self, body: &Value) -> News {
        news(body)
    }

    async fn upload(&self, archive: &Archive) -> Result<FileUrl, TrainerError> {
        self.store(archive, PHOTOS).await
    }

    async fn submit(&self, order: &Order, archive: &FileUrl) -> SubmitAnswer {
        let endpoint = &order.plan.endpoint;
        let Some(trainer) = self.catalogue.trainer(endpoint) else {
            let message = format!("«{endpoint}» is not in the catalogue of trainers");
            return SubmitAnswer::Refused(Failure::ours(FailureKind::Other, "endpoint", message));
        };
        match input(trainer, order, archive) {
            Ok(input) => {
                let webhook = order.plan.webhook.as_deref();
                self.post(Submit { endpoint, webhook, lifetime: OUTPUT_LIFETIME }, &input).await
            }
            Err(failure) => SubmitAnswer::Refused(failure),
        }
    }

    async fn history(&self, endpoint: &str, archive: &FileUrl, sent_at: DateTime<Utc>) -> History {
        self.read_history(endpoint, Mark::Address(&archive.0), sent_at).await
    }

    async fn delete_payloads(&self, request: &RequestId) -> DeleteAnswer {
        if request.0.starts_with(REHEARSAL) {
            return DeleteAnswer::Gone("a rehearsal; FAL never knew of it".to_owned());
        }
        self.delete_stored(request).await
    }

    async fn status(&self, endpoint: &str, request: &RequestId) -> StatusAnswer {
        if request.0.starts_with(REHEARSAL) {
            return StatusAnswer::Failed(rehearsed());
        }
        self.watch(endpoint, request, self.weights_of(endpoint)).await
    }

    async fn result(&self, endpoint: &str, request: &RequestId) -> ResultAnswer {
        if request.0.starts_with(REHEARSAL) {
            return ResultAnswer::Failed(rehearsed());
        }
        self.fetch(endpoint, request, self.weights_of(endpoint)).await
    }

    async fn cancel(&self, endpoint: &str, request: &RequestId) -> CancelAnswer {
        if request.0.starts_with(REHEARSAL) {
            return CancelAnswer::Answered("a rehearsal; FAL never knew of it".to_owned());
        }
        self.put_cancel(endpoint, request).await
    }
}

/// What we would buy for an avatar of this kind, apart from where FAL should call back. `steps`
/// applies if the trainer has no number of its own.
pub(super) fn plan(
    catalogue: &Catalogue,
    kind: TrainingType,
    avatar: AvatarId,
    steps: i32,
) -> Plan {
    let trainer = catalogue.of_kind(kind);
    let input = trainer.and_then(|trainer| trainer.input.as_ref());
    Plan {
        endpoint: trainer.map(|trainer| trainer.endpoint.clone()).unwrap_or_default(),
        trigger: trigger(avatar),
        steps: input.and_then(|input| input.steps.default).unwrap_or(steps),
        learning_rate: input.and_then(|input| input.learning_rate).map(|rate| rate.default),
        webhook: None,
    }
}

/// A word that no text contains by chance, different for each avatar.
fn trigger(avatar: AvatarId) -> String {
    let id = avatar.0.simple().to_string();
    format!("TOK_{}", &id[24..])
}

pub(super) fn rehearsed() -> Failure {
    let message = "a rehearsal of the test mode, which is off now";
    Failure::ours(FailureKind::Other, "test_training", message)
}
