//! Orders of pictures. Nobody orders any in these stories.

use super::Port;
use actors::avatar::{AvatarId, RequestId, Shard, UserId};
use actors::ports::{
    Archive, CancelAnswer, Cancellation, ChatCalls, DueGift, Failure, FailureKind, FileUrl,
    Generator, GiftOrders, Gifts, History, ImageId, Material, MessageId, News, OrderCard,
    OrderStart, Orders, PictureOrder, ResultAnswer, Shape, Sitter, StatusAnswer, StoreError,
    SubmitAnswer, TrainerError, Uploaded,
};
use actors::spending::Usd;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

const NOBODY: &str = "nobody orders pictures in these stories";

fn refused<T>() -> Result<T, StoreError> {
    Err(StoreError::Refused(NOBODY.into()))
}

fn failure() -> Failure {
    Failure::ours(FailureKind::Other, "nobody", NOBODY.to_owned())
}

#[async_trait]
impl ChatCalls for Port {
    async fn count_call(&self, _: UserId, _: u32) -> Result<bool, StoreError> {
        refused()
    }
}

#[async_trait]
impl Orders for Port {
    async fn sitter(&self, _: UserId, _: Option<AvatarId>) -> Result<Option<Sitter>, StoreError> {
        refused()
    }

    async fn say_subject(&self, _: UserId, _: AvatarId, _: &str) -> Result<bool, StoreError> {
        refused()
    }

    async fn agree(&self, _: UserId, _: AvatarId, _: i32) -> Result<bool, StoreError> {
        refused()
    }

    async fn strike(&self, _: UserId) -> Result<bool, StoreError> {
        refused()
    }

    async fn draft(
        &self,
        _: UserId,
        _: AvatarId,
        _: &str,
        _: &PictureOrder,
    ) -> Result<Option<Uuid>, StoreError> {
        refused()
    }

    async fn change(
        &self,
        _: UserId,
        _: Uuid,
        _: Option<Shape>,
        _: Option<u8>,
    ) -> Result<bool, StoreError> {
        refused()
    }

    async fn order_of(&self, _: UserId, _: Uuid) -> Result<Option<OrderCard>, StoreError> {
        refused()
    }

    async fn again(
        &self,
        _: UserId,
        _: Uuid,
        _: Option<ImageId>,
        _: u64,
    ) -> Result<Option<(Uuid, bool)>, StoreError> {
        refused()
    }

    async fn start_order(
        &self,
        _: UserId,
        _: Uuid,
        _: Option<&str>,
        _: Usd,
        _: Option<MessageId>,
    ) -> Result<OrderStart, StoreError> {
        refused()
    }

    async fn cancel_order(&self, _: UserId, _: Uuid) -> Result<Cancellation, StoreError> {
        refused()
    }
}

/// Nothing is ever due here.
#[async_trait]
impl Gifts for Port {
    async fn due(&self, _: &[(Shard, i64)], _: u32) -> Result<Vec<DueGift>, StoreError> {
        Ok(Vec::new())
    }

    async fn give(&self, _: &DueGift, _: &GiftOrders) -> Result<bool, StoreError> {
        refused()
    }

    async fn later(&self, _: AvatarId, _: Duration, _: Duration) -> Result<bool, StoreError> {
        refused()
    }
}

#[async_trait]
impl Generator for Port {
    fn endpoint(&self, _: &str) -> Option<String> {
        None
    }

    fn webhook(&self) -> Option<String> {
        None
    }

    fn price(&self, _: &str, _: Shape, _: u8) -> Option<Usd> {
        None
    }

    async fn upload(&self, _: &Archive) -> Result<Uploaded, TrainerError> {
        Err(TrainerError::Refused(NOBODY.to_owned()))
    }

    async fn upload_picture(&self, _: &Archive, _: &str) -> Result<FileUrl, TrainerError> {
        Err(TrainerError::Refused(NOBODY.to_owned()))
    }

    async fn submit(
        &self,
        _: &str,
        _: &PictureOrder,
        _: &Material,
        _: Option<&str>,
    ) -> SubmitAnswer {
        SubmitAnswer::Refused(failure())
    }

    async fn history(&self, _: &str, _: u64, _: DateTime<Utc>) -> History {
        History::Unreachable { why: NOBODY.to_owned() }
    }

    async fn status(&self, _: &str, _: &RequestId) -> StatusAnswer {
        StatusAnswer::Failed(failure())
    }

    async fn result(&self, _: &str, _: &RequestId) -> ResultAnswer {
        ResultAnswer::Failed(failure())
    }

    fn read(&self, _: &Value) -> News {
        News::Unclear
    }

    async fn cancel(&self, _: &str, _: &RequestId) -> CancelAnswer {
        CancelAnswer::Answered(NOBODY.to_owned())
    }
}
