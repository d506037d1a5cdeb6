//! Signs of work: what a chat shows while a picture is being made. Pure.

use crate::ports::{ChatId, JobId, Kind, Standing};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// A client shows a sign for five seconds, or until the next message.
const EVERY: Duration = Duration::from_secs(5);

/// So long after the press somebody may still be looking at the chat; most pictures are there by
/// then.
const WHILE: Duration = Duration::from_mins(2);

/// The orders of pictures that were pressed for a moment ago, as far as they have been shown. Kept in
/// memory only: after a restart there are simply no more signs of what runs.
#[derive(Debug, Default)]
pub(super) struct Signs(HashMap<JobId, Sign>);

#[derive(Debug)]
struct Sign {
    chat: ChatId,
    next: Duration,
    until: Duration,
}

impl Signs {
    /// Learns from a status message that has just been brought up to date.
    pub(super) fn saw(&mut self, standing: &Standing, now: Duration) {
        let works = standing.job.kind == Kind::GENERATION
            && !standing.blocked
            && standing.stage.is_some_and(|stage| !stage.ended());
        if !works {
            self.0.remove(&standing.job);
        } else if let Some(left) = WHILE.checked_sub(standing.elapsed) {
            let (chat, until) = (standing.chat, now + left);
            self.0.entry(standing.job).or_insert(Sign { chat, next: now, until });
        }
    }

    /// The chats in which a sign is due now, at most so many; each is due again later, whether it
    /// could be shown or not.
    pub(super) fn due(&mut self, now: Duration, most: usize) -> HashSet<ChatId> {
        self.0.retain(|_, sign| sign.until > now);
        let mut chats = HashSet::new();
        for sign in self.0.values_mut().filter(|sign| sign.next <= now) {
            // Two orders of one person are one sign.
            if chats.contains(&sign.chat) || chats.len() < most {
                chats.insert(sign.chat);
                sign.next = now + EVERY;
            }
        }
        chats
    }

    /// Somebody else shows them from now on.
    pub(super) fn end(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::ports::{Stage, Told};
    use uuid::Uuid;

    fn standing(n: u128, stage: Stage, elapsed: u64) -> Standing {
        Standing {
            job: JobId::generation(Uuid::from_u128(n)),
            attempt: 1,
            turn: 1,
            stage: Some(stage),
            number: None,
            message: None,
            name: String::new(),
            chat: ChatId(1),
            language: Language::En,
            blocked: false,
            endpoint: String::new(),
            steps: 0,
            elapsed: Duration::from_secs(elapsed),
            fetching: None,
            told: Told::Over,
        }
    }

    const MOST: usize = 5;

    #[test]
    fn a_chat_has_a_sign_every_five_seconds_until_the_end_or_for_two_minutes() {
        let seconds = Duration::from_secs;
        let mut signs = Signs::default();
        signs.saw(&standing(1, Stage::Queue, 10), seconds(0));
        signs.saw(&standing(2, Stage::Working, 0), seconds(0));
        let mut shown = Vec::new();
        for now in 0..20 {
            if !signs.due(seconds(now), MOST).is_empty() {
                shown.push(now);
            }
            // News of it is no reason for another sign.
            signs.saw(&standing(1, Stage::Working, 10 + now), seconds(now));
        }
        assert_eq!(shown, [0, 5, 10, 15], "one for both");
        signs.saw(&standing(2, Stage::Completed, 20), seconds(20));
        assert_eq!(signs.due(seconds(109), MOST).len(), 1);
        assert!(signs.due(seconds(110), MOST).is_empty(), "nobody looks any more");
    }

    #[test]
    fn only_what_somebody_waits_for_has_one() {
        let now = Duration::from_secs(7);
        let training = JobId { kind: Kind::TRAINING, id: Uuid::nil() };
        for nothing in [
            standing(1, Stage::Completed, 1),
            standing(1, Stage::Working, 121),
            Standing { blocked: true, ..standing(1, Stage::Working, 1) },
            Standing { job: training, ..standing(1, Stage::Working, 1) },
        ] {
            let mut signs = Signs::default();
            signs.saw(&nothing, now);
            assert!(signs.due(now, MOST).is_empty(), "{nothing:?}");
        }
    }

    #[test]
    fn a_crowd_takes_turns() {
        let mut signs = Signs::default();
        for n in 1..=7_i64 {
            let of = standing(n.unsigned_abs().into(), Stage::Working, 1);
            signs.saw(&Standing { chat: ChatId(n), ..of }, Duration::ZERO);
        }
        let first = signs.due(Duration::ZERO, MOST);
        let second = signs.due(Duration::from_secs(1), MOST);
        assert_eq!((first.len(), second.len()), (5, 2));
        assert!(first.is_disjoint(&second));
        signs.end();
        assert!(signs.due(Duration::from_mins(1), MOST).is_empty());
    }
}
