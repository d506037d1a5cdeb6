//! What FAL's answers say about FAL, whatever they are about.

use super::health::Answer;
use actors::ports::{
    CancelAnswer, History, ResultAnswer, StatusAnswer, SubmitAnswer, TrainerError,
};

pub(super) fn upload<T>(answer: &Result<T, TrainerError>) -> Answer {
    match answer {
        Ok(_) => Answer::Ok,
        Err(TrainerError::Refused(_)) => Answer::Refused,
        Err(TrainerError::Unavailable(why)) => Answer::Failed(why.to_string()),
    }
}

pub(super) fn submit(answer: &SubmitAnswer) -> Answer {
    match answer {
        SubmitAnswer::Accepted(_) => Answer::Ok,
        SubmitAnswer::Refused(_) => Answer::Refused,
        SubmitAnswer::NotAccepted { why, .. } | SubmitAnswer::Lost { why } => {
            Answer::Failed(why.clone())
        }
    }
}

/// The platform is not the queue, so its answers say nothing about FAL's health.
pub(super) fn history(answer: &History) -> &'static str {
    match answer {
        History::Read { .. } => "ok",
        History::Refused { .. } => "refused",
        History::Unreachable { .. } => "failed",
    }
}

pub(super) fn status(answer: &StatusAnswer) -> Answer {
    match answer {
        StatusAnswer::Running(_) | StatusAnswer::Finished | StatusAnswer::Failed(_) => Answer::Ok,
        StatusAnswer::Gone => Answer::Refused,
        StatusAnswer::Unreachable { why } => Answer::Failed(why.clone()),
    }
}

pub(super) fn result(answer: &ResultAnswer) -> Answer {
    match answer {
        ResultAnswer::Files { .. } | ResultAnswer::Failed(_) | ResultAnswer::Suspect(_) => {
            Answer::Ok
        }
        ResultAnswer::Gone => Answer::Refused,
        ResultAnswer::Unreachable { why } => Answer::Failed(why.clone()),
    }
}

pub(super) fn cancel(answer: &CancelAnswer) -> Answer {
    match answer {
        CancelAnswer::Answered(_) => Answer::Ok,
        CancelAnswer::Unreachable { why } => Answer::Failed(why.clone()),
    }
}
