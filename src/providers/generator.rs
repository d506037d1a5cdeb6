//! FAL's generators, and the files that they made.

use super::health::{Answer, Provider::Fal, ProviderHealth};
use super::{Noted, meaning};
use actors::avatar::RequestId;
use actors::ports::{
    Archive, CancelAnswer, Fetcher, FileUrl, Generator, History, Material, MissingReason, News,
    PictureOrder, ResultAnswer, Shape, StatusAnswer, SubmitAnswer, TrainerError, Uploaded,
};
use actors::spending::Usd;
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::Value;

#[async_trait]
impl Generator for Noted<dyn Generator> {
    fn endpoint(&self, trainer: &str) -> Option<String> {
        self.port.endpoint(trainer)
    }

    fn webhook(&self) -> Option<String> {
        self.port.webhook()
    }

    fn price(&self, endpoint: &str, shape: Shape, count: u8) -> Option<Usd> {
        self.port.price(endpoint, shape, count)
    }

    fn read(&self, body: &Value) -> News {
        self.port.read(body)
    }

    async fn upload(&self, weights: &Archive) -> Result<Uploaded, TrainerError> {
        let asked = self.port.upload(weights);
        self.health.asks((Fal, "upload_weights"), asked, meaning::upload).await
    }

    async fn upload_picture(
        &self,
        picture: &Archive,
        content_type: &str,
    ) -> Result<FileUrl, TrainerError> {
        let asked = self.port.upload_picture(picture, content_type);
        self.health.asks((Fal, "upload_picture"), asked, meaning::upload).await
    }

    async fn submit(
        &self,
        endpoint: &str,
        order: &PictureOrder,
        material: &Material,
        webhook: Option<&str>,
    ) -> SubmitAnswer {
        let asked = self.port.submit(endpoint, order, material, webhook);
        self.health.asks((Fal, "submit"), asked, meaning::submit).await
    }

    async fn history(&self, endpoint: &str, seed: u64, sent_at: DateTime<Utc>) -> History {
        let asked = self.port.history(endpoint, seed, sent_at);
        ProviderHealth::only_measures((Fal, "history"), asked, meaning::history).await
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

#[async_trait]
impl Fetcher for Noted<dyn Fetcher> {
    async fn fetch(&self, url: &FileUrl, most: u64) -> Result<Bytes, (MissingReason, String)> {
        let meaning = |answer: &Result<Bytes, (MissingReason, String)>| match answer {
            Ok(_) => Answer::Ok,
            Err((MissingReason::DownloadFailed | MissingReason::Unreachable, why)) => {
                Answer::Failed(why.clone())
            }
            Err(_) => Answer::Refused,
        };
        self.health.asks((Fal, "fetch"), self.port.fetch(url, most), meaning).await
    }
}
