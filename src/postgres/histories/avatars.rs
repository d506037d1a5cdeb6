//! Avatars as printed: the field names are those of `--json`.

use crate::redaction::redacted;
use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio_postgres::Row;
use uuid::Uuid;

type At = DateTime<Utc>;

/// A page of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    /// How many there are in total.
    pub total: i64,
    /// Those on this page.
    pub avatars: Vec<Brief>,
}

/// One line of the list.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct Brief {
    pub id: Uuid,
    pub name: String,
    pub training_type: String,
    pub status: String,
    pub attempt: i32,
    pub progress: i32,
    pub telegram_id: i64,
    pub started_at: Option<At>,
    pub updated_at: At,
    pub error: Option<String>,
    /// It has to be watched.
    pub watched: bool,
    /// Earlier tries crashed the process, so it is not tried again before this.
    pub parked_until: Option<At>,
    /// The database's clock when it was read.
    pub now: At,
}

/// One avatar.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each is the column of its name")]
#[expect(clippy::struct_excessive_bools, reason = "each is one column")]
pub struct Avatar {
    pub id: Uuid,
    pub name: String,
    pub training_type: String,
    pub status: String,
    pub is_main: bool,
    pub attempt: i32,
    pub created_at: At,
    pub updated_at: At,
    pub started_at: Option<At>,
    pub photos: i64,
    pub telegram_id: i64,
    /// Since when the bot cannot write to its owner.
    pub blocked_at: Option<At>,
    pub endpoint: Option<String>,
    pub request_id: Option<String>,
    pub trigger: Option<String>,
    pub steps: Option<i32>,
    pub learning_rate: Option<f64>,
    /// Started by us, rather than inserted by hand or imported.
    pub intended: bool,
    pub submit_sent_at: Option<At>,
    /// Its job has no name yet, and FAL's history can be searched for it.
    pub searchable: bool,
    pub progress: i32,
    pub queue_position: Option<i32>,
    /// FAL's own status word.
    pub fal_word: Option<String>,
    pub last_status_check: Option<At>,
    pub fal_finished_at: Option<At>,
    pub withdraw_due: bool,
    pub completed_at: Option<At>,
    pub result_source: Option<String>,
    pub error: Option<String>,
    /// Tries of packing or of fetching weights that began and did not end.
    pub work_tries: i32,
    /// It is not tried again before this, because earlier tries crashed the process.
    pub parked_until: Option<At>,
    pub weights: Weights,
    pub watch: Watch,
    /// The database's clock when it was read.
    pub now: At,
}

/// The weights, as far as known.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct Weights {
    /// FAL has said where they are.
    pub named: bool,
    pub object_key: Option<String>,
    pub sha256: Option<String>,
    pub byte_size: Option<i64>,
    pub audited_at: Option<At>,
}

/// Who watches it.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct Watch {
    /// It has to be watched.
    pub watched: bool,
    /// News about this attempt can still change it.
    pub hears: bool,
    pub shard: i16,
    /// The instance that holds the shard, if its lease is live.
    pub instance: Option<Uuid>,
    pub heartbeat_at: Option<At>,
}

impl Brief {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            name: row.get("name"),
            training_type: row.get("training_type"),
            status: row.get("status"),
            attempt: row.get("attempt"),
            progress: row.get("training_progress"),
            telegram_id: row.get("telegram_id"),
            started_at: row.get("training_started_at"),
            updated_at: row.get("updated_at"),
            error: foreign(row, "training_error"),
            watched: row.get("watched"),
            parked_until: row.get("parked_until"),
            now: row.get("now"),
        }
    }
}

impl Avatar {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            name: row.get("name"),
            training_type: row.get("training_type"),
            status: row.get("status"),
            is_main: row.get("is_main"),
            attempt: row.get("attempt"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
            started_at: row.get("training_started_at"),
            photos: row.get("photos"),
            telegram_id: row.get("telegram_id"),
            blocked_at: row.get("blocked_at"),
            endpoint: row.get("fal_endpoint"),
            request_id: row.get("fal_request_id"),
            trigger: row.get("trigger_phrase"),
            steps: row.get("steps"),
            learning_rate: row.get("learning_rate"),
            intended: row.get("intended"),
            submit_sent_at: row.get("submit_sent_at"),
            searchable: row.get("searchable"),
            progress: row.get("training_progress"),
            queue_position: row.get("queue_position"),
            fal_word: foreign(row, "training_logs"),
            last_status_check: row.get("last_status_check"),
            fal_finished_at: row.get("fal_finished_at"),
            withdraw_due: row.get("withdraw_due"),
            completed_at: row.get("training_completed_at"),
            result_source: row.get("result_source"),
            error: foreign(row, "training_error"),
            work_tries: row.get("work_tries"),
            parked_until: row.get("parked_until"),
            weights: Weights {
                named: row.get("weights_named"),
                object_key: row.get("lora_object_key"),
                sha256: row.get("lora_sha256"),
                byte_size: row.get("lora_byte_size"),
                audited_at: row.get("audited_at"),
            },
            watch: Watch::of(row),
            now: row.get("now"),
        }
    }
}

impl Watch {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            watched: row.get("watched"),
            hears: row.get("hears"),
            shard: row.get("shard"),
            instance: row.get::<_, Option<Uuid>>("owner").filter(|_| row.get("held")),
            heartbeat_at: row.get("heartbeat_at"),
        }
    }
}

/// A text from outside.
pub(super) fn foreign(row: &Row, column: &str) -> Option<String> {
    row.get::<_, Option<String>>(column).as_deref().map(redacted)
}
