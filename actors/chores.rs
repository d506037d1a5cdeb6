//! What is done at FAL about jobs that nobody watches: orphans are cancelled, and what FAL keeps of
//! a request is deleted once we no longer need it.
//!
//! A chore is a row and a claim is a lease, so a crash costs only time. Each chore is tried until
//! FAL answers, or until the answer no longer matters.

use crate::eraser::EraserWorld;
use crate::metrics;
use crate::pace::Class;
use crate::ports::{CancelAnswer, Chore, ChoreKind, DeleteAnswer, StoreError};
use crate::timing::Policy;
use slog::{Logger, info, warn};
use std::time::Duration;

/// Chores of one round. Each is one question and counts against the budget that polls have, too.
const BATCH: u32 = 10;

/// Between two tries while our key is refused: somebody has to fix that first.
const REFUSED: Duration = Duration::from_hours(6);

/// A training that could not be cancelled for this long has ended by itself.
const CANCEL_FOR: Duration = Duration::from_hours(48);

/// FAL deletes what it keeps of a request after thirty days by itself.
const DELETE_FOR: Duration = Duration::from_hours(24 * 30);

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Came {
    /// To an end.
    Done(String),
    /// To nothing, for now.
    Failed { why: String, refused: bool },
}

/// What is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    Done(String),
    Again(Duration, String),
    GivenUp(String),
}

/// Does what is due; tells how many came to nothing.
pub(crate) async fn round(world: &EraserWorld, log: &Logger) -> Result<u32, StoreError> {
    let mut failed = 0;
    for chore in world.chores.claim(BATCH).await? {
        turn(world).await;
        let came = attempt(world, &chore).await;
        match fate(&chore, came) {
            Fate::Done(answer) => {
                info!(log, "✅ a chore at FAL is done"; "chore" => chore.kind.word(),
                    "request" => %chore.request, "answer" => &answer);
                metrics::FAL_CHORES_DONE.count_as(chore.kind.word());
                world.chores.done(&chore, &answer).await?;
            }
            Fate::GivenUp(why) => {
                warn!(log, "⚠️ a chore at FAL is given up, look into FAL's dashboard: {}", why;
                    "chore" => chore.kind.word(), "request" => %chore.request);
                world.chores.done(&chore, &format!("given up: {why}")).await?;
            }
            Fate::Again(wait, why) => {
                failed += 1;
                world.chores.postpone(&chore, wait, &why).await?;
            }
        }
    }
    Ok(failed)
}

async fn attempt(world: &EraserWorld, chore: &Chore) -> Came {
    match chore.kind {
        ChoreKind::Cancel => match world.trainer.cancel(&chore.endpoint, &chore.request).await {
            CancelAnswer::Answered(answer) => Came::Done(answer),
            CancelAnswer::Unreachable { why } => Came::Failed { why, refused: false },
        },
        ChoreKind::DeletePayloads => {
            let answer = world.trainer.delete_payloads(&chore.request).await;
            world.platform.heard_of_deletion(&answer);
            match answer {
                DeleteAnswer::Gone(words) => Came::Done(words),
                DeleteAnswer::Refused { why } => Came::Failed { why, refused: true },
                DeleteAnswer::Unreachable { why } => Came::Failed { why, refused: false },
            }
        }
    }
}

fn fate(chore: &Chore, came: Came) -> Fate {
    let most = match chore.kind {
        ChoreKind::Cancel => CANCEL_FOR,
        ChoreKind::DeletePayloads => DELETE_FOR,
    };
    match came {
        Came::Done(answer) => Fate::Done(answer),
        Came::Failed { why, .. } if chore.age >= most => Fate::GivenUp(why),
        Came::Failed { why, refused: true } => Fate::Again(REFUSED, why),
        Came::Failed { why, refused: false } => Fate::Again(Policy::retry(chore.tries), why),
    }
}

/// The class of chores among all questions to FAL.
const CLASS: Class = Class("chores");

/// Waits for a place in the budget of questions to FAL.
async fn turn(world: &EraserWorld) {
    let mut wait = world.pace.reserve(CLASS, world.process.clock.uptime());
    while !wait.is_zero() {
        tokio::time::sleep(wait).await;
        wait = world.pace.depart(CLASS, world.process.clock.uptime());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::avatar::RequestId;

    fn chore(kind: ChoreKind, tries: u16, hours: u64) -> Chore {
        let age = Duration::from_hours(hours);
        let request = RequestId("r".into());
        Chore { kind, request, endpoint: "a/b".to_owned(), avatar: None, tries, age }
    }

    fn failed(refused: bool) -> Came {
        Came::Failed { why: "why".to_owned(), refused }
    }

    #[test]
    fn a_chore_is_tried_again_later_and_later_but_not_for_ever() {
        let why = || "why".to_owned();
        let again = |wait| Fate::Again(Duration::from_secs(wait), why());
        for (kind, tries, hours, refused, expected) in [
            (ChoreKind::Cancel, 1, 0, false, again(2)),
            (ChoreKind::Cancel, 3, 0, false, again(8)),
            (ChoreKind::Cancel, 40, 47, false, again(300)),
            (ChoreKind::Cancel, 40, 48, false, Fate::GivenUp(why())),
            (ChoreKind::DeletePayloads, 40, 48, false, again(300)),
            (ChoreKind::DeletePayloads, 1, 0, true, again(6 * 3600)),
            (ChoreKind::DeletePayloads, 9, 24 * 30, true, Fate::GivenUp(why())),
        ] {
            let fate = fate(&chore(kind, tries, hours), failed(refused));
            assert_eq!(fate, expected, "{kind:?} {tries} {hours} {refused}");
        }
        let done = Came::Done("HTTP 404".to_owned());
        let old = chore(ChoreKind::Cancel, 1, 1000);
        assert_eq!(fate(&old, done), Fate::Done("HTTP 404".to_owned()));
    }
}
