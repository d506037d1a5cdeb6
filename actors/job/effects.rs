//! The one awaited future of a step: save, then ask.

use super::craft::Prepared;
use super::machine::{Ask, Event, Save, State, Step, Then};
use super::specification::JobKind;
use super::work::when_due;
use super::world::JobWorld;
use super::{orphan, search};
use crate::metrics;
use crate::pace;
use crate::ports::{
    Fence, JobRow, MissingReason, Proposal, ResultAnswer, Saved, Settled, StatusAnswer,
    StoreAnswer, StoreError, Work,
};
use slog::{error, info, warn};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// First wait after the store could not be reached; doubled up to [`STORE_LONGEST`].
const STORE_FIRST: Duration = Duration::from_millis(100);

/// Longest wait for the store. Recovery machinery must come back soon after the database does.
const STORE_LONGEST: Duration = Duration::from_secs(10);

/// What the effects of a step came to.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Saved and asked; here is the answer.
    Answered(State, Event),
    /// Saved; rest for this long.
    Resting(State, Duration),
    /// Somebody else wrote meanwhile; this is what the row says now.
    Recalled(Option<JobRow>),
    /// Saved; nothing is left to do.
    Done,
    /// Our lease is over. What we learnt is for the new owner to find out.
    StoodDown,
}

/// Carries out one step.
pub(super) async fn run(
    world: Arc<JobWorld>,
    kind: Arc<JobKind>,
    fence: Fence,
    endpoint: Box<str>,
    step: Step,
    down: Arc<Notify>,
) -> Outcome {
    let covered = || world.process.held_leases.covers(fence.job, fence.epoch);
    let buys = matches!(step.then, Then::Ask(Ask::Submit(_)));
    if buys && !covered() {
        return Outcome::StoodDown; // The intent is not saved: the new owner begins where we began.
    }
    if let Some(save) = &step.save {
        match saved(&world, &kind, fence, save).await {
            Some(true) => {}
            Some(false) => {
                orphan::record(&world, fence, &endpoint, save).await;
                return recall(world, kind, fence).await;
            }
            None => return Outcome::StoodDown,
        }
    }
    match step.then {
        // A saved intent is followed by its submit even if the shard is promised to another
        // instance by now: otherwise the new owner would wait for news of a job that was never
        // submitted.
        Then::Ask(_) if !(covered() || buys && may_finish(&world, fence)) => Outcome::StoodDown,
        Then::Ask(ask) => match answer(&world, &kind, fence, &endpoint, ask, &down).await {
            Ok(event) => Outcome::Answered(step.next, event),
            Err(instead) => instead,
        },
        Then::Hear(report) => Outcome::Answered(step.next, Event::Reported(report)),
        Then::Rest(wait) => Outcome::Resting(step.next, wait),
        Then::End => Outcome::Done,
    }
}

/// Reads the row again.
pub(super) async fn recall(world: Arc<JobWorld>, kind: Arc<JobKind>, fence: Fence) -> Outcome {
    let mut patience = Patience::default();
    loop {
        match kind.rows.find(fence.job.id).await {
            Ok(row) => return Outcome::Recalled(row),
            Err(StoreError::Refused(cause)) => {
                error!(world.process.log, "the row could not be read: {}", cause; kind.specification.subject => %fence.job);
                return Outcome::StoodDown;
            }
            Err(StoreError::Unavailable(_) | StoreError::Busy) => {}
        }
        if !patience.wait(&world, fence).await {
            return Outcome::StoodDown;
        }
    }
}

/// Repeats the save until it succeeds: what we know may be the only trace of a paid job.
/// `Some(false)` when somebody else was first, `None` when the lease ended or the store will never
/// accept it.
async fn saved(world: &JobWorld, kind: &JobKind, fence: Fence, save: &Save) -> Option<bool> {
    let mut patience = Patience::default();
    loop {
        let result = match save {
            Save::Change(change) => {
                kind.rows.save(fence, change).await.map(|saved| saved == Saved::Applied)
            }
            Save::Settle(proposal) => match kind.rows.settle(fence, proposal).await {
                Ok(settled) => return Some(is_the_end(world, proposal, settled).await),
                Err(error) => Err(error),
            },
        };
        match result {
            Ok(applied) => return Some(applied),
            Err(StoreError::Refused(cause)) => {
                error!(world.process.log, "a change could not be saved: {:?}", cause; kind.specification.subject => %fence.job);
                return None;
            }
            Err(error @ (StoreError::Unavailable(_) | StoreError::Busy)) => {
                warn!(world.process.log, "a change is to be saved again: {}", error.words();
                    kind.specification.subject => %fence.job);
            }
        }
        if !patience.wait(world, fence).await {
            return None;
        }
    }
}

