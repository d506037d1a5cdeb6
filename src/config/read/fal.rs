//! FAL: its addresses and our key, its webhooks, the waits of a training.

use super::Reader;
use super::value::{address_of, is_loopback, known};
use crate::config::{Http, Pictures, TrainerChoice, Webhooks};
use crate::fal::FalSettings;
use actors::generation;
use actors::ports::MOST_PICTURES;
use actors::process::Roles;
use actors::timing::{DOUBT, Fallback, Policy, UNBOUGHT};
use std::time::Duration;

/// The default address of FAL's uploads and keys.
const FAL_REST: &str = "https://rest.fal.ai";

/// Largest `GIFT_IMAGES`: everybody's avatar costs as much.
const MOST_GIFT: u8 = 20;

impl Reader<'_> {
    pub(super) fn trainer(&mut self, roles: Roles) -> TrainerChoice {
        let steps = self.value("FAL_DEFAULT_ITERATIONS", 500, 1, 10_000);
        let takes = self.seconds("FAL_MOCK_TRAINING_DURATION", 30, 0);
        let queue = self.url("FAL_QUEUE_URL", "https://queue.fal.run");
        let rest = self.url("FAL_REST_URL", FAL_REST);
        let platform = self.url("FAL_PLATFORM_URL", "https://api.fal.ai");
        let webhook = self.text("FAL_WEBHOOK_URL").is_some();
        let webhook = webhook.then(|| self.url("FAL_WEBHOOK_URL", FAL_REST));
        if self.switch("FAL_TRAINING_TEST_MODE", false) {
            self.remarks.push("test mode: nothing is trained and nothing is spent".to_owned());
            return TrainerChoice::Rehearsal { takes, steps };
        }
        let key = self.secret("FAL_API_KEY");
        if key.is_none() && roles.trainer {
            self.mistake(
                "FAL_API_KEY",
                "it is missing",
                "set FAL's key, or FAL_TRAINING_TEST_MODE=true to try without one",
            );
        }
        if webhook.is_none() && roles.trainer {
            self.remarks.push(
                "FAL_WEBHOOK_URL is not set: trainings are only polled, which works everywhere; \
                 with a public address the news comes sooner"
                    .to_owned(),
            );
        }
        let key = key.unwrap_or_default();
        TrainerChoice::Fal(Box::new(FalSettings { queue, rest, platform, key, webhook, steps }))
    }

    pub(super) fn webhooks(&mut self, http: &Http) -> Webhooks {
        let verify = self.switch("FAL_WEBHOOK_VERIFY", true);
        let all_on_loopback = http.public.ip().is_loopback() && http.admin.ip().is_loopback();
        if !verify && !all_on_loopback {
            self.mistake(
                "FAL_WEBHOOK_VERIFY",
                "false would let anybody report results",
                "leave it true, or listen on loopback only",
            );
        }
        let called = self.text("FAL_WEBHOOK_URL").and_then(|text| address_of(text).ok());
        if !verify && called.is_some_and(|url| !is_loopback(&url)) {
            self.mistake(
                "FAL_WEBHOOK_VERIFY",
                "false would let anybody report results through the proxy at FAL_WEBHOOK_URL",
                "leave it true, or unset FAL_WEBHOOK_URL",
            );
        }
        let user = self.text("FAL_USER_ID").map(str::to_owned);
        if user.is_none() && verify {
            self.remarks.push(
                "FAL_USER_ID is not set: FAL signs for all of its customers, so our own FAL user id is \
                 learned from the first webhook about one of our trainings; from then on webhooks for \
                 others are refused"
                    .to_owned(),
            );
        }
        // A wrong address is recorded where the trainer is read; once is enough.
        let keys = self.text("FAL_REST_URL").and_then(|text| address_of(text).ok());
        let keys = keys.unwrap_or_else(|| known(FAL_REST));
        Webhooks { verify, user, keys }
    }

    pub(super) fn policy(&mut self) -> Policy {
        let policy = Policy {
            first_check: self.seconds("FAL_FIRST_CHECK_DELAY", 30, 0),
            interval: self.seconds("FAL_STATUS_CHECK_INTERVAL", 60, 1),
            timeout: self.seconds("FAL_TRAINING_TIMEOUT", 86_400, 1),
            completeness: self.seconds("COMPLETENESS_CHECK_DELAY", 600, 0),
            doubt: DOUBT,
            unbought: UNBOUGHT,
            fallback: self.fallback(),
        };
        if policy.timeout < Duration::from_hours(1) {
            self.remarks.push(
                "FAL_TRAINING_TIMEOUT is below an hour: trainings can take an hour, and those that \
                 take longer than this are given up although they are paid for"
                    .to_owned(),
            );
        }
        policy
    }

    pub(super) fn pictures(&mut self) -> Pictures {
        let interval = self.seconds("FAL_GENERATION_CHECK_INTERVAL", 3, 1);
        let timeout = self.seconds("FAL_GENERATION_TIMEOUT", 900, 1);
        let most = self.value("IMAGES_PER_REQUEST", MOST_PICTURES, 1, MOST_PICTURES);
        let gift = self.value("GIFT_IMAGES", 4, 0, MOST_GIFT);
        Pictures { policy: generation::waits(interval, timeout), most, gift }
    }

    fn fallback(&mut self) -> Fallback {
        match self.text("RESULT_FALLBACK").map(str::to_lowercase).as_deref() {
            None | Some("honest") => Fallback::Honest,
            Some("placeholder") => {
                self.remarks.push(
                    "RESULT_FALLBACK=placeholder: a training whose weights are out of reach is marked \
                     completed with a placeholder, and repaired later"
                        .to_owned(),
                );
                Fallback::Placeholder
            }
            Some(other) => {
                let problem = format!("«{other}» is unknown");
                self.mistake("RESULT_FALLBACK", problem, "write honest or placeholder");
                Fallback::Honest
            }
        }
    }
}
