//! Faults of the network and of the ingress, applied to the next requests of a kind.
//!
//! Failing *jobs* are in [`super::Settings`]; here the job goes well but the answer does not
//! arrive, or arrives broken.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use serde_json::Value;

/// The kinds of requests that can be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Submitting a job.
    Submit,
    /// Polling a status, or streaming it.
    Status,
    /// Fetching a result.
    Result,
    /// Cancelling a job.
    Cancel,
    /// Downloading a file that a job made. Uploaded files are never affected.
    File,
    /// Fetching the published keys.
    Jwks,
    /// Any request of an upload.
    Upload,
    /// Reading the request history.
    History,
    /// Deleting what is stored about a request.
    Payloads,
}

/// What goes wrong with one request.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// The connection is closed before anything is done.
    Refuse,
    /// Everything is done, and the connection is closed instead of an answer.
    DropReply,
    /// Nothing is done; the application gives this answer. `request_id` adds `x-fal-request-id`,
    /// which marks it as the job's own answer and not one from the way to it.
    Answer {
        /// HTTP status.
        status: u16,
        /// Body, as JSON.
        body: Value,
        /// Send the header `x-fal-request-id`.
        request_id: bool,
    },
    /// Nothing is done; the ingress answers with its HTML page, without `x-fal-request-id`.
    Nginx(u16),
    /// Everything is done, and the machine behind the ingress dies before it answers: the ingress
    /// answers with its HTML page, without `x-fal-request-id`.
    NginxAfter(u16),
    /// Everything is done, and the answer comes this much later.
    Slow(Duration),
    /// Everything is done; the connection is closed in the middle of the announced body.
    CutOff,
    /// Everything is done; if the job has ended, its webhook is sent and answered before the answer
    /// comes.
    Crossed,
    /// Everything is done; half of the body is sent, then nothing for this long, then the rest.
    Stall(Duration),
    /// Everything is done; half of the body is sent as if it were the whole.
    Short,
    /// Nothing is done; a web page with 200, like a captive portal's or a CDN's error page.
    Html,
    /// Nothing is done; 302 to this address.
    Redirect(String),
}

impl Fault {
    /// 429, worded as the gateway does.
    #[must_use]
    pub fn too_many_requests() -> Self {
        let body = serde_json::json!({ "detail": "Rate limit exceeded" });
        Self::Answer { status: 429, body, request_id: false }
    }

    /// 404, as for an expired file or result.
    #[must_use]
    pub fn not_found() -> Self {
        let body = serde_json::json!({ "detail": "Not Found" });
        Self::Answer { status: 404, body, request_id: false }
    }
}

/// Ordered faults that have not been used yet.
#[derive(Debug, Default)]
pub(super) struct Faults {
    next: HashMap<Kind, VecDeque<Fault>>,
    lasting: HashMap<Kind, Fault>,
}

impl Faults {
    pub(super) fn order(&mut self, kind: Kind, fault: Fault, times: usize) {
        self.next.entry(kind).or_default().extend(std::iter::repeat_n(fault, times));
    }

    pub(super) fn last(&mut self, kind: Kind, fault: Fault) {
        self.lasting.insert(kind, fault);
    }

    pub(super) fn heal(&mut self, kind: Kind) {
        self.next.remove(&kind);
        self.lasting.remove(&kind);
    }

    /// One-time faults first, in order; then the lasting one.
    pub(super) fn take(&mut self, kind: Kind) -> Option<Fault> {
        let next = self.next.get_mut(&kind).and_then(VecDeque::pop_front);
        next.or_else(|| self.lasting.get(&kind).cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordered_faults_come_before_the_lasting_one_until_it_is_healed() {
        let mut faults = Faults::default();
        faults.last(Kind::Status, Fault::Nginx(502));
        faults.order(Kind::Status, Fault::Refuse, 2);
        let taken: Vec<_> = (0..4).map(|_| faults.take(Kind::Status)).collect();
        let lasting = Some(Fault::Nginx(502));
        assert_eq!(taken, [Some(Fault::Refuse), Some(Fault::Refuse), lasting.clone(), lasting]);
        faults.heal(Kind::Status);
        assert_eq!(faults.take(Kind::Status), None);
    }
}
