//! Addresses of files, as far as the older Aisha's can be trusted.

use serde_json::Value;
use url::Url;

/// Hosts that were invented for missing results. They belong to strangers or nobody, and are never
/// contacted.
const INVENTED: [&str; 10] = [
    "fallback-lora.com",
    "emergency-fallback.com",
    "startup-force-fallback.com",
    "startup-checker-fallback.com",
    "status-checker-fallback.com",
    "training-manager-fallback.com",
    "completeness-check-fallback.com",
    "test-fallback.com",
    "example.com",
    "test.example.com",
];

/// Prefixes of invented finetunes.
const INVENTED_FINETUNES: [&str; 2] = ["fallback-style-", "emergency-fallback-"];

/// The kind of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// There is none.
    None,
    /// One of FAL's.
    Fals(String),
    /// Invented, with this host.
    Invented(String),
    /// Not one of FAL's, or not an address.
    Foreign,
}

/// Reads the column, which holds an address or an answer of FAL's in JSON or in Python syntax.
/// Tells whether the address had to be extracted.
pub(super) fn address(text: Option<&str>, fal_hosts: &[String]) -> (Address, bool) {
    let Some(text) = text else { return (Address::None, false) };
    let inner = text.starts_with('{').then(|| inside(text)).flatten();
    let taken_out = inner.is_some();
    let Ok(url) = Url::parse(inner.as_deref().unwrap_or(text)) else {
        return (Address::Foreign, taken_out);
    };
    let host = url.host_str().unwrap_or_default().to_owned();
    let below = |name: &str| host == name || host.ends_with(&format!(".{name}"));
    let found = if INVENTED.iter().any(|name| below(name)) || below("invalid") {
        Address::Invented(host)
    } else if below("fal.media") || fal_hosts.contains(&host) {
        Address::Fals(url.into())
    } else {
        Address::Foreign
    };
    (found, taken_out)
}

/// The `url` of `{"url": …}` or of `{'url': …}`.
fn inside(text: &str) -> Option<String> {
    let json = |text: &str| {
        let value: Value = serde_json::from_str(text).ok()?;
        value["url"].as_str().map(str::to_owned)
    };
    json(text).or_else(|| {
        let (_, rest) = text.split_once("'url'")?;
        let (_, rest) = rest.split_once('\'')?;
        rest.split_once('\'').map(|(url, _)| url.to_owned())
    })
}

/// Whether a finetune was invented.
pub(super) fn is_invented_finetune(id: &str) -> bool {
    INVENTED_FINETUNES.iter().any(|beginning| id.starts_with(beginning))
}
