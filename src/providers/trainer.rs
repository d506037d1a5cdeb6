//! FAL's queue and storage.

use super::health::{Provider::Fal, ProviderHealth};
use super::{Noted, meaning};
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
        self.health.asks((Fal, "upload"), asked, meaning::upload).await
    }

    async fn submit(&self, order: &Order, archive: &FileUrl) -> SubmitAnswer {
        let asked = self.port.submit(order, archive);
        self.health.asks((Fal, "submit"), asked, meaning::submit).await
    }

    async fn history(&self, endpoint: &str, archive: &FileUrl, sent_at: DateTime<Utc>) -> History {
        let asked = self.port.history(endpoint, archive, sent_at);
        ProviderHealth::only_measures((Fal, "history"), asked, meaning::history).await
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
        self.health.asks((Fal, "status"), asked, meaning::status).await
    }

    async fn result(&self, endpoint: &str, request: &RequestId) -> ResultAnswer {
        let asked = self.port.result(endpoint, request);
        self.health.asks((Fal, "result"), asked, meaning::result).await
    }

    async fn cancel(&self, endpoint: &str, request: &RequestId) -> CancelAnswer {
        let asked = self.port.cancel(endpoint, request);
        self.health.asks((Fal, "cancel"), asked, meaning::cancel).await
    }
}
