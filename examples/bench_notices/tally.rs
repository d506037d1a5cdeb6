//! Reading the stand-in's ledger.

use chrono::{DateTime, Utc};
use standins::telegram::{Call, Telegram};
use std::collections::BTreeMap;
use std::time::Duration;

/// The outcome of a crowd of notices.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Distinct notices that arrived.
    pub(crate) delivered: usize,
    /// Arrivals beyond the first of each.
    pub(crate) duplicates: usize,
    /// Accepted, but the answer was swallowed.
    pub(crate) swallowed: usize,
    /// 429s that nobody ordered.
    pub(crate) refused: usize,
    /// Messages and edits that Telegram accepted from the first notice to the last.
    pub(crate) messages: usize,
    /// How long that took.
    pub(crate) took: Duration,
}

impl Tally {
    /// Reads the calls since the ledger had this length.
    pub(crate) fn since(telegram: &Telegram, mark: usize) -> Self {
        let calls = telegram.calls();
        let calls = &calls[mark.min(calls.len())..];
        let counted = |call: &&Call| ["sendMessage", "editMessageText"].contains(&&*call.method);
        let taken: Vec<&Call> =
            calls.iter().filter(counted).filter(|call| call.succeeded()).collect();
        let mut arrivals: BTreeMap<(Option<i64>, &str), usize> = BTreeMap::new();
        for call in taken.iter().filter(|call| is_notice(call)) {
            *arrivals.entry((call.chat_id(), text(call))).or_default() += 1;
        }
        let notices = || taken.iter().filter(|call| is_notice(call)).map(|call| call.at);
        let (first, last) =
            (notices().min().unwrap_or_default(), notices().max().unwrap_or_default());
        Self {
            delivered: arrivals.len(),
            duplicates: arrivals.values().map(|times| times - 1).sum(),
            swallowed: taken.iter().filter(|c| c.fault.is_some() && is_notice(c)).count(),
            refused: calls.iter().filter(|call| call.refused_with() == Some(429)).count(),
            messages: taken.iter().filter(|call| first <= call.at && call.at <= last).count(),
            took: between(first, last),
        }
    }

    /// Messages per second against the thirty that Telegram allows. The first one takes no time.
    pub(crate) fn efficiency(&self) -> f64 {
        let messages = u32::try_from(self.messages.saturating_sub(1)).unwrap_or(u32::MAX);
        f64::from(messages) / self.took.as_secs_f64().max(0.001) / 30.0
    }
}

/// All notices of a crowd are about a «Style».
pub(crate) fn is_notice(call: &Call) -> bool {
    call.method == "sendMessage" && text(call).contains("Style")
}

fn text(call: &Call) -> &str {
    call.params.get("text").and_then(serde_json::Value::as_str).unwrap_or_default()
}

pub(crate) fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> Duration {
    (to - from).to_std().unwrap_or_default()
}

/// The time within which this percentage came.
pub(crate) fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort();
    let index = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(index).copied().unwrap_or_default()
}
