//! FAL's queue and storage.

use super::Noted;
use super::health::{Answer, Provider::Fal, ProviderHealth};
use actors::avatar::{AvatarId, RequestId, TrainingType};
use actors::ports::{
    Archive, CancelAnswer, DeleteAnswer, FileUrl, History, News, Order, Plan, ResultAnswer,
    StatusAnswer, SubmitAnswer, Trainer, TrainerError,
};
use actors::spending::Usd;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

#[async_trait]
impl Trainer for Noted<dyn Trainer> {
    fn read(&self, body: &Value) -> News {
        self.port.read(body)
    }

    fn price(&self, plan: &Plan) -> Option<Usd> {
        self.port.price(plan)
    }

    fn plan(&self, kind: TrainingType, avatar: AvatarId) -> Plan {
        self.port.plan(kind, avatar)
    }

    async fn upload(&self, archive: &Archive) -> Result<FileUrl, TrainerError> {
        let asked = self.port.upload(archive);
        let meaning = |answer: &Result<_, TrainerError>| match answer {
            Ok(_) => Answer::Ok,
            Err(TrainerError::Refused(_)) => Answer::Refused,
            Err(TrainerError::Unavailable(why)) => Answer::Failed(why.to_string()),
        };
        self.health.asks((Fal, "upload"), asked, meaning).await
    }

    async fn submit(&self, order: &Order, archive: &FileUrl) -> SubmitAnswer {
        let asked = self.port.submit(order, archive);
        let meaning = |answer: &SubmitAnswer| match answer {
            SubmitAnswer::Accepted(_) => Answer::Ok,
            SubmitAnswer::Refused(_) => Answer::Refused,
            SubmitAnswer::NotAccepted { why, .. } | SubmitAnswer::Lost { why } => {
                Answer::Failed(why.clone())
            }
        };
        self.health.asks((Fal, "submit"), asked, meaning).await
    }

    /// The platform is not the queue, so its answers say nothing about FAL's health.
    async fn history(&self, endpoint: &str, archive: &FileUrl, sent_at: DateTime<Utc>) -> History {
        let asked = self.port.history(endpoint, archive, sent_at);
        let outcome = |answer: &History| match answer {
            History::Read { .. } => "ok",
            History::Refused { .. } => "refused",
            History::Unreachable { .. } => "failed",
        };
        ProviderHealth::only_measures((Fal, "history"), asked, outcome).await
    }

    async fn delete_payloads(&self, request: &RequestId) -> DeleteAnswer {
        let asked = self.port.delete_payloads(request);
        let outcome = |answer: &DeleteAnswer| match answer {
            DeleteAnswer::Gone(_) => "ok",
            DeleteAnswer::Refused { .. } => "refused",
            DeleteAnswer::Unreachable { .. } => "failed",
        };
        ProviderHealth::only_measures((Fal, "delete_payloads"), asked, outcome).await
    }

    async fn status(&self, endpoint: &str, request: &RequestId) -> StatusAnswer {
        let asked = self.port.status(endpoint, request);
        let meaning = |answer: &StatusAnswer| match answer {
            StatusAnswer::Running(_) | StatusAnswer::Finished | StatusAnswer::Failed(_) => {
                Answer::Ok
            }
            StatusAnswer::Gone => Answer::Refused,
            StatusAnswer::Unreachable { why } => Answer::Failed(why.clone()),
        };
        self.health.asks((Fal, "status"), asked, meaning).await
    }

    async fn result(&self, endpoint: &str, request: &RequestId) -> ResultAnswer {
        let asked = self.port.result(endpoint, request);
        let meaning = |answer: &ResultAnswer| match answer {
            ResultAnswer::Files { .. } | ResultAnswer::Failed(_) | ResultAnswer::Suspect(_) => {
                Answer::Ok
            }
            ResultAnswer::Gone => Answer::Refused,
            ResultAnswer::Unreachable { why } => Answer::Failed(why.clone()),
        };
        self.health.asks((Fal, "result"), asked, meaning).await
    }

    async fn cancel(&self, endpoint: &str, request: &RequestId) -> CancelAnswer {
        let asked = self.port.cancel(endpoint, request);
        let meaning = |answer: &CancelAnswer| match answer {
            CancelAnswer::Answered(_) => Answer::Ok,
            CancelAnswer::Unreachable { why } => Answer::Failed(why.clone()),
        };
        self.health.asks((Fal, "cancel"), asked, meaning).await
    }
}
