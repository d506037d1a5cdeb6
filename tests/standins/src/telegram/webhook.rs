//! The bot's own server: its address, and the outcome of the last delivery.

mod delivery;

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::{params::Params, queue::Lane, refusal::Refusal, updates::WEBHOOK_SET, world::World};
pub(crate) use delivery::deliver_forever;

/// The ports that a webhook may use.
const PORTS: [u16; 4] = [443, 80, 88, 8443];

/// A webhook that is set.
#[derive(Debug)]
pub(crate) struct Hook {
    url: String,
    secret: String,
    max_connections: usize,
    /// Lanes with an update in flight.
    busy: HashSet<Lane>,
    /// Lanes that failed: how often, and when to try again.
    failed: HashMap<Lane, (u32, Instant)>,
    /// For `getWebhookInfo`.
    last_error: Option<(DateTime<Utc>, String)>,
    /// Since when it has answered nothing but 410.
    gone_since: Option<Instant>,
}

/// `setWebhook`, and `deleteWebhook` with an empty address; returns the description of what else
/// happened.
pub(crate) fn set(
    world: &mut World,
    params: &Params,
    url: &str,
) -> Result<(Value, &'static str), Refusal> {
    let now = Instant::now();
    if !url.is_empty() {
        if world.webhook_set_at.is_some_and(|at| now.duration_since(at) < Duration::from_secs(1)) {
            return Err(Refusal::too_many(1));
        }
        world.webhook_set_at = Some(now);
        check(url)?;
    }
    let secret = secret(params)?;
    let max = params.int("max_connections").unwrap_or(40).clamp(1, 100);
    let max_connections = usize::try_from(max).unwrap_or(1);
    let drop_pending = params.flag("drop_pending_updates");
    let same = match &world.webhook {
        None => url.is_empty(),
        Some(hook) => {
            (hook.url.as_str(), &hook.secret, hook.max_connections)
                == (url, &secret, max_connections)
        }
    };
    world.queue.allow(params.json("allowed_updates")?.as_ref());
    if drop_pending {
        world.queue.clear();
    }
    if same {
        let told =
            if url.is_empty() { "Webhook is already deleted" } else { "Webhook is already set" };
        return Ok((json!(true), told));
    }
    world.polling.end(WEBHOOK_SET);
    world.webhook = (!url.is_empty()).then(|| Hook {
        url: url.to_owned(),
        secret,
        max_connections,
        busy: HashSet::new(),
        failed: HashMap::new(),
        last_error: None,
        gone_since: None,
    });
    Ok((json!(true), if url.is_empty() { "Webhook was deleted" } else { "Webhook was set" }))
}

/// Only public HTTPS on four ports; here also plain HTTP on loopback, because a test could not use
/// a webhook otherwise.
fn check(url: &str) -> Result<(), Refusal> {
    let bad = |why: &str| Err(Refusal::bad(format!("bad webhook: {why}")));
    let Ok(url) = Url::parse(url) else { return bad("Invalid HTTP URL specified") };
    if matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]")) {
        return Ok(());
    }
    if url.scheme() != "https" {
        return bad("An HTTPS URL must be provided for webhook");
    }
    if !url.port_or_known_default().is_some_and(|port| PORTS.contains(&port)) {
        return bad("Webhook can be set up only on ports 80, 88, 443 or 8443");
    }
    Ok(())
}

fn secret(params: &Params) -> Result<String, Refusal> {
    let secret = params.text("secret_token").unwrap_or_default();
    if secret.len() > 256 {
        return Err(Refusal::bad("secret token is too long"));
    }
    if !secret.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-')) {
        return Err(Refusal::bad("secret token contains unallowed characters"));
    }
    Ok(secret)
}

/// `getWebhookInfo`.
pub(crate) fn info(world: &mut World) -> Value {
    let mut info = json!({
        "url": "",
        "has_custom_certificate": false,
        "pending_update_count": world.queue.waiting().len(),
    });
    if let Some(allowed) = world.queue.allowed() {
        info["allowed_updates"] = json!(allowed);
    }
    if let Some(hook) = &world.webhook {
        info["url"] = json!(hook.url);
        info["max_connections"] = json!(hook.max_connections);
        info["ip_address"] = json!("127.0.0.1");
        if let Some((at, message)) = &hook.last_error {
            info["last_error_date"] = json!(at.timestamp());
            info["last_error_message"] = json!(message);
        }
    }
    info
}
