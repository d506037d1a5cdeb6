//! Removing addresses from text.

use serde_json::Value;
use url::Url;

/// The same text with every address cut to its scheme and host.
pub(crate) fn redacted(words: &str) -> String {
    let mut clean = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(at) = ["http://", "https://"].iter().filter_map(|form| rest.find(form)).min() {
        let (before, address) = rest.split_at(at);
        let ends = |c: char| c.is_whitespace() || "\"'<>()[]{}«»`,;".contains(c);
        let (address, after) = address.split_at(address.find(ends).unwrap_or(address.len()));
        clean.push_str(before);
        match Url::parse(address).ok().as_ref().and_then(Url::host_str) {
            Some(host) => clean.extend(["https://", host, "/…"]),
            None => clean.push('…'),
        }
        rest = after;
    }
    clean.push_str(rest);
    clean
}

/// The same value, with every text redacted.
pub(crate) fn redacted_value(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(redacted(&text)),
        Value::Array(values) => Value::Array(values.into_iter().map(redacted_value).collect()),
        Value::Object(fields) => Value::Object(
            fields.into_iter().map(|(key, value)| (key, redacted_value(value))).collect(),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn of_an_address_only_the_host_is_left() {
        for (words, expected) in [
            ("no address", "no address"),
            (
                "could not open https://v3.fal.media/files/a.zip?k=1: gone",
                "could not open https://v3.fal.media/… gone",
            ),
            (
                "(http://u:p@h.example/bot1:AA/x), twice http://h",
                "(https://h.example/…), twice https://h/…",
            ),
            ("a bare https://", "a bare …"),
        ] {
            assert_eq!(redacted(words), expected);
        }
        let value = json!({"why": ["https://a.b/c", 1]});
        assert_eq!(redacted_value(value), json!({"why": ["https://a.b/…", 1]}));
    }
}
