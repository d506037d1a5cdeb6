//! What happens to webhooks, and how they are retried.

use std::time::Duration;

/// What happens to the webhook of a job that ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Webhooks {
    /// Signed and delivered, with retries.
    Honest,
    /// Never sent; [`super::Fal::deliver_webhook`] can still send one.
    Lost,
    /// Delivered this many times, whatever the answers.
    Repeated(u32),
    /// The job is done and its webhook delivered before the submit is answered.
    BeforeSubmitAnswer,
    /// Held back for this long, so that the webhooks of later jobs come first.
    Late(Duration),
    /// Signed by a key that FAL does not publish.
    WrongSignature,
    /// Signed correctly, with a timestamp this far in the past.
    Stale(Duration),
    /// `OK` with `payload: null` and a `payload_error`: the result must be fetched.
    NullPayload,
    /// `data` instead of `payload`, as in third-party code.
    WrongField,
}

/// How webhooks are retried; FAL has documented two versions of this.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DeliveryPolicy {
    /// Total number of attempts.
    pub attempts: u32,
    /// Time to answer the first attempt. Not scaled: the receiver runs on a real clock.
    pub first_timeout: Duration,
    /// Time to answer each later attempt. Not scaled.
    pub later_timeout: Duration,
    /// Wait before the second attempt, doubled for each further one.
    pub backoff: Duration,
    /// The longest wait.
    pub backoff_max: Duration,
    /// Real seconds per second waited.
    pub scale: f64,
}

impl DeliveryPolicy {
    /// Ten retries within two hours, 15 s to answer.
    #[must_use]
    pub const fn older() -> Self {
        Self {
            attempts: 11,
            first_timeout: Duration::from_secs(15),
            later_timeout: Duration::from_secs(15),
            backoff: Duration::from_secs(7),
            backoff_max: Duration::from_hours(2),
            scale: 0.01,
        }
    }

    /// Thirty retries within about an hour, 15 s to answer the first time and 120 s later.
    #[must_use]
    pub const fn newer() -> Self {
        Self {
            attempts: 31,
            first_timeout: Duration::from_secs(15),
            later_timeout: Duration::from_mins(2),
            backoff: Duration::from_secs(1),
            backoff_max: Duration::from_secs(150),
            scale: 0.01,
        }
    }

    /// The real time to wait after this many attempts.
    pub(super) fn wait(&self, attempts: u32) -> Duration {
        let doubled = self.backoff.saturating_mul(1 << attempts.saturating_sub(1).min(20));
        doubled.min(self.backoff_max).mul_f64(self.scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_older_policy_spans_two_hours_and_the_newer_one_hour() {
        let span = |policy: DeliveryPolicy| -> Duration {
            let policy = DeliveryPolicy { scale: 1.0, ..policy };
            (1..policy.attempts).map(|attempt| policy.wait(attempt)).sum()
        };
        assert_eq!(span(DeliveryPolicy::older()).as_secs() / 60, 119);
        assert_eq!(span(DeliveryPolicy::newer()).as_secs() / 60, 59);
    }
}
