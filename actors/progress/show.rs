//! What to do about the next status message. Pure: from the state of a training to an action, and
//! from Telegram's answer to what is recorded.

use crate::ports::{MessageId, Rests, SendError, Shown, Stage, Standing, Told};
use std::time::Duration;

/// Telegram allows about one message per second in a chat, and a notice or an answer to a press may
/// have been there a moment ago. A number changes only as often as a training is polled; if the
/// configuration polls fast, several polls become one edit. The remaining time is shown in minutes.
pub const RESTS: Rests = Rests {
    stage: Duration::from_secs(2),
    number: Duration::from_secs(15),
    time: Duration::from_mins(3),
};

/// Wait before looking again for the notice of the end: it goes first, and usually at once.
const NOTICE: Duration = Duration::from_secs(1);

/// After an edit that answers and notices left no room for: they are done in a second or two.
const ROOM: Duration = Duration::from_secs(2);

/// After an edit that failed for no reason of its own.
const AGAIN: Duration = Duration::from_secs(15);

/// Wait before checking again for a person who blocked us, or for words of a newer version.
const LONG: Duration = Duration::from_hours(1);

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Bring this message to the training's state.
    Edit(MessageId, Stage),
    /// Show it in a new message.
    Open(Stage),
    /// Change nothing, and record this.
    Record(Shown),
}

/// What to do about a claimed message.
#[must_use]
pub fn act(standing: &Standing) -> Act {
    let Some(stage) = standing.stage else { return Act::Record(Shown::Postponed(LONG)) };
    match (stage.ended(), standing.message) {
        (true, _) if standing.blocked => Act::Record(Shown::Stands(None)),
        (false, _) if standing.blocked => Act::Record(Shown::Postponed(LONG)),
        // The message that counts goes first; if its content had to go in here, it stays.
        (true, _) if standing.told == Told::Waiting => Act::Record(Shown::Postponed(NOTICE)),
        (true, _) if standing.told == Told::Here => Act::Record(Shown::Stands(None)),
        (true, None) => Act::Record(Shown::Stands(None)),
        (_, Some(message)) => Act::Edit(message, stage),
        (false, None) => Act::Open(stage),
    }
}

/// What is recorded after an edit. One of unknown fate is repeated, which does no harm.
#[must_use]
pub fn edited(answer: &Result<(), SendError>, standing: &Standing) -> Shown {
    match answer {
        Ok(()) => Shown::Stands(None),
        Err(SendError::MessageGone(_)) => Shown::Gone,
        Err(error) => failed(error, standing).unwrap_or(Shown::Postponed(AGAIN)),
    }
}

/// What is recorded after a new message; `None` if its fate is unknown: it is not sent again.
#[must_use]
pub fn opened(answer: &Result<MessageId, SendError>, standing: &Standing) -> Option<Shown> {
    match answer {
        Ok(message) => Some(Shown::Stands(Some(*message))),
        Err(error) => failed(error, standing),
    }
}

