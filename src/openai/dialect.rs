//! What a server does not know of OpenAI's API, learned from its refusals and kept for the life of
//! the process: a refusal costs a round trip, and what a server is does not change while it runs.

use std::sync::atomic::{AtomicU8, Ordering};

/// How an answer is asked to be JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `json_schema`: the server keeps to the schema.
    Schema,
    /// `json_object`: it is JSON, and the schema stands in the task.
    Object,
    /// Nothing but the words of the task.
    Text,
}

/// By which name the longest answer is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// `max_completion_tokens`, which models that think insist on.
    Completion,
    /// `max_tokens`, the older name.
    Former,
}

/// A part of the API that a refusal was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// `response_format`.
    Form,
    /// `max_completion_tokens`.
    Limit,
}

/// What to speak with a server.
#[derive(Debug, Default)]
pub(super) struct Dialect {
    form: AtomicU8,
    limit: AtomicU8,
}

impl Dialect {
    pub(super) fn form(&self) -> Form {
        match self.form.load(Ordering::Relaxed) {
            0 => Form::Schema,
            1 => Form::Object,
            _ => Form::Text,
        }
    }

    pub(super) fn limit(&self) -> Limit {
        if self.limit.load(Ordering::Relaxed) == 0 { Limit::Completion } else { Limit::Former }
    }

    /// Leaves out what was refused when it was said in this way. False if nothing is left to leave
    /// out, so that asking again would be refused again.
    pub(super) fn leave_out(&self, part: Part, form: Form, limit: Limit) -> bool {
        let (cell, said, last) = match part {
            Part::Form => (&self.form, form as u8, Form::Text as u8),
            Part::Limit => (&self.limit, limit as u8, Limit::Former as u8),
        };
        if said >= last {
            return false;
        }
        cell.fetch_max(said + 1, Ordering::Relaxed);
        true
    }
}
