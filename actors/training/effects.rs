//! The one awaited future of a step: save, then ask.

use super::machine::{Ask, AuditAnswer, Event, Save, State, Step, Then};
use super::work::when_due;
use super::{orphan, search};
use crate::metrics;
use crate::pace;
use crate::ports::{
    Failure, FailureKind, Fence, HoldAnswer, MissingReason, ObjectError, PackError, ResultAnswer,
    Saved, StatusAnswer, StoreError, SubmitAnswer, TrainerError, Training, Verdict, Work,
};
use crate::world::World;
use futures_util::FutureExt;
use slog::{error, info, warn};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// First wait after the store could not be reached; doubled up to [`STORE_LONGEST`].
const STORE_FIRST: Duration = Duration::from_millis(100);

/// Longest wait for the store. Recovery machinery must come back soon after the database does.
const STORE_LONGEST: Duration = Duration::from_secs(10);

/// What an effects came back with.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Saved and asked; here is the answer.
    Answered(State, Event),
    /// Saved; rest so long.
    Resting(State, Duration),
    /// Somebody else wrote meanwhile; this is what the row says now.
    Recalled(Option<Training>),
    /// Saved; nothing is left to do.
    Done,
    /// Our lease is over: whatever we know, the new owner finds out.
    StoodDown,
}

/// Carries out one step.
pub(super) async fn run(
    world: Arc<World>,
    fence: Fence,
    endpoint: Box<str>,
    step: Step,
    down: Arc<Notify>,
) -> Outcome {
    let covered = || world.held_leases.covers(fence.avatar, fence.epoch);
    let buys = matches!(step.then, Then::Ask(Ask::Submit(_)));
    if buys && !covered() {
        return Outcome::StoodDown; // Without an intent: the new owner begins where we began.
    }
    if let Some(save) = &step.save {
        match saved(&world, fence, save).await {
            Some(true) => {}
            Some(false) => {
                orphan::record(&world, fence, &endpoint, save).await;
                return recall(world, fence).await;
            }
            None => return Outcome::StoodDown,
        }
    }
    match step.then {
        // An intent is followed by its submit, whoever was promised the shard meanwhile: else the
        // new owner would wait for news of a job that nobody ever asked for.
        Then::Ask(_) if !(covered() || buys && may_finish(&world, fence)) => Outcome::StoodDown,
        Then::Ask(ask) => match answer(&world, fence, &endpoint, ask, &down).await {
            Ok(event) => Outcome::Answered(step.next, event),
            Err(instead) => instead,
        },
        Then::Hear(report) => Outcome::Answered(step.next, Event::Reported(report)),
        Then::Rest(wait) => Outcome::Resting(step.next, wait),
        Then::End => Outcome::Done,
    }
}

/// Reads the row again.
pub(super) async fn recall(world: Arc<World>, fence: Fence) -> Outcome {
    let mut patience = Patience::default();
    loop {
        match world.trainings.find(fence.avatar).await {
            Ok(training) => return Outcome::Recalled(training),
            Err(StoreError::Refused(cause)) => {
                error!(world.log, "the row could not be read: {}", cause; "avatar" => %fence.avatar);
                return Outcome::StoodDown;
            }
            Err(StoreError::Unavailable(_) | StoreError::Busy) => {}
        }
        if !patience.wait(&world, fence).await {
            return Outcome::StoodDown;
        }
    }
}

/// Saves until it is saved: what we know may be the only trace of a paid job. `Some(false)` when
/// somebody else was first, `None` when the lease ended or the store will never take it.
async fn saved(world: &World, fence: Fence, save: &Save) -> Option<bool> {
    let mut patience = Patience::default();
    loop {
        let result = match save {
            Save::Change(change) => {
                world.trainings.save(fence, change).await.map(|saved| saved == Saved::Applied)
            }
            Save::Settle(proposal) => {
                world.trainings.settle(fence, proposal).await.map(|verdict| verdict == Verdict::Won)
            }
        };
        match result {
            Ok(won) => {
                if let Save::Settle(proposal) = save {
                    let metric =
                        if won { &metrics::COMPLETION_SOURCE } else { &metrics::PROPOSALS_LOST };
                    metric.count_as(proposal.by.word());
                    if won {
                        world.wake_sender().await;
                    }
                }
                return Some(won);
            }
            Err(StoreError::Refused(cause)) => {
                error!(world.log, "a change could not be saved: {:?}", cause; "avatar" => %fence.avatar);
                return None;
            }
            Err(error @ (StoreError::Unavailable(_) | StoreError::Busy)) => {
                warn!(world.log, "a change is to be saved again: {}", error.words();
                    "avatar" => %fence.avatar);
            }
        }
        if !patience.wait(world, fence).await {
            return None;
        }
    }
}

/// The wait for a store that is out of reach.
#[derive(Debug)]
pub(super) struct Patience(Duration);

impl Default for Patience {
    fn default() -> Self {
        Self(STORE_FIRST)
    }
}

impl Patience {
    /// Waits a little longer each time; false once the lease is over.
    pub(super) async fn wait(&mut self, world: &World, fence: Fence) -> bool {
        tokio::time::sleep(self.0).await;
        self.0 = self.0.saturating_mul(2).min(STORE_LONGEST);
        may_finish(world, fence)
    }
}

fn may_finish(world: &World, fence: Fence) -> bool {
    world.held_leases.may_finish(fence.avatar, fence.epoch)
}

