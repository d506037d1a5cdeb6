//! FAL: our key, FAL's keys, and the way from FAL to us.

use super::Finding;
use crate::config::{Config, TrainerChoice};
use crate::fal::{
    Catalogue, Fal, FalSettings, KeyCheck, PlatformCheck, WebhookCheck, check_webhook,
    published_keys,
};
use secrecy::ExposeSecret;
use url::{Host, Url};

const KEY: &str = "FAL";
const HISTORY: &str = "FAL's history";
const SIGNATURES: &str = "FAL's signatures";
const WEBHOOK: &str = "webhook address";

pub(super) async fn key(config: &Config) -> Vec<Finding> {
    let finding = match &config.trainer {
        TrainerChoice::Rehearsal { .. } => Finding::note(
            KEY,
            "FAL_TRAINING_TEST_MODE is on: nothing is trained and FAL is not called",
            "unset it to train",
        ),
        TrainerChoice::Fal(settings) if settings.key.expose_secret().is_empty() => {
            Finding::problem(
                KEY,
                "FAL_API_KEY is missing",
                "set FAL's key: https://fal.ai/dashboard/keys",
            )
        }
        TrainerChoice::Fal(settings) => match asking(settings) {
            Ok(fal) => {
                let (key, history) = tokio::join!(fal.check_key(), fal.check_platform());
                return vec![judged(key), readable(history)];
            }
            Err(words) => Finding::problem(KEY, words, "please report this as a bug"),
        },
    };
    vec![finding]
}

fn asking(settings: &FalSettings) -> Result<Fal, String> {
    let catalogue = Catalogue::shipped().map_err(|error| error.to_string())?;
    Fal::new(settings.clone(), catalogue).map_err(|error| error.to_string())
}

/// Nothing depends on this alone, so it is never a problem.
fn readable(check: PlatformCheck) -> Finding {
    match check {
        PlatformCheck::Open => Finding::ok(
            HISTORY,
            "our key may read it, so we can find a submit whose answer was lost",
        ),
        PlatformCheck::Refused(words) => Finding::note(
            HISTORY,
            format!("our key may not read it: {words}"),
            "give FAL_API_KEY the right to read requests; without it, only a webhook finds a submit \
             whose answer was lost, and what FAL stores of requests is not deleted early",
        ),
        PlatformCheck::Unreachable(words) => Finding::note(
            HISTORY,
            format!("it cannot be read now: {words}"),
            "check FAL_PLATFORM_URL; until it answers, a submit whose answer was lost waits for its \
             webhook",
        ),
    }
}

fn judged(check: KeyCheck) -> Finding {
    match check {
        KeyCheck::Known => Finding::ok(KEY, "it answers and knows our key"),
        KeyCheck::Refused(words) => Finding::problem(
            KEY,
            format!("it refuses FAL_API_KEY: {words}"),
            "set a valid key, and check the balance: https://fal.ai/dashboard",
        ),
        KeyCheck::Unreachable(words) => Finding::problem(
            KEY,
            format!("it cannot be reached: {words}"),
            "check FAL_QUEUE_URL and that this machine can reach it; trainings continue once it can",
        ),
    }
}

pub(super) async fn signatures(config: &Config) -> Vec<Finding> {
    if !config.webhooks.verify {
        let off = "FAL_WEBHOOK_VERIFY is false: anybody who can reach us can report results";
        return vec![Finding::note(SIGNATURES, off, "leave it true outside of tests")];
    }
    let finding = match published_keys(&config.webhooks.keys).await {
        Ok(0) => Finding::problem(
            SIGNATURES,
            "the answer contains no key",
            "check FAL_REST_URL; until then webhooks get 503 and trainings are polled",
        ),
        Ok(keys) => Finding::ok(SIGNATURES, format!("{keys} keys to verify them with")),
        Err(words) => Finding::problem(
            SIGNATURES,
            format!("the keys cannot be fetched: {words}"),
            "check FAL_REST_URL and that this machine can reach it; trainings are polled meanwhile",
        ),
    };
    vec![finding]
}

pub(super) async fn webhook(config: &Config) -> Vec<Finding> {
    let TrainerChoice::Fal(settings) = &config.trainer else { return Vec::new() };
    let Some(address) = &settings.webhook else {
        return vec![Finding::note(
            WEBHOOK,
            "FAL_WEBHOOK_URL is not set: trainings are only polled, which works everywhere",
            "to get news sooner, set it to the public https address of POST /webhooks/fal",
        )];
    };
    // Only the host: the rest may contain secrets.
    let host = address.host_str().unwrap_or_default();
    let mut findings = Vec::new();
    if is_private(address) {
        findings.push(Finding::note(
            WEBHOOK,
            format!("{host} is a private address"),
            "use a public one; FAL silently drops calls to private addresses",
        ));
    }
    findings.push(match check_webhook(address).await {
        WebhookCheck::Ours => {
            Finding::ok(WEBHOOK, format!("{host} leads to an aisha, which refuses strangers"))
        }
        WebhookCheck::Foreign(words) => Finding::problem(
            WEBHOOK,
            format!("{host} does not lead to an aisha: {words}"),
            "make the proxy pass POST /webhooks/fal to AISHA_LISTEN without a redirect: FAL treats a 3xx as final",
        ),
        WebhookCheck::Unreachable(words) => Finding::problem(
            WEBHOOK,
            format!("{host} cannot be reached: {words}"),
            "start the service; then check the name, the certificate, the proxy and the firewall. \
             Ignore this if your router merely does not let machines inside call its outside address",
        ),
    });
    findings
}

fn is_private(address: &Url) -> bool {
    match address.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Some(Host::Ipv6(ip)) => ip.is_loopback() || ip.is_unique_local(),
        Some(Host::Domain(name)) => matches!(name.rsplit('.').next(), Some("localhost" | "local")),
        None => false,
    }
}