/// `None` if it is unknown what was done.
fn failed(error: &SendError, standing: &Standing) -> Option<Shown> {
    match error {
        SendError::RetryAfter(wait) => Some(Shown::Postponed(*wait)),
        SendError::NoPermit => Some(Shown::Postponed(ROOM)),
        // If a chat has moved, notices learn the new number, and progress follows them.
        SendError::NotSent(_) | SendError::Moved(_) => Some(Shown::Postponed(AGAIN)),
        SendError::Unknown(_) => None,
        SendError::Blocked(_) if standing.stage.is_some_and(Stage::ended) => {
            Some(Shown::Stands(None))
        }
        SendError::Blocked(_) => Some(Shown::Postponed(LONG)),
        // A defect of ours: the next news has another text and may be accepted.
        SendError::MessageGone(_)
        | SendError::FileGone(_)
        | SendError::NotAPhoto(_)
        | SendError::Refused(_)
        | SendError::TooLarge { .. } => Some(Shown::Stands(None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::avatar::AvatarId;
    use crate::language::Language;
    use crate::ports::{ChatId, JobId};
    use strum::IntoEnumIterator as _;
    use uuid::Uuid;

    fn standing(stage: Stage, message: Option<i64>) -> Standing {
        Standing {
            job: JobId::training(AvatarId(Uuid::nil())),
            attempt: 1,
            turn: 1,
            stage: Some(stage),
            number: None,
            message: message.map(MessageId),
            name: "Anna".to_owned(),
            chat: ChatId(1),
            language: Language::En,
            blocked: false,
            endpoint: String::new(),
            steps: 0,
            elapsed: Duration::ZERO,
            fetching: None,
            told: Told::Over,
        }
    }

    #[test]
    fn what_lives_is_edited_or_opened_and_what_has_ended_is_only_edited() {
        for stage in Stage::iter() {
            let edit = Act::Edit(MessageId(7), stage);
            assert_eq!(act(&standing(stage, Some(7))), edit, "{stage:?}");
            let without =
                if stage.ended() { Act::Record(Shown::Stands(None)) } else { Act::Open(stage) };
            assert_eq!(act(&standing(stage, None)), without, "{stage:?}");
        }
    }

    #[test]
    fn the_notice_of_an_end_goes_first_and_keeps_its_place() {
        let told = |told, stage| act(&Standing { told, ..standing(stage, Some(7)) });
        let waits = Act::Record(Shown::Postponed(NOTICE));
        assert_eq!(told(Told::Waiting, Stage::Error), waits);
        assert_eq!(told(Told::Here, Stage::Completed), Act::Record(Shown::Stands(None)));
        assert_eq!(told(Told::Waiting, Stage::Working), Act::Edit(MessageId(7), Stage::Working));
    }

    #[test]
    fn who_blocks_us_is_left_alone() {
        let blocked = |stage| act(&Standing { blocked: true, ..standing(stage, Some(7)) });
        assert_eq!(blocked(Stage::Queue), Act::Record(Shown::Postponed(LONG)));
        assert_eq!(blocked(Stage::Cancelled), Act::Record(Shown::Stands(None)));
    }

    #[test]
    fn every_answer_has_one_meaning() {
        let (live, over) = (standing(Stage::Queue, Some(7)), standing(Stage::Error, Some(7)));
        let wait = Duration::from_secs(9);
        let why = String::new;
        for (error, edit, open) in [
            (SendError::RetryAfter(wait), Shown::Postponed(wait), Some(Shown::Postponed(wait))),
            (SendError::NoPermit, Shown::Postponed(ROOM), Some(Shown::Postponed(ROOM))),
            (SendError::NotSent(why()), Shown::Postponed(AGAIN), Some(Shown::Postponed(AGAIN))),
            (SendError::Unknown(why()), Shown::Postponed(AGAIN), None),
            (SendError::Blocked(why()), Shown::Postponed(LONG), Some(Shown::Postponed(LONG))),
            (SendError::MessageGone(why()), Shown::Gone, Some(Shown::Stands(None))),
            (SendError::Refused(why()), Shown::Stands(None), Some(Shown::Stands(None))),
            (SendError::TooLarge { limit: 1 }, Shown::Stands(None), Some(Shown::Stands(None))),
        ] {
            let said = error.to_string();
            let blocked = matches!(error, SendError::Blocked(_));
            let failed = Err(error);
            assert_eq!(edited(&failed, &live), edit, "{said}");
            if blocked {
                assert_eq!(edited(&failed, &over), Shown::Stands(None), "{said}");
            }
            assert_eq!(opened(&failed.map(|()| MessageId(1)), &live), open, "{said}");
        }
        assert_eq!(edited(&Ok(()), &live), Shown::Stands(None));
        let id = MessageId(3);
        assert_eq!(opened(&Ok(id), &live), Some(Shown::Stands(Some(id))));
    }
}
