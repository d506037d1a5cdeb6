//! The rows, with the semantics of `sql/queries/`: who may write, and what one statement changes.
//!
//! Every method is one statement, so it happens whole or not at all. Guards are written as the SQL
//! writes them; [`Rows::writes`] notes independently of them under which epoch a row was written,
//! as an audit trigger would.

mod chores;
mod inbox;
mod leases;
mod outbox;
mod people;
mod renewal;
mod settle;
mod status_messages;
mod trainings;

pub(crate) use inbox::understand;
pub(crate) use outbox::{Fate, OutboxRow, name_of};
pub(crate) use renewal::MOST_RENEWALS;
pub(crate) use status_messages::StatusRow;

use actors::avatar::{InstanceId, RequestId, Status, TrainingType, UserId};
use actors::ports::JobId;
use actors::ports::{
    BadBody, Delivery, Fence, FileUrl, Files, Kind, MessageId, Plan, RawDelivery, Resource,
    StoredFiles,
};
use chores::ChoreRow;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;
use uuid::Uuid;

/// All tables of one world.
#[derive(Debug)]
pub(crate) struct Rows {
    /// The database's clock: time since the world began.
    pub(crate) now: Duration,
    /// Length of a lease.
    pub(crate) lease: Duration,
    pub(crate) jobs: BTreeMap<JobId, JobModel>,
    pub(crate) leases: BTreeMap<Resource, LeaseRow>,
    pub(crate) instances: Vec<InstanceRow>,
    pub(crate) inbox: Vec<InboxRow>,
    pub(crate) outbox: Vec<OutboxRow>,
    pub(crate) status_messages: BTreeMap<JobId, StatusRow>,
    pub(crate) events: Vec<EventRow>,
    pub(crate) chores: Vec<ChoreRow>,
    /// Chats whose owner blocked the bot.
    pub(crate) blocked: Vec<i64>,
    /// What was written under a lease, for the audit.
    pub(crate) writes: Vec<Write>,
    /// Writes that came with an epoch of the past and were refused.
    pub(crate) fenced_off: u64,
    /// `spendings`: attempts that were begun for money, by their nonce.
    pub(crate) bookings: HashSet<Uuid>,
    /// Nonces of attempts that were searched for without result for long enough.
    pub(crate) given_up: HashSet<Uuid>,
    nonces: u64,
}

/// `avatars` and `jobs`, as far as the life cycle reads them.
#[derive(Clone, Debug)]
pub(crate) struct JobModel {
    pub(crate) id: JobId,
    /// The owner's private chat; their user id is made of it.
    pub(crate) chat: i64,
    pub(crate) status: Status,
    pub(crate) attempt: i32,
    pub(crate) kind: TrainingType,
    pub(crate) plan: Option<Plan>,
    /// Where the second kind is called back; a training's plan says it.
    pub(crate) webhook: Option<String>,
    pub(crate) request: Option<RequestId>,
    pub(crate) nonce: Option<Uuid>,
    pub(crate) sent_at: Option<Duration>,
    pub(crate) prepared: Option<FileUrl>,
    pub(crate) doubted_at: Option<Duration>,
    pub(crate) started_at: Duration,
    pub(crate) finished_at: Option<Duration>,
    pub(crate) completed_at: Option<Duration>,
    pub(crate) audited: bool,
    pub(crate) withdraw_due: bool,
    pub(crate) status_message: Option<MessageId>,
    pub(crate) error: Option<String>,
    pub(crate) source: Option<&'static str>,
    pub(crate) files: Option<Files>,
    pub(crate) held: Option<StoredFiles>,
    pub(crate) work_tries: i32,
    pub(crate) parked_until: Option<Duration>,
    pub(crate) photos: u32,
    pub(crate) queue_position: Option<i32>,
    pub(crate) progress: i32,
    pub(crate) word: String,
    pub(crate) renewals: usize,
    /// Its names before each renewal.
    pub(crate) former: Vec<RequestId>,
    /// When it was renewed last; no column, but a note for those who measure how long it waits.
    pub(crate) renewed_at: Option<Duration>,
}

