//! Who waits for their pictures, each person once.

use crate::avatar::UserId;
use crate::language::Language;
use crate::ports::ChatId;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// People who wait for their export in one process. Each takes minutes, so whoever comes later
/// would wait for hours.
const MOST_WAITING: usize = 50;

/// Who wants their pictures, and where.
#[derive(Clone, Copy, Debug)]
pub(in crate::bot) struct Request {
    pub(in crate::bot) user: UserId,
    pub(in crate::bot) chat: ChatId,
    pub(in crate::bot) language: Language,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::bot) enum Asked {
    /// It is in the queue.
    Queued,
    /// Theirs is packed already, or waits.
    Already,
    /// Too many wait.
    Full,
}

/// The exports of one process.
#[derive(Debug, Default)]
pub struct Exports {
    /// The first one is being packed.
    queue: Mutex<VecDeque<Request>>,
    more: Notify,
}

impl Exports {
    /// Puts a person into the queue, unless they are there.
    pub(in crate::bot) fn ask(&self, request: Request) -> Asked {
        let mut queue = self.lock();
        if queue.iter().any(|other| other.user == request.user) {
            return Asked::Already;
        }
        if queue.len() >= MOST_WAITING {
            return Asked::Full;
        }
        queue.push_back(request);
        self.more.notify_one();
        Asked::Queued
    }

    /// Waits for somebody; they stay in the queue until the turn is over.
    pub(super) async fn turn(&self) -> Turn<'_> {
        loop {
            let first = self.lock().front().copied();
            match first {
                Some(request) => return Turn { request, exports: self },
                None => self.more.notified().await,
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Request>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn of the first one; over in any case, also when packing panics.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pub(super) request: Request,
    exports: &'a Exports,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.exports.lock().pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_person_waits_once_and_the_queue_has_an_end() {
        let exports = Exports::default();
        let request = |n: u128| Request {
            user: UserId(Uuid::from_u128(n)),
            chat: ChatId(1),
            language: Language::En,
        };
        assert_eq!(exports.ask(request(0)), Asked::Queued);
        assert_eq!(exports.ask(request(0)), Asked::Already);
        let most = u128::try_from(MOST_WAITING).unwrap();
        assert!((1..most).all(|n| exports.ask(request(n)) == Asked::Queued));
        assert_eq!(exports.ask(request(most)), Asked::Full);
    }
}
