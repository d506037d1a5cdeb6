//! One claimed notice, from sending it to recording the outcome.

use super::pictures;
use super::schedule::{delivered, repaired};
use super::world::NotificationWorld;
use crate::backoff::doubling;
use crate::bot::texts;
use crate::metrics;
use crate::ports::{DeadReason, KnownFile, Notice, NoticeKind, SendError, Sent, StoreError};
use backon::{ExponentialBuilder, Retryable};
use slog::{Logger, error, info, warn};
use std::time::Duration;

/// Waits between tries to record what came of a notice.
const RECORD_WAITS: ExponentialBuilder =
    doubling(Duration::from_millis(100), Duration::from_secs(10));

/// For operators.
const UNKNOWN_KIND: &str = "this version does not know the kind";

/// One notice, from claim to record; whether it is recorded.
pub(super) async fn deliver(world: &NotificationWorld, log: &Logger, notice: &Notice) -> bool {
    let (sent, files) = match notice {
        // Another outcome was told since, or is about to be: this one would be false.
        Notice { superseded: true, .. } => (Sent::Superseded, Vec::new()),
        Notice { uncertain: true, .. } => (repair(world, notice).await, Vec::new()),
        Notice { .. } => send(world, log, notice).await,
    };
    note(log, notice, &sent);
    if !record(world, log, notice, &sent).await {
        return false;
    }
    remember(world, log, &files).await;
    let Sent::Uncertain { why, .. } = sent else { return true };
    if notice.uncertain {
        return true;
    }
    let doubted = Notice { uncertain: true, last_error: Some(why), ..notice.clone() };
    let told = repair(world, &doubted).await;
    note(log, &doubted, &told);
    record(world, log, &doubted, &told).await
}

/// Sends it; with the files that Telegram knows by a name since then.
async fn send(world: &NotificationWorld, log: &Logger, notice: &Notice) -> (Sent, Vec<KnownFile>) {
    let mut files = Vec::new();
    let answer = match (notice.kind, notice.job) {
        (Some(NoticeKind::Pictures), Some(job)) => {
            match pictures::send(world, log, notice, job).await {
                Ok(Some((message, known))) => {
                    files = known;
                    Ok(message)
                }
                Ok(None) => return (Sent::Superseded, files),
                Err(error) => Err(error),
            }
        }
        (Some(NoticeKind::PicturesControl), Some(job)) => {
            match pictures::control(world, notice, job).await {
                Ok(Some(message)) => Ok(message),
                Ok(None) => return (Sent::Superseded, files),
                Err(error) => Err(error),
            }
        }
        _ => {
            let Some(message) = texts::notice(notice) else {
                let why = UNKNOWN_KIND.to_owned();
                return (Sent::Dead { why, reason: DeadReason::UnknownKind }, files);
            };
            world.post.send(notice.chat, &message).await
        }
    };
    if let Some(reason) = answer.as_ref().err().map(reason) {
        metrics::NOTICES_FAILED.count_as(reason);
    }
    (delivered(answer, notice, world.delivery, rand::random()), files)
}

/// The label of a failure.
fn reason(error: &SendError) -> &'static str {
    match error {
        SendError::RetryAfter(_) | SendError::NoPermit => "wait",
        SendError::NotSent(_) => "unreachable",
        SendError::Unknown(_) => "unknown",
        SendError::Blocked(_) => "blocked",
        SendError::Moved(_) => "moved",
        SendError::MessageGone(_)
        | SendError::FileGone(_)
        | SendError::NotAPhoto(_)
        | SendError::Refused(_)
        | SendError::TooLarge { .. } => "refused",
    }
}

/// Brings the status message to the state that the notice tells of. May be repeated for ever.
async fn repair(world: &NotificationWorld, notice: &Notice) -> Sent {
    let Some(message) = texts::notice(notice) else {
        return Sent::Unconfirmed { why: UNKNOWN_KIND.to_owned() };
    };
    let answer = match notice.status_message {
        Some(id) => Some(world.post.edit(notice.chat, id, &message).await),
        None => None,
    };
    repaired(answer, notice, rand::random())
}

