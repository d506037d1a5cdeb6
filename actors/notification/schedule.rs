//! What an answer means for a notice. Pure; [`crate::lanes`] decides when one may be sent.

use crate::ports::{DeadReason, MessageId, Notice, SendError, Sent};
use crate::timing::{doubled, spread};
use std::time::Duration;

/// First wait after a send that certainly did not happen, or an edit that failed; doubles up to
/// [`LONGEST`].
const FIRST: Duration = Duration::from_secs(1);

/// Longest wait between two tries, and until an edit that a crash left undone: the most that an
/// outage of Telegram costs after its end.
const LONGEST: Duration = Duration::from_mins(1);

/// The operator's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// A notice that has failed for this long is a dead letter. `NOTIFY_GIVE_UP_AFTER`.
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
        // Waiting as told is not a failed try, and neither loses its place.
        Err(SendError::RetryAfter(retry_in)) => {
            let why = "Telegram asks to wait".to_owned();
            Sent::NotSent { retry_in, why, failed: false }
        }
        // Notices wait for room and are never turned away.
        Err(SendError::NoPermit) => {
            let why = "there was no room".to_owned();
            Sent::NotSent { retry_in: FIRST, why, failed: false }
        }
        Err(SendError::Moved(to)) => Sent::Moved(to),
        Err(SendError::NotSent(why)) if notice.failing_for < rules.give_up_after => {
            let retry_in = wait_after(notice.tries, phase);
            Sent::NotSent { retry_in, why, failed: true }
        }
        Err(SendError::Unknown(why)) if rules.repeats_unknown && notice.repeats == 0 => {
            Sent::Repeat { why, before: notice.repeats }
        }
        // The edit follows at once; the wait is for an edit that a crash cuts off.
        Err(SendError::Unknown(why)) => Sent::Uncertain { why, retry_in: LONGEST },
        Err(SendError::Blocked(why)) => Sent::Dead { why, reason: DeadReason::Blocked },
        Err(SendError::NotSent(why)) => Sent::Dead { why, reason: DeadReason::GaveUp },
        Err(
            error @ (SendError::MessageGone(_)
            | SendError::FileGone(_)
            | SendError::NotAPhoto(_)
            | SendError::Refused(_)
            | SendError::TooLarge { .. }),
        ) => Sent::Dead { why: words(error), reason: DeadReason::Refused },
    }
}

/// What the answer to an edit means for a notice of unknown fate, whose content it carries. `None`:
/// there is no message that could be edited.
#[must_use]
pub fn repaired(answer: Option<Result<(), SendError>>, notice: &Notice, phase: u8) -> Sent {
    let again = |why, retry_in| Sent::Uncertain { why, retry_in };
    match answer {
        Some(Ok(())) => Sent::Repaired,
        Some(Err(SendError::RetryAfter(wait))) => again("Telegram asks to wait".to_owned(), wait),
        Some(Err(SendError::NoPermit)) => again("there was no room".to_owned(), FIRST),
        Some(Err(SendError::NotSent(why) | SendError::Unknown(why))) => {
            again(why, wait_after(notice.edits, phase))
        }
        Some(Err(SendError::Moved(to))) => Sent::Moved(to),
        Some(Err(SendError::Blocked(why))) => Sent::Closed { why },
        Some(Err(
            error @ (SendError::MessageGone(_)
            | SendError::FileGone(_)
            | SendError::NotAPhoto(_)
            | SendError::Refused(_)
            | SendError::TooLarge { .. }),
        )) => without_a_message(words(error), notice),
        None => without_a_message("no status message is known".to_owned(), notice),
    }
}

/// Nothing can be edited: once, being told twice is better than not at all.
fn without_a_message(why: String, notice: &Notice) -> Sent {
    match notice.repeats {
        0 => Sent::Repeat { why, before: 0 },
        _ => Sent::Unconfirmed { why },
    }
}

/// The wait after this many failures.
fn wait_after(failures: i32, phase: u8) -> Duration {
    let times = u16::try_from(failures.max(0)).unwrap_or(u16::MAX);
    spread(doubled(FIRST, times, LONGEST), phase)
}

/// Telegram's own words, without ours.
fn words(error: SendError) -> String {
    match error {
        SendError::MessageGone(why)
        | SendError::FileGone(why)
        | SendError::NotAPhoto(why)
        | SendError::Refused(why)
        | SendError::NotSent(why)
        | SendError::Unknown(why)
        | SendError::Blocked(why) => why,
        SendError::RetryAfter(_)
        | SendError::NoPermit
        | SendError::Moved(_)
        | SendError::TooLarge { .. } => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::ports::{ChatId, NoticeId, Tally};

    const DAY: Duration = Duration::from_hours(24);

    const RULES: Delivery = Delivery { give_up_after: DAY, repeats_unknown: false };

    fn notice(tries: i32, failing_for: Duration, repeats: i32) -> Notice {
        Notice {
            id: NoticeId(1),
            kind: None,
            job: None,
            name: String::new(),
            reason: String::new(),
            spent: None,
            pictures: Tally::default(),
            gift: 0,
            until: None,
            chat: ChatId(1),
            language: Language::En,
            tries,
            status_message: None,
            uncertain: false,
            repeats,
            edits: 0,
            last_error: None,
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
        assert!(matches!(dead, Sent::Dead { reason: DeadReason::GaveUp, .. }));
        let blocked = delivered(Err(SendError::Blocked("by the user".into())), &fresh, RULES, 0);
        assert!(matches!(blocked, Sent::Dead { reason: DeadReason::Blocked, .. }));
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

    #[test]
    fn an_edit_that_failed_is_made_again_soon_and_then_rarer() {
        let wait = |edits| {
            let notice = Notice { uncertain: true, edits, ..notice(9, Duration::ZERO, 0) };
            let lost = Some(Err(SendError::Unknown("reset".into())));
            let sent = repaired(lost, &notice, 0);
            let Sent::Uncertain { retry_in, .. } = sent else { panic!("{sent:?}") };
            retry_in.as_secs()
        };
        assert_eq!([0, 1, 2, 5, 6, 2000].map(wait), [1, 2, 4, 32, 60, 60]);
    }

    #[test]
    fn what_no_message_can_tell_is_sent_once_more_and_then_left_to_an_operator() {
        let gone = || SendError::MessageGone("gone".into());
        let lost = [
            None,
            Some(Err(gone())),
            Some(Err(SendError::Refused("strange".into()))),
            Some(Err(SendError::TooLarge { limit: 1 })),
        ];
        for answer in lost {
            let sent = repaired(answer, &notice(1, Duration::ZERO, 0), 0);
            assert!(matches!(sent, Sent::Repeat { before: 0, .. }), "{sent:?}");
        }
        let sent = repaired(Some(Err(gone())), &notice(2, Duration::ZERO, 1), 0);
        assert!(matches!(sent, Sent::Unconfirmed { .. }), "{sent:?}");
        let elsewhere = Some(Err(SendError::Moved(ChatId(-7))));
        assert_eq!(repaired(elsewhere, &notice(1, DAY, 0), 0), Sent::Moved(ChatId(-7)));
        let closed = Some(Err(SendError::Blocked("blocked".into())));
        assert!(matches!(repaired(closed, &notice(1, DAY, 0), 0), Sent::Closed { .. }));
    }
}