impl JobModel {
    /// `avatars.hears`: news of this attempt can still change it.
    pub(crate) fn hears(&self) -> bool {
        self.status == Status::Training || (self.status == Status::Error && self.healable())
    }

    /// It ended without the job's own result or failure; a real result heals it.
    pub(crate) fn healable(&self) -> bool {
        self.error.as_deref().is_some_and(heals)
    }

    /// The owner is told that we check whether it was started.
    pub(crate) fn doubted(&self) -> bool {
        self.request.is_none()
            && self.doubted_at.zip(self.sent_at).is_some_and(|(doubted, sent)| doubted >= sent)
    }

    /// `avatars.watched`: somebody has to look at it again.
    pub(crate) fn watched(&self) -> bool {
        let to_audit = self.id.kind == Kind::TRAINING
            && self.status == Status::Completed
            && !self.audited
            && self.completed_at.is_some()
            && self.request.is_some()
            && self.held.is_some();
        self.status == Status::Training || self.withdraw_due || to_audit
    }
}

/// The errors of an end that a real result heals.
pub(crate) fn heals(error: &str) -> bool {
    matches!(error, "training_timeout" | "result_unavailable" | "submit_not_bought")
}

/// `leases`.
#[derive(Clone, Debug, Default)]
pub(crate) struct LeaseRow {
    pub(crate) owner: Option<InstanceId>,
    pub(crate) epoch: i64,
    /// Zero is `-infinity`.
    pub(crate) until: Duration,
}

/// `instances`.
#[derive(Clone, Debug)]
pub(crate) struct InstanceRow {
    pub(crate) id: InstanceId,
    pub(crate) trainer: bool,
    pub(crate) heartbeat: Duration,
}

/// `webhook_inbox`.
#[derive(Clone, Debug)]
pub(crate) struct InboxRow {
    pub(crate) id: i64,
    pub(crate) request: RequestId,
    pub(crate) nonce: Option<Uuid>,
    pub(crate) body: Value,
    pub(crate) digest: [u8; 32],
    pub(crate) deliveries: u32,
    pub(crate) outcome: Option<&'static str>,
}

/// `training_events`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventRow {
    pub(crate) job: JobId,
    pub(crate) attempt: i32,
    pub(crate) source: &'static str,
    pub(crate) kind: String,
}

/// A write under a lease: what the writer believed, and what was true.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    pub(crate) fence: Fence,
    pub(crate) writer: InstanceId,
    pub(crate) lease: LeaseRow,
    /// Which statement.
    pub(crate) what: &'static str,
}

impl Rows {
    /// The trigger `avatars_nothing_bought`: what ended before anything was sent was not bought.
    fn takes_back(&mut self, row: &JobModel) {
        let over = matches!(row.status, Status::Error | Status::Cancelled);
        if let Some(nonce) = row.nonce
            && over
            && row.request.is_none()
            && row.sent_at.is_none()
        {
            self.bookings.remove(&nonce);
            if row.error.as_deref() == Some("submit_not_bought") {
                self.given_up.insert(nonce);
            }
        }
    }

    /// The trigger `avatars_bought_after_all`.
    fn books_again(&mut self, job: JobId) {
        let row = self.jobs.get(&job).filter(|row| row.request.is_some());
        if let Some(nonce) = row.and_then(|row| row.nonce) {
            self.bookings.insert(nonce);
        }
    }

    /// Empty tables with leases for these shards.
    pub(crate) fn new(shards: impl IntoIterator<Item = u8>, lease: Duration) -> Self {
        let shards = shards.into_iter().map(|shard| Resource::Shard(actors::avatar::Shard(shard)));
        let leases = shards
            .chain([Resource::Updates, Resource::Send])
            .map(|resource| (resource, LeaseRow::default()))
            .collect();
        Self {
            now: Duration::from_secs(1),
            lease,
            jobs: BTreeMap::new(),
            leases,
            instances: Vec::new(),
            inbox: Vec::new(),
            outbox: Vec::new(),
            status_messages: BTreeMap::new(),
            events: Vec::new(),
            chores: Vec::new(),
            blocked: Vec::new(),
            writes: Vec::new(),
            fenced_off: 0,
            bookings: HashSet::new(),
            given_up: HashSet::new(),
            nonces: 0,
        }
    }