/// What was renewed is neither an end nor a proposal that somebody else was faster than: the row
/// tells how it goes on.
async fn is_the_end(world: &JobWorld, proposal: &Proposal, settled: Settled) -> bool {
    let by = proposal.by.word();
    match settled {
        Settled::Won => {
            metrics::COMPLETION_SOURCE.count_as(by);
            world.process.wake_sender().await;
        }
        Settled::Lost => metrics::PROPOSALS_LOST.count_as(by),
        Settled::Renewed => {}
    }
    settled == Settled::Won
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
    pub(super) async fn wait(&mut self, world: &JobWorld, fence: Fence) -> bool {
        tokio::time::sleep(self.0).await;
        self.0 = self.0.saturating_mul(2).min(STORE_LONGEST);
        may_finish(world, fence)
    }
}

fn may_finish(world: &JobWorld, fence: Fence) -> bool {
    world.process.held_leases.may_finish(fence.job, fence.epoch)
}

/// Asks the world. Every adapter limits its own time, so every question is answered; `Err` when the
/// question may not be asked any more.
async fn answer(
    world: &Arc<JobWorld>,
    kind: &Arc<JobKind>,
    fence: Fence,
    endpoint: &str,
    ask: Ask,
    down: &Notify,
) -> Result<Event, Outcome> {
    let craft = &*kind.craft;
    Ok(match ask {
        Ask::Prepare => {
            let prepared = async { Event::from(craft.prepare(fence).await) };
            let not_now = |why| Event::NotPrepared { why, hopeless: None };
            return when_due(world, kind, fence, Work::Preparing, down, prepared, not_now).await;
        }
        Ask::Submit(prepared) => {
            Event::SubmitAnswered(craft.submit(fence, endpoint, &prepared).await)
        }
        Ask::Search(prepared, sent_at) => {
            Event::Searched(search::search(world, craft, fence, endpoint, &prepared, sent_at).await)
        }
        Ask::Status(by, request) => {
            let answer = craft.status(endpoint, &request).await;
            note(world, !matches!(answer, StatusAnswer::Unreachable { .. }));
            Event::StatusAnswered(by, answer)
        }
        Ask::Result(by, request) => {
            let answer = craft.result(endpoint, &request).await;
            note(world, !matches!(answer, ResultAnswer::Unreachable { .. }));
            Event::ResultAnswered(by, answer)
        }
        Ask::Audit => Event::AuditAnswered(craft.audit(fence).await),
        Ask::Store(by, files) => {
            let stored = async { Event::StoreAnswered(by, craft.store(fence, &files).await) };
            let not_now = |detail| {
                let reason = MissingReason::Parked;
                Event::StoreAnswered(by, StoreAnswer::NotStored { reason, detail })
            };
            return when_due(world, kind, fence, Work::Storing, down, stored, not_now).await;
        }
        Ask::Cancel(request) => Event::CancelAnswered(craft.cancel(endpoint, &request).await),
    })
}

impl From<Prepared> for Event {
    fn from(prepared: Prepared) -> Self {
        match prepared {
            Prepared::Ready(url) => Self::Prepared(url),
            Prepared::NotReady { why, hopeless } => Self::NotPrepared { why, hopeless },
        }
    }
}

/// Tells the pace of all jobs whether FAL answered this one.
fn note(world: &JobWorld, answered: bool) {
    match world.pace.heard(world.process.clock.uptime(), answered) {
        Some(pace::Change::Opened) => {
            warn!(
                world.process.log,
                "⚠️ FAL does not answer; polls rest until it does, no training ends by it"
            );
        }
        Some(pace::Change::Closed) => info!(world.process.log, "✅ FAL answers again"),
        None => {}
    }
}