/// Only saves an upload the next time.
async fn remember(world: &NotificationWorld, log: &Logger, files: &[KnownFile]) {
    if !files.is_empty()
        && let Err(error) = world.images.remember(files).await
    {
        warn!(log, "[NOTIFICATION] Telegram's names of pictures could not be saved: {}", error);
    }
}

/// A fact that is not recorded would be sent again or never: repeat until the lease is over.
async fn record(world: &NotificationWorld, log: &Logger, notice: &Notice, sent: &Sent) -> bool {
    let recorded = (|| world.outbox.record(notice.id, sent))
        .retry(RECORD_WAITS)
        .when(|error| {
            !matches!(error, StoreError::Refused(_))
                && world.process.held_leases.may_finish_sending()
        })
        .await;
    if let Err(error) = &recorded {
        error!(log, "[NOTIFICATION] what came of a notice could not be saved: {}", error;
            "notice" => notice.id.0);
    }
    recorded.is_ok()
}

fn note(log: &Logger, notice: &Notice, sent: &Sent) {
    let kind = notice.kind.map_or("unknown", NoticeKind::word);
    let about = notice.job.map(|job| job.to_string()).unwrap_or_default();
    match sent {
        Sent::Delivered(_) => {
            metrics::NOTICES_SENT.count();
            metrics::NOTICE_DELIVERY.took(notice.age);
            info!(log, "[NOTIFICATION] ✅ delivered"; "kind" => kind, "job" => about);
        }
        Sent::NotSent { why, retry_in, .. } => {
            metrics::NOTICES_RETRIED.count();
            info!(log, "[NOTIFICATION] not sent, again in {:?}: {}", retry_in, why; "kind" => kind, "job" => about);
        }
        Sent::Repeat { why, .. } => {
            metrics::NOTICES_REPEATED.count();
            warn!(log, "[NOTIFICATION] ⚠️ its fate is unknown, it is sent once more: {}", why;
                "kind" => kind, "job" => about);
        }
        Sent::Uncertain { why, .. } if !notice.uncertain => {
            metrics::NOTICES_UNCERTAIN.count();
            warn!(log, "[NOTIFICATION] ⚠️ its fate is unknown, the status message is edited instead: {}", why;
                "kind" => kind, "job" => about);
        }
        // Log the same reason only once.
        Sent::Uncertain { why, .. } if notice.last_error.as_ref() == Some(why) => {}
        Sent::Uncertain { why, retry_in } => {
            warn!(log, "[NOTIFICATION] ⚠️ the edit that tells it failed, again in {:?}: {}", retry_in, why;
                "kind" => kind, "job" => about);
        }
        Sent::Repaired => {
            info!(log, "[NOTIFICATION] ✅ the status message tells it"; "kind" => kind, "job" => about);
        }
        Sent::Moved(_) => {
            info!(log, "[NOTIFICATION] the chat has another number now"; "kind" => kind, "job" => about);
        }
        Sent::Superseded => {
            metrics::NOTICES_FAILED.count_as("superseded");
            info!(log, "[NOTIFICATION] the attempt ended otherwise meanwhile"; "kind" => kind, "job" => about);
        }
        Sent::Closed { why } | Sent::Dead { why, reason: DeadReason::Blocked } => {
            info!(log, "[NOTIFICATION] its person is told when they are back: {}", why;
                "kind" => kind, "job" => about);
        }
        Sent::Unconfirmed { why } | Sent::Dead { why, .. } => {
            metrics::NOTICES_DEAD.count();
            warn!(log, "[NOTIFICATION] ⚠️ given up, `aisha notifications list` shows it: {}", why;
                "kind" => kind, "job" => about);
        }
    }
}
