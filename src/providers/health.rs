//! What each provider answered recently.

use crate::redaction::redacted;
use actors::clock::Clock;
use actors::metrics;
use chrono::{DateTime, Utc};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use strum::IntoStaticStr;
use tokio::time::Instant;

type At = DateTime<Utc>;

/// Number of answers from which the typical time is computed.
const RECENT: usize = 64;

/// On whom we depend, beside PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Provider {
    /// Trains.
    Fal,
    /// Carries messages.
    Telegram,
    /// Keeps objects.
    Store,
}

impl Provider {
    fn word(self) -> &'static str {
        self.into()
    }
}

/// The kind of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The expected answer.
    Ok,
    /// A refusal, which is still an answer.
    Refused,
    /// No answer, for this reason.
    Failed(String),
}

/// The health of a provider, as far as this process has used it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// The last answer.
    pub answered_at: Option<At>,
    /// Since when there has been none, with the latest reason.
    pub failing: Option<(At, String)>,
    /// The median time of the recent answers.
    pub typical: Option<Duration>,
    /// The slowest of them.
    pub slowest: Option<Duration>,
}

/// The state of FAL's webhooks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Webhooks {
    /// The last one signed by FAL.
    pub verified_at: Option<At>,
    /// The last one that was not.
    pub forged_at: Option<At>,
    /// Since when no webhook can be verified, because FAL's keys are not available.
    pub keyless_since: Option<At>,
}

#[derive(Debug, Default)]
struct Record {
    standing: Condition,
    recent: VecDeque<Duration>,
}

/// The health of this process's providers.
#[derive(Debug)]
pub struct ProviderHealth {
    clock: Clock,
    fal: Mutex<Record>,
    telegram: Mutex<Record>,
    store: Mutex<Record>,
    webhooks: Mutex<Webhooks>,
}

impl ProviderHealth {
    /// Health without any answers yet.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            fal: Mutex::default(),
            telegram: Mutex::default(),
            store: Mutex::default(),
            webhooks: Mutex::default(),
        }
    }

    /// The health of this provider.
    #[must_use]
    pub fn standing(&self, of: Provider) -> Condition {
        let record = self.record(of);
        let mut times: Vec<_> = record.recent.iter().copied().collect();
        times.sort_unstable();
        let (typical, slowest) = (times.get(times.len() / 2).copied(), times.last().copied());
        Condition { typical, slowest, ..record.standing.clone() }
    }

    /// The state of FAL's webhooks.
    #[must_use]
    pub fn webhooks(&self) -> Webhooks {
        *lock(&self.webhooks)
    }

    /// Makes a call and records its outcome.
    pub(super) async fn asks<T>(
        &self,
        (whom, what): (Provider, &'static str),
        asked: impl Future<Output = T> + Send,
        meaning: impl FnOnce(&T) -> Answer,
    ) -> T {
        let begun = Instant::now();
        let answer = asked.await;
        self.note(whom, what, begun.elapsed(), meaning(&answer));
        answer
    }

    /// Makes a call and only measures it, because its answer says nothing about the provider's
    /// health.
    pub(super) async fn only_measures<T>(
        (whom, what): (Provider, &'static str),
        asked: impl Future<Output = T> + Send,
        outcome: impl FnOnce(&T) -> &'static str,
    ) -> T {
        let begun = Instant::now();
        let answer = asked.await;
        let labels = [whom.word(), what, outcome(&answer)];
        metrics::PROVIDER_REQUEST.took_as(&labels, begun.elapsed());
        answer
    }

    fn note(&self, whom: Provider, what: &'static str, took: Duration, answer: Answer) {
        let now = self.clock.now();
        let outcome = match answer {
            Answer::Ok => "ok",
            Answer::Refused => "refused",
            Answer::Failed(_) => "failed",
        };
        metrics::PROVIDER_REQUEST.took_as(&[whom.word(), what, outcome], took);
        let mut record = self.record(whom);
        let Answer::Failed(why) = answer else {
            record.standing.answered_at = Some(now);
            record.standing.failing = None;
            if record.recent.len() >= RECENT {
                record.recent.pop_front();
            }
            record.recent.push_back(took);
            return;
        };
        let since = record.standing.failing.as_ref().map_or(now, |(since, _)| *since);
        record.standing.failing = Some((since, redacted(&why)));
    }

    pub(super) fn heard(&self, change: impl FnOnce(&mut Webhooks, At)) {
        change(&mut lock(&self.webhooks), self.clock.now());
    }

    fn record(&self, of: Provider) -> MutexGuard<'_, Record> {
        lock(match of {
            Provider::Fal => &self.fal,
            Provider::Telegram => &self.telegram,
            Provider::Store => &self.store,
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health() -> ProviderHealth {
        ProviderHealth::new(Clock::start(DateTime::UNIX_EPOCH))
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_keeps_its_beginning_and_ends_with_any_answer() {
        let health = health();
        let failed = |why: &str| Answer::Failed(why.to_owned());
        for (after, why) in [(5, "timed out"), (5, "https://queue.fal.run/key/x refused")] {
            tokio::time::advance(Duration::from_secs(after)).await;
            health.note(Provider::Fal, "status", Duration::ZERO, failed(why));
        }
        let (since, why) = health.standing(Provider::Fal).failing.unwrap();
        assert_eq!((since.timestamp(), why.as_str()), (5, "https://queue.fal.run/… refused"));
        assert_eq!(health.standing(Provider::Store), Condition::default());
        health.note(Provider::Fal, "status", Duration::ZERO, Answer::Refused);
        let standing = health.standing(Provider::Fal);
        assert_eq!(standing.failing, None);
        assert_eq!(standing.answered_at.unwrap().timestamp(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn the_usual_time_is_that_of_half_of_the_last_answers() {
        let health = health();
        for ms in 0..200 {
            health.note(Provider::Telegram, "send", Duration::from_millis(ms), Answer::Ok);
        }
        let standing = health.standing(Provider::Telegram);
        assert_eq!(standing.slowest, Some(Duration::from_millis(199)));
        assert_eq!(standing.typical, Some(Duration::from_millis(168)));
    }
}
