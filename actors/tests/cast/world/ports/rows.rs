//! Trainings, inbox, outbox and leases: the rows.

use super::super::store::{GOOD, SIGNATURE, read};
use super::Port;
use actors::avatar::{AvatarId, Shard};
use actors::ports::{
    Admission, BadBody, Change, ChatId, Delivery, Fence, GivenUp, Inbox, JobId, JobRow, Jobs, Kind,
    LeaseNews, Leases, Notice, NoticeId, Nudges, ObjectKey, Order, Outbox, Proposal, RawDelivery,
    Receipt, Rejection, Resource, Saved, Sent, Settled, Signatures, StoreError, Trainings, WEIGHTS,
    WebhookReader, Work,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

impl Port {
    /// A time of the database, on this instance's clock.
    fn translated(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let age = super::super::store::wall(self.lock().rows.now) - at;
        self.clock.now() - age
    }

    /// The times of a row that its actor computes with.
    fn translate(&self, mut row: JobRow) -> JobRow {
        row.started_at = self.translated(row.started_at);
        row.columns.sent_at = row.columns.sent_at.map(|at| self.translated(at));
        row
    }
}

/// The rows of one kind.
pub(crate) struct RowsOf {
    pub(crate) port: Arc<Port>,
    pub(crate) kind: Kind,
}

impl RowsOf {
    /// A statement by its name in the stories; only trainings have stories about single calls.
    async fn query<T>(
        &self,
        what: &'static str,
        effect: impl FnOnce(&mut super::Model) -> T + Send,
    ) -> Result<T, StoreError> {
        self.port.query(what, effect).await
    }
}

#[async_trait]
impl Jobs for RowsOf {
    async fn in_flight(&self, held: &[(Shard, i64)]) -> Result<Vec<JobRow>, StoreError> {
        let found = self.query("in_flight", |model| model.rows.in_flight(self.kind, held)).await?;
        Ok(found.into_iter().map(|row| self.port.translate(row)).collect())
    }

    async fn find(&self, id: Uuid) -> Result<Option<JobRow>, StoreError> {
        let job = JobId { kind: self.kind, id };
        let found = self.query("find", |model| model.rows.find(job, self.port.me)).await?;
        Ok(found.map(|row| self.port.translate(row)))
    }

    async fn save(&self, fence: Fence, change: &Change) -> Result<Saved, StoreError> {
        self.query(change.kind(), |model| model.rows.save(fence, change, self.port.me)).await
    }

    async fn begin_work(&self, fence: Fence, _: Work) -> Result<Admission, StoreError> {
        self.query("begin_work", |model| model.rows.begin_work(fence, self.port.me)).await
    }

    async fn end_work(&self, fence: Fence) -> Result<(), StoreError> {
        self.query("end_work", |model| model.rows.end_work(fence, self.port.me)).await
    }

    async fn settle(&self, fence: Fence, proposal: &Proposal) -> Result<Settled, StoreError> {
        self.query("settle", |model| model.rows.settle(fence, proposal, self.port.me)).await
    }
}

#[async_trait]
impl Trainings for Port {
    async fn order(&self, fence: Fence) -> Result<Option<Order>, StoreError> {
        self.query("order", |model| model.rows.order(fence)).await
    }

    async fn held(&self, fence: Fence) -> Result<Option<(ObjectKey, u64)>, StoreError> {
        let held = |model: &mut super::Model| {
            let row = model.rows.jobs.get(&fence.job)?;
            let held = row.held.as_ref().filter(|_| row.attempt == fence.attempt)?;
            let weights = held.named(WEIGHTS)?;
            Some((weights.key.clone(), u64::try_from(weights.byte_size).ok()?))
        };
        self.query("held", held).await
    }

    async fn photos(&self, _: AvatarId) -> Result<Vec<ObjectKey>, StoreError> {
        let keys = || (1..=4).map(|n| ObjectKey(format!("photos/{n}.jpg"))).collect();
        self.query("photos", |_| keys()).await
    }
}

#[async_trait]
impl Inbox for Port {
    async fn record(&self, batch: &[Delivery]) -> Result<Vec<Receipt>, StoreError> {
        self.query("inbox", |model| model.rows.record(batch)).await
    }

    async fn pin_user(&self, user: &str) -> Result<String, StoreError> {
        self.query("pin_user", |_| user.to_owned()).await
    }

    async fn forget_unknown(&self) -> Result<u64, StoreError> {
        self.query("forget_unknown", |_| 0).await // No story here lasts for a month.
    }
}

#[async_trait]
impl Signatures for Port {
    async fn verify(&self, delivery: &RawDelivery) -> Result<(), Rejection> {
        let signed = delivery.header(SIGNATURE) == Some(GOOD);
        let verdict = if signed { Ok(()) } else { Err(Rejection::NotSigned("no signature")) };
        self.call("verify", |_| verdict, |_| Err(Rejection::KeysOutOfReach)).await
    }

    async fn verify_known(&self, deliveries: &[RawDelivery]) -> Vec<Option<Result<(), Rejection>>> {
        deliveries.iter().map(|_| None).collect() // So that every verdict can fail, one by one.
    }
}

impl WebhookReader for Port {
    fn keeps(&self, _: &str) -> bool {
        true
    }

    fn read(&self, call: &RawDelivery) -> Result<Delivery, BadBody> {
        read(call)
    }
}

#[async_trait]
impl Outbox for Port {
    async fn claim(
        &self,
        epoch: i64,
        limit: u32,
        busy: &[ChatId],
    ) -> Result<Vec<Notice>, StoreError> {
        self.query("claim", |model| model.rows.claim(self.me, epoch, limit, busy)).await
    }

    async fn record(&self, id: NoticeId, sent: &Sent) -> Result<(), StoreError> {
        self.query("record", |model| model.rows.record_sent(id, sent)).await
    }

    async fn give_up_claims(
        &self,
        epoch: i64,
        ours: &[NoticeId],
        _: bool,
    ) -> Result<GivenUp, StoreError> {
        let give_up = |model: &mut super::Model| model.rows.give_up_claims(self.me, epoch, ours);
        self.query("give_up_claims", give_up).await
    }

    async fn take_up(&self, _: i64) -> Result<u64, StoreError> {
        self.query("take_up", |_| 0).await // Every kind is known in these stories.
    }

    async fn put_back(&self, ours: &[NoticeId]) -> Result<(), StoreError> {
        self.query("put_back", |model| model.rows.put_back(self.me, ours)).await
    }

    async fn oldest(&self) -> Result<Duration, StoreError> {
        Ok(Duration::ZERO) // A figure for people; it does not count as a call.
    }
}

#[async_trait]
impl Nudges for Port {
    async fn nudge(&self, _: &[JobId]) -> Result<(), StoreError> {
        self.query("nudge", |_| ()).await
    }

    async fn wake_sender(&self) -> Result<(), StoreError> {
        self.query("wake_sender", |_| ()).await
    }

    async fn wake_bot(&self) -> Result<(), StoreError> {
        self.query("wake_bot", |_| ()).await
    }
}

#[async_trait]
impl Leases for Port {
    async fn join(&self) -> Result<(), StoreError> {
        self.query("join", |model| model.rows.join(self.me, true)).await
    }

    async fn renew(&self) -> Result<LeaseNews, StoreError> {
        self.query("renew", |model| model.rows.renew(self.me)).await
    }

    async fn release(&self, resources: &[Resource]) -> Result<(), StoreError> {
        self.query("release", |model| model.rows.release(self.me, resources)).await
    }

    async fn leave(&self) -> Result<(), StoreError> {
        self.query("leave", |model| {
            let held: Vec<Resource> = model.rows.leases.keys().copied().collect();
            model.rows.release(self.me, &held);
        })
        .await
    }
}
