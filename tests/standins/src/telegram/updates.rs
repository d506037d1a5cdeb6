//! `getUpdates`: the long poll, and who may poll.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{
    params::Params,
    refusal::Refusal,
    world::{Shared, World},
};

/// Longest wait that the server allows, in seconds.
const LONGEST: i64 = 50;
/// Polls with the same offset within this time are a busy loop, and are slowed down.
const BUSY: Duration = Duration::from_secs(3);
/// Within this time they also get only one update.
const VERY_BUSY: Duration = Duration::from_millis(500);
/// A conflict is reported at once only this often; in between, the report is delayed by this.
const CONFLICT_PAUSE: Duration = Duration::from_secs(3);

/// A webhook excludes polling.
const WEBHOOK_ACTIVE: &str = "can't use getUpdates method while webhook is active; use \
    deleteWebhook to delete the webhook first";
/// Two polls exclude each other: the newer one wins.
const OTHER_POLL: &str = "terminated by other getUpdates request; make sure that only one bot \
    instance is running";
/// The bot switches to a webhook.
pub(crate) const WEBHOOK_SET: &str = "terminated by setWebhook request";

/// Who polls, and how eagerly.
#[derive(Debug, Default)]
pub(crate) struct Polling {
    /// Number of the poll that may wait; older ones end with a conflict.
    current: u64,
    /// What ended the older one.
    ended_by: &'static str,
    last: Option<(i64, Instant)>,
    conflict_told: Option<Instant>,
}

impl Polling {
    /// Ends the poll that waits, if one does.
    pub(crate) fn end(&mut self, why: &'static str) {
        self.current += 1;
        self.ended_by = why;
    }

    /// How long to delay the report of a conflict, so that two pollers do not chase each other.
    fn conflict_delay(&mut self) -> Duration {
        let now = Instant::now();
        if self.conflict_told.is_some_and(|told| now.duration_since(told) < CONFLICT_PAUSE) {
            return CONFLICT_PAUSE;
        }
        self.conflict_told = Some(now);
        Duration::ZERO
    }
}

/// One poll that has begun.
struct Poll {
    number: u64,
    limit: usize,
    until: Instant,
}

/// Answers with waiting updates, or waits for some.
///
/// # Errors
///
/// 409 if a webhook is set or another poll comes.
pub(crate) async fn get(shared: &Shared, params: &Params) -> Result<Value, Refusal> {
    let mut changes = shared.changes();
    let outcome = match shared.with(|world| begin(world, params)) {
        Ok(poll) => loop {
            changes.mark_unchanged();
            let found = shared.lock(|world| look(world, &poll));
            if let Some(outcome) = found {
                break outcome;
            }
            let until = tokio::time::Instant::from_std(poll.until);
            // Either way, check again.
            drop(tokio::time::timeout_at(until, changes.changed()).await);
        },
        Err(refusal) => Err(refusal),
    };
    if outcome.as_ref().is_err_and(|refusal| refusal.code == 409) {
        let delay = shared.lock(|world| world.polling.conflict_delay());
        tokio::time::sleep(delay).await;
    }
    outcome
}

fn begin(world: &mut World, params: &Params) -> Result<Poll, Refusal> {
    if world.webhook.is_some() {
        return Err(Refusal::conflict(WEBHOOK_ACTIVE));
    }
    let offset = params.int("offset").unwrap_or(0);
    let mut limit = params.int("limit").unwrap_or(100).clamp(1, 100);
    let mut timeout = params.int("timeout").unwrap_or(0).clamp(0, LONGEST);
    world.queue.allow(params.json("allowed_updates")?.as_ref());
    let now = Instant::now();
    if let Some((last, at)) = world.polling.last
        && last == offset
    {
        let since = now.duration_since(at);
        if since < BUSY && timeout < 3 {
            timeout = 3;
        }
        if since < VERY_BUSY {
            limit = 1;
        }
    }
    world.polling.last = Some((offset, now));
    world.polling.end(OTHER_POLL);
    world.queue.confirm(offset);
    Ok(Poll {
        number: world.polling.current,
        limit: usize::try_from(limit).unwrap_or(1),
        until: now + Duration::from_secs(timeout.unsigned_abs()),
    })
}

/// The poll's answer, if it ends now.
fn look(world: &mut World, poll: &Poll) -> Option<Result<Value, Refusal>> {
    if world.polling.current != poll.number {
        return Some(Err(Refusal::conflict(world.polling.ended_by)));
    }
    let waiting = world.queue.waiting();
    if waiting.is_empty() && Instant::now() < poll.until {
        return None;
    }
    let updates = waiting.iter().take(poll.limit).map(|update| update.body.clone());
    Some(Ok(Value::Array(updates.collect())))
}
