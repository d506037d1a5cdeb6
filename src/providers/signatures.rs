//! Verifying FAL's webhooks.

use super::Noted;
use actors::ports::{RawDelivery, Rejection, Signatures};
use async_trait::async_trait;
use std::time::Duration;

impl Noted<dyn Signatures> {
    fn note(&self, verdict: &Result<(), Rejection>) {
        self.health.heard(|webhooks, now| match verdict {
            Ok(()) => (webhooks.verified_at, webhooks.keyless_since) = (Some(now), None),
            Err(Rejection::NotSigned(_)) => webhooks.forged_at = Some(now),
            Err(Rejection::KeysOutOfReach) => {
                webhooks.keyless_since.get_or_insert(now);
            }
        });
    }
}

#[async_trait]
impl Signatures for Noted<dyn Signatures> {
    async fn verify(&self, delivery: &RawDelivery) -> Result<(), Rejection> {
        let verdict = self.port.verify(delivery).await;
        self.note(&verdict);
        verdict
    }

    fn glance(&self, head: &RawDelivery) -> Result<(), Rejection> {
        let refused = self.port.glance(head);
        if refused.is_err() {
            self.note(&refused);
        }
        refused
    }

    async fn verify_known(&self, deliveries: &[RawDelivery]) -> Vec<Option<Result<(), Rejection>>> {
        let verdicts = self.port.verify_known(deliveries).await;
        verdicts.iter().flatten().for_each(|verdict| self.note(verdict));
        verdicts
    }

    fn learns_user(&self) -> bool {
        self.port.learns_user()
    }

    fn learn_user(&self, user: &str) {
        self.port.learn_user(user);
    }

    fn keys_age(&self) -> Option<Duration> {
        self.port.keys_age()
    }
}
