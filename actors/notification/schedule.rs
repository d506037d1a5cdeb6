//! What an answer means for a notice. Pure; when one may be sent is decided in [`crate::lanes`].

use crate::ports::{MessageId, Notice, SendError, Sent};
use crate::timing::spread;
use std::time::Duration;

/// First wait after a send that certainly did not happen; doubled up to [`LONGEST`].
const FIRST: Duration = Duration::from_secs(1);

/// Longest wait between two tries: an outage of Telegram costs at most so much after its end.
const LONGEST: Duration = Duration::from_mins(1);

/// What the operator decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// A notice that failed for so long is a dead letter. `NOTIFY_GIVE_UP_AFTER`.
    pub give_up_after: Duration,
    /// A send of unknown fate is repeated once instead of told by an edit. `NOTIFY_UNCERTAIN`.
    pub repeats_unknown: bool,
}

/// What an answer means for a notice. The phase spreads the waits of notices that failed together.
#[must_use]
pub fn delivered(
    answer: Result<MessageId, SendError>,
    notice: &Notice,
    rules: Delivery,
    phase: u8,
) -> Sent {
    match answer {
        Ok(id) => Sent::Delivered(id),
        // Waiting as told is no failed try, and neither loses its place.
        Err(SendError::RetryAfter(retry_in)) => {
            let why = "Telegram asks to wait".to_owned();
            Sent::NotSent { retry_in, why, failed: false }
        }
        // Notices wait for room; nobody turns them away.
        Err(SendError::NoRoom) => {
            let why = "there was no room".to_owned();
            Sent::NotSent { retry_in: FIRST, why, failed: false }
        }
        Err(SendError::Moved(to)) => Sent::Moved(to),
        Err(SendError::NotSent(why)) if notice.failing_for < rules.give_up_after => {
            let doublings = u32::try_from(notice.tries.clamp(0, 16)).unwrap_or_default();
            let retry_in = spread((FIRST * 2_u32.pow(doublings)).min(LONGEST), phase);
            Sent::NotSent { retry_in, why, failed: true }
        }
        Err(SendError::Unknown(why)) if rules.repeats_unknown && notice.repeats == 0 => {
            Sent::Repeat { why }
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
    use crate::bot::texts::Language;
    use crate::ports::{ChatId, NoticeId};

    const DAY: Duration = Duration::from_hours(24);

    const RULES: Delivery = Delivery { give_up_after: DAY, repeats_unknown: false };

    fn notice(tries: i32, failing_for: Duration, repeats: i32) -> Notice {
        Notice {
            id: NoticeId(1),
            kind: None,
            avatar: None,
            name: String::new(),
            reason: String::new(),
            spent: None,
            until: None,
            chat: ChatId(1),
            language: Language::En,
            tries,
            status_message: None,
            uncertain: false,
            repeats,
            age: Duration::ZERO,
            failing_for,
            superseded: false,
        }
    }

    #[test]
    fn every_answer_has_one_meaning() {
        let not_sent = |seconds, tries| {
            let refused = Err(SendError::NotSent("refused".into()));
            let sent = delivered(refused, &notice(tries, Duration::ZERO, 0), RULES, 0);
            assert!(
                matches!(&sent, Sent::NotSent { retry_in, failed: true, .. } if retry_in.as_secs() == seconds),
                "{sent:?}"
            );
        };
        not_sent(1, 0);
        not_sent(8, 3);
        not_sent(60, 2000);
        let fresh = notice(0, Duration::ZERO, 0);
        let dead =
            delivered(Err(SendError::NotSent("refused".into())), &notice(9, DAY, 0), RULES, 0);
        assert!(matches!(dead, Sent::Dead { blocked: false, .. }));
        let blocked = delivered(Err(SendError::Blocked("by the user".into())), &fresh, RULES, 0);
        assert!(matches!(blocked, Sent::Dead { blocked: true, .. }));
        let lost = delivered(Err(SendError::Unknown("reset".into())), &fresh, RULES, 0);
        assert!(matches!(lost, Sent::Uncertain { .. }));
        let moved = delivered(Err(SendError::Moved(ChatId(-7))), &fresh, RULES, 0);
        assert_eq!(moved, Sent::Moved(ChatId(-7)));
    }

    #[test]
    fn a_wait_that_telegram_asks_for_is_kept_exactly_and_counts_as_no_failure() {
        let asked = Err(SendError::RetryAfter(Duration::from_secs(17)));
        let sent = delivered(asked, &notice(3, DAY * 9, 0), RULES, 255);
        let Sent::NotSent { retry_in, failed, .. } = sent else { panic!("{sent:?}") };
        assert_eq!((retry_in, failed), (Duration::from_secs(17), false));
    }

    #[test]
    fn what_is_repeated_although_its_fate_is_unknown_is_repeated_once() {
        let rules = Delivery { repeats_unknown: true, ..RULES };
        let lost = || Err(SendError::Unknown("reset".into()));
        let first = delivered(lost(), &notice(0, Duration::ZERO, 0), rules, 0);
        assert!(matches!(first, Sent::Repeat { .. }));
        let second = delivered(lost(), &notice(1, Duration::ZERO, 1), rules, 0);
        assert!(matches!(second, Sent::Uncertain { .. }));
    }
}