    /// A draft with photos enough, shown in a message.
    pub(crate) fn draft(&mut self, id: JobId, chat: i64, shown_in: Option<MessageId>) {
        let row = JobModel {
            id,
            chat,
            status: Status::Ready,
            attempt: 0,
            kind: TrainingType::Portrait,
            plan: None,
            webhook: None,
            request: None,
            nonce: None,
            sent_at: None,
            prepared: None,
            doubted_at: None,
            started_at: self.now,
            finished_at: None,
            completed_at: None,
            audited: false,
            withdraw_due: false,
            status_message: shown_in,
            error: None,
            source: None,
            files: None,
            held: None,
            work_tries: 0,
            parked_until: None,
            photos: 4,
            queue_position: None,
            progress: 0,
            word: String::new(),
            renewals: 0,
            former: Vec::new(),
            renewed_at: None,
        };
        self.jobs.insert(id, row);
    }

    /// A person bought a job of the second kind: its row is open, its intent saved, nothing sent.
    pub(crate) fn buys_another(&mut self, id: JobId, chat: i64) {
        self.draft(id, chat, None);
        self.nonces += 1;
        let nonce = Uuid::from_u64_pair(0x6e6f_6e63, self.nonces);
        let now = self.now;
        if let Some(row) = self.jobs.get_mut(&id) {
            (row.status, row.attempt, row.nonce) = (Status::Training, 1, Some(nonce));
            row.started_at = now;
            row.webhook = Some(format!("https://aisha.example/webhooks/fal?nonce={nonce}"));
        }
        self.bookings.insert(nonce);
        self.note(id, 1, "user", "started");
    }

    fn note(&mut self, job: JobId, attempt: i32, source: &'static str, kind: &str) {
        self.events.push(EventRow { job, attempt, source, kind: kind.to_owned() });
    }
}

/// A time of the database, as the cast reads it.
pub(crate) fn wall(at: Duration) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + at
}

/// The user of a private chat.
pub(crate) fn user(chat: i64) -> UserId {
    UserId(Uuid::from_u64_pair(1, chat.unsigned_abs()))
}

/// The nonce in an address of ours.
pub(crate) fn nonce_of(webhook: &str) -> Option<Uuid> {
    webhook.split_once("nonce=").and_then(|(_, nonce)| Uuid::try_parse(nonce).ok())
}

/// The header that says who called, and what FAL writes there.
pub(crate) const SIGNATURE: &str = "signature";
pub(crate) const GOOD: &str = "good";

/// What is stored of a call that FAL signed.
pub(crate) fn read(call: &RawDelivery) -> Result<Delivery, BadBody> {
    let body: Value = serde_json::from_slice(&call.body).map_err(|_| BadBody::NotJson)?;
    let id = body["request_id"].as_str().ok_or(BadBody::NoRequestId)?;
    Ok(Delivery {
        request: RequestId(id.into()),
        nonce: call.nonce,
        headers: Value::Null,
        digest: call.digest,
        length: call.body.len(),
        user: None,
        body,
    })
}

/// A call of FAL to an address of ours.
pub(crate) fn call(webhook: &str, body: &Value, signed: bool) -> RawDelivery {
    let text = body.to_string();
    let mut digest = [0_u8; 32];
    for (n, byte) in text.bytes().enumerate() {
        digest[n % 32] = byte.wrapping_add(digest[n % 32].rotate_left(3));
    }
    let mut headers = Vec::new();
    if signed {
        headers.push((SIGNATURE.to_owned(), GOOD.to_owned()));
    }
    RawDelivery { body: text.into(), headers, nonce: nonce_of(webhook), digest }
}
