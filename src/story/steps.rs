//! The steps of one paid job from three tables, in chronological order.

use super::heard::says;
use super::{Bought, words};
use crate::postgres::histories::{Avatar, History, Job, Webhook};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};

/// Something that happened.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Step {
    pub(crate) at: DateTime<Utc>,
    pub(crate) attempt: i32,
    /// Who did it, or noticed it.
    pub(crate) source: String,
    pub(crate) kind: String,
    pub(crate) words: String,
    /// For machines: the other columns of the row.
    pub(crate) detail: Value,
}

/// All finished steps of an avatar, oldest first. The outlook has the unfinished ones.
pub(crate) fn steps(avatar: &Avatar, history: &History) -> Vec<Step> {
    in_order(Step::made(avatar.created_at, "the avatar was made"), history, Bought::Weights)
}

/// As [`steps`], of a paid job that is no training.
pub(crate) fn steps_of_job(job: &Job, history: &History) -> Vec<Step> {
    in_order(Step::made(job.created_at, "the order was made"), history, Bought::by(&job.kind))
}

impl Step {
    fn made(at: DateTime<Utc>, words: &str) -> Self {
        Self {
            at,
            attempt: 0,
            source: "user".to_owned(),
            kind: "made".to_owned(),
            words: words.to_owned(),
            detail: json!({}),
        }
    }
}

fn in_order(made: Step, history: &History, bought: Bought) -> Vec<Step> {
    let events = history.events.iter().map(|event| Step {
        at: event.at,
        attempt: event.attempt,
        source: event.source.clone(),
        kind: event.kind.clone(),
        words: words::event(event, bought),
        detail: event.detail.clone(),
    });
    let webhooks = history.webhooks.iter().map(|webhook| Step {
        at: webhook.received_at,
        attempt: webhook.attempt,
        source: "fal".to_owned(),
        kind: "webhook".to_owned(),
        words: words::webhook(webhook, bought),
        detail: heard(webhook, bought),
    });
    let notices = history.notices.iter().filter_map(|notice| {
        Some(Step {
            at: notice.sent_at.or(notice.claimed_at).unwrap_or(notice.created_at),
            attempt: notice.attempt,
            source: "telegram".to_owned(),
            kind: "notice".to_owned(),
            words: words::told(notice)?,
            detail: json!(notice),
        })
    });
    let mut steps: Vec<_> =
        std::iter::once(made).chain(events).chain(webhooks).chain(notices).collect();
    // A stable sort: events with the same time stay in the order of their rows.
    steps.sort_by_key(|step| step.at);
    steps
}

/// A webhook for machines: its meaning in place of its body.
fn heard(webhook: &Webhook, bought: Bought) -> Value {
    json!({
        "attempt": webhook.attempt,
        "received_at": webhook.received_at,
        "request_id": webhook.request_id,
        "says": says(&webhook.body, bought),
        "deliveries": webhook.deliveries,
        "processed_at": webhook.processed_at,
        "outcome": webhook.outcome,
    })
}
