//! When a notice may be sent, and what an answer means for it. Pure.

use crate::ports::{MessageId, SendError, Sent};
use std::collections::VecDeque;
use std::time::Duration;

/// Messages a second that we allow ourselves in all. Telegram speaks of about 30; at exactly 30
/// bursts were answered 429, at 29 never.
const PER_SECOND: usize = 29;

/// First wait after a send that certainly did not happen; doubled up to [`LONGEST`].
const FIRST: Duration = Duration::from_secs(1);

/// Longest wait between two tries: an outage of Telegram costs at most so much after its end.
const LONGEST: Duration = Duration::from_mins(1);

/// Tries after which a notice that never left is a dead letter: two days at [`LONGEST`].
const MOST_TRIES: i32 = 2 * 24 * 60;

/// A sliding window over the last second.
#[derive(Debug, Default)]
pub struct Budget {
    sent: VecDeque<Duration>,
}

impl Budget {
    /// How many may be sent at `now`, a time since any fixed point.
    pub fn allowed(&mut self, now: Duration) -> u32 {
        while self.sent.front().is_some_and(|at| now.saturating_sub(*at) >= Duration::from_secs(1))
        {
            self.sent.pop_front();
        }
        u32::try_from(PER_SECOND.saturating_sub(self.sent.len())).unwrap_or_default()
    }

    /// Notes what was sent at `now`.
    pub fn spend(&mut self, now: Duration, count: u32) {
        self.sent.extend((0..count).map(|_| now));
    }
}

/// What an answer means for a notice that was tried `tries` times before.
#[must_use]
pub fn delivered(answer: Result<MessageId, SendError>, tries: i32) -> Sent {
    match answer {
        Ok(id) => Sent::Delivered(id),
        // Waiting as told is no failed try, and neither loses its place.
        Err(SendError::RetryAfter(retry_in)) => {
            Sent::NotSent { retry_in, why: "Telegram asks to wait".to_owned() }
        }
        // Notices wait for room; nobody turns them away.
        Err(SendError::NoRoom) => {
            Sent::NotSent { retry_in: FIRST, why: "there was no room".to_owned() }
        }
        Err(SendError::NotSent(why)) if tries < MOST_TRIES => {
            let doublings = u32::try_from(tries.clamp(0, 16)).unwrap_or_default();
            Sent::NotSent { retry_in: (FIRST * 2_u32.pow(doublings)).min(LONGEST), why }
        }
        Err(SendError::Unknown(why)) => Sent::Uncertain { why },
        Err(SendError::Blocked(why)) => Sent::Dead { why, blocked: true },
        Err(SendError::NotSent(why) | SendError::MessageGone(why) | SendError::Refused(why)) => {
            Sent::Dead { why, blocked: false }
        }
        Err(error @ SendError::TooLarge { .. }) => {
            Sent::Dead { why: error.to_string(), blocked: false }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_second_sees_more_than_its_budget() {
        let mut budget = Budget::default();
        let at = Duration::from_millis;
        assert_eq!(budget.allowed(at(0)), 29);
        budget.spend(at(0), 20);
        assert_eq!(budget.allowed(at(500)), 9);
        budget.spend(at(500), 9);
        assert_eq!(budget.allowed(at(999)), 0);
        assert_eq!(budget.allowed(at(1000)), 20);
    }

    #[test]
    fn every_answer_has_one_meaning() {
        let not_sent = |seconds, tries| {
            let sent = delivered(Err(SendError::NotSent("refused".into())), tries);
            assert!(
                matches!(&sent, Sent::NotSent { retry_in, .. } if retry_in.as_secs() == seconds),
                "{sent:?}"
            );
        };
        not_sent(1, 0);
        not_sent(8, 3);
        not_sent(60, 2000);
        let dead = delivered(Err(SendError::NotSent("refused".into())), MOST_TRIES);
        assert!(matches!(dead, Sent::Dead { blocked: false, .. }));
        let blocked = delivered(Err(SendError::Blocked("blocked by the user".into())), 0);
        assert!(matches!(blocked, Sent::Dead { blocked: true, .. }));
        let lost = delivered(Err(SendError::Unknown("reset".into())), 0);
        assert!(matches!(lost, Sent::Uncertain { .. }));
    }
}