/// Asks the world. Every adapter bounds its own time, so every question is answered; `Err` when it
/// is not to be asked any more.
async fn answer(
    world: &Arc<World>,
    fence: Fence,
    endpoint: &str,
    ask: Ask,
    down: &Notify,
) -> Result<Event, Outcome> {
    Ok(match ask {
        Ask::Pack => {
            let not_now = |why| Event::NotPacked { why, hopeless: None };
            return when_due(world, fence, Work::Packing, down, pack(world, fence), not_now).await;
        }
        Ask::Submit(archive) => match world.trainings.order(fence).await {
            Ok(Some(order)) => Event::SubmitAnswered(world.trainer.submit(&order, &archive).await),
            // Nothing was sent, so nothing can have been accepted.
            Ok(None) => Event::SubmitAnswered(SubmitAnswer::NotAccepted {
                retry_after: None,
                why: "the saved order is no longer this attempt's".to_owned(),
            }),
            Err(error) => Event::SubmitAnswered(SubmitAnswer::NotAccepted {
                retry_after: None,
                why: error.to_string(),
            }),
        },
        Ask::Search(archive, sent_at) => {
            Event::Searched(search::search(world, fence, endpoint, &archive, sent_at).await)
        }
        Ask::Status(by, request) => {
            let answer = world.trainer.status(endpoint, &request).await;
            note(world, !matches!(answer, StatusAnswer::Unreachable { .. }));
            Event::StatusAnswered(by, answer)
        }
        Ask::Result(by, request) => {
            let answer = world.trainer.result(endpoint, &request).await;
            note(world, !matches!(answer, ResultAnswer::Unreachable { .. }));
            Event::ResultAnswered(by, answer)
        }
        Ask::Audit => Event::AuditAnswered(audit(world, fence).await),
        Ask::Hold(by, files) => {
            let held = world.weights.hold(fence.avatar, fence.attempt, &files);
            let held = held.map(|answer| Event::HoldAnswered(by, answer));
            let not_now = |detail| {
                let reason = MissingReason::Parked;
                Event::HoldAnswered(by, HoldAnswer::NotHeld { reason, detail })
            };
            return when_due(world, fence, Work::Holding, down, held, not_now).await;
        }
        Ask::Cancel(request) => {
            Event::CancelAnswered(world.trainer.cancel(endpoint, &request).await)
        }
    })
}

/// Tells the pace of all trainings whether FAL answered this one.
fn note(world: &World, answered: bool) {
    match world.pace.heard(world.clock.uptime(), answered) {
        Some(pace::Change::Opened) => {
            warn!(
                world.log,
                "⚠️ FAL does not answer; polls rest until it does, no training ends by it"
            );
        }
        Some(pace::Change::Closed) => info!(world.log, "✅ FAL answers again"),
        None => {}
    }
}

/// Whether the weights are still where they were put, whole.
async fn audit(world: &World, fence: Fence) -> AuditAnswer {
    let Ok(held) = world.trainings.held(fence).await else { return AuditAnswer::Unknown };
    let Some((key, size)) = held else { return AuditAnswer::Intact };
    match world.objects.size(&key).await {
        Ok(found) if found == size => AuditAnswer::Intact,
        Ok(_) | Err(ObjectError::Missing(_)) => {
            error!(world.log, "⚠️ weights of a completed training are gone and are fetched again";
                "avatar" => %fence.avatar);
            AuditAnswer::Lost
        }
        Err(ObjectError::Unavailable(_) | ObjectError::BadKey(_)) => AuditAnswer::Unknown,
    }
}

/// Fetches the photos, packs them, and puts the archive where the trainer can read it. All photos
/// of the set or a named error: a silently smaller set is not what was paid for.
async fn pack(world: &World, fence: Fence) -> Event {
    let again = |why: String| Event::NotPacked { why, hopeless: None };
    let keys = match world.trainings.photos(fence.avatar).await {
        Ok(keys) => keys,
        Err(error) => return again(error.to_string()),
    };
    if keys.is_empty() {
        return hopeless(FailureKind::TooFewPhotos, "no_photos", "the avatar has no photos");
    }
    let archive = match world.packer.pack(&keys, &*world.objects).await {
        Ok(archive) => archive,
        Err(PackError::Photo(ObjectError::Unavailable(cause))) => return again(cause.to_string()),
        Err(PackError::Photo(error @ (ObjectError::Missing(_) | ObjectError::BadKey(_)))) => {
            return hopeless(FailureKind::BadPhoto, "photo_lost", &error.to_string());
        }
        Err(error @ PackError::Disk(_)) => {
            let why = error.source().map_or_else(String::new, |cause| format!(": {cause}"));
            let why = format!("{error}{why}");
            error!(world.log, "⚠️ photos wait to be packed: {}", why; "avatar" => %fence.avatar);
            return again(why);
        }
    };
    match world.trainer.upload(&archive).await {
        Ok(url) => Event::Packed(url),
        Err(TrainerError::Unavailable(cause)) => again(cause.to_string()),
        Err(TrainerError::Refused(why)) => again(why),
    }
}

fn hopeless(kind: FailureKind, code: &str, message: &str) -> Event {
    let failure = Failure::ours(kind, code, message);
    Event::NotPacked { why: message.to_owned(), hopeless: Some(failure) }
}
