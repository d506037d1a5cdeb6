//! What an event, a webhook or a notice means, in words that can be understood without the code.

use super::Bought;
use super::heard::says;
use super::moment::span;
use crate::postgres::histories::{Event, Notice, Webhook};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// An event. An unknown kind is printed as stored.
pub(crate) fn event(event: &Event, bought: Bought) -> String {
    let said = |field: &str| said(&event.detail, field);
    let files = bought.word();
    match event.kind.as_str() {
        "started" if bought == Bought::Files => format!("started: {}", said("endpoint")),
        "started" => format!("started: {}, {} steps", said("endpoint"), said("steps")),
        "submit_intended" => "is about to be submitted: from here on FAL may have it".to_owned(),
        "submit_not_accepted" => {
            format!("FAL certainly did not take it: {}; tried again", said("why"))
        }
        "submit_unknown" => format!(
            "the answer to the submit was lost: {}; never repeated, FAL's history is searched for it and \
             its webhook is waited for",
            said("why")
        ),
        "submit_doubted" => {
            "nobody knows yet whether FAL has it; its owner is told that we check".to_owned()
        }
        "submit_accepted" if event.detail["found"] == Value::Bool(true) => {
            format!("FAL's history has it: FAL has it as request {}", said("request"))
        }
        "bought_twice" => format!(
            "FAL has another job of it, {}, which nobody waits for: it is cancelled there",
            said("request")
        ),
        "orphan_cancelled" => {
            format!("FAL was asked to stop {} and says: {}", said("request"), said("answer"))
        }
        "submit_accepted" => format!("FAL has it as request {}", said("request")),
        "looked" => looked(&event.detail),
        "unreachable" => {
            format!("FAL could not be asked: {}; ends nothing, noted once", said("why"))
        }
        "fal_finished" if event.detail["weights_named"] == Value::Bool(true) => {
            format!("FAL has finished and names the {files}")
        }
        "fal_finished" => "FAL has finished; the result is asked for".to_owned(),
        "result_missing" => {
            format!("the {files} could not be had: {}, {}", reason(&said("reason")), said("detail"))
        }
        "parked" => format!(
            "parked until {}: {} tries of {} were begun and the process died in each",
            said("until"),
            said("tries"),
            said("work")
        ),
        "withdrawn" => format!("FAL was asked to stop and says: {}", said("answer")),
        "audited" => format!("looked at once more: the {files} are where they should be"),
        "weights_lost" => format!("the {files} are gone from our store; fetched again"),
        "weights_restored" => format!("the {files} are in our store again"),
        "proposal_lost" => format!("proposed «{}», but somebody was first", said("outcome")),
        "proposal_stale" => format!("proposed «{}» for an attempt that is over", said("outcome")),
        "rechecked" => "is to be looked at now".to_owned(),
        "renotified" => {
            format!("has the notice «{}» sent again, which was {}", said("notice"), said("was"))
        }
        "notice_dismissed" => {
            format!("decided that nothing more is done about the notice «{}»", said("notice"))
        }
        "webhook_replayed" => {
            format!("webhook {} was put back to be processed again", said("webhook"))
        }
        "restored" => "came back by a restored dump: FAL may have it since, so it is never \
                       submitted again blindly"
            .to_owned(),
        "imported" => imported(&event.detail),
        "pictures_brought" => brought(&event.detail),
        "transition" => transition(event, bought),
        kind if event.detail.as_object().is_none_or(serde_json::Map::is_empty) => kind.to_owned(),
        kind => format!("{kind}: {}", event.detail),
    }
}

fn transition(event: &Event, bought: Bought) -> String {
    let said = |field: &str| said(&event.detail, field);
    match said("to").as_str() {
        "completed" if bought == Bought::Files => "COMPLETED: the files are held".to_owned(),
        "completed" if event.source.starts_with("fallback:") => {
            "COMPLETED by a placeholder: the weights are still to come".to_owned()
        }
        "completed" if event.detail["config_missing"].is_string() => format!(
            "COMPLETED: the weights are held, sha256 {}; the trainer's configuration is not: {}",
            said("sha256"),
            said("config_missing")
        ),
        "completed" => format!("COMPLETED: the weights are held, sha256 {}", said("sha256")),
        "error" => format!("ENDED as an error: {}", said("error")),
        "cancelled" => "CANCELLED".to_owned(),
        other => format!("is «{other}» now"),
    }
}

fn imported(detail: &Value) -> String {
    let changes = detail["changes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let changes: Vec<&str> = changes.iter().filter_map(Value::as_str).collect();
    let before = said(detail, "status");
    if changes.is_empty() {
        return format!("taken over from the older Aisha, where it was «{before}»");
    }
    format!("taken over from the older Aisha, where it was «{before}»: {}", changes.join("; "))
}

fn brought(detail: &Value) -> String {
    match detail["positions"].as_array().map_or(0, Vec::len) {
        1 => "1 picture came from the older store".to_owned(),
        pictures => format!("{pictures} pictures came from the older store"),
    }
}

fn looked(detail: &Value) -> String {
    let place = detail["queue_position"].as_i64().map(|n| format!(", place {n} in the queue"));
    let percent = detail["percent"].as_i64().map(|n| format!(", about {n} %"));
    let (place, percent) = (place.unwrap_or_default(), percent.unwrap_or_default());
    format!("FAL says {}{place}{percent}", said(detail, "state"))
}

fn reason(word: &str) -> &str {
    match word {
        "no_url" => "the result names none",
        "url_refused" => "their address is not one of FAL's",
        "download_failed" => "the download failed",
        "size_mismatch" => "the file is shorter or longer than announced",
        "not_safetensors" => "the file is no safetensors file",
        "not_a_picture" => "the file is no picture that we can read",
        "store_failed" => "our own store did not take them",
        "gone" => "FAL no longer has them",
        "unreachable" => "FAL does not answer",
        "parked" => "not tried, because earlier tries took the process with them",
        other => other,
    }
}

/// A field as a person reads it.
fn said(detail: &Value, field: &str) -> String {
    match detail.get(field) {
        None | Some(Value::Null) => "—".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// A stored webhook and its outcome.
pub(crate) fn webhook(webhook: &Webhook, bought: Bought) -> String {
    let times = match webhook.deliveries {
        ..=1 => String::new(),
        times => format!(", delivered {times} times"),
    };
    let fate = match (webhook.processed_at, webhook.outcome.as_deref()) {
        (None, _) => "NOT PROCESSED yet".to_owned(),
        (Some(at), outcome) => {
            let outcome = match outcome {
                Some("nothing_new") => "brought nothing new",
                Some("another_job") => "about another job than ours, which is cancelled",
                Some("late") => "came when nothing could change any more",
                Some(outcome) => outcome,
                None => "done",
            };
            format!("processed after {}: {outcome}", between(webhook.received_at, at))
        }
    };
    format!("webhook: {}{times}; {fate}", says(&webhook.body, bought))
}

/// What its owner was told; `None` for a notice whose outcome is still unknown.
pub(crate) fn told(notice: &Notice) -> Option<String> {
    let (kind, tries) = (&notice.kind, notice.tries);
    let error = notice.last_error.as_deref().unwrap_or("no reason noted");
    let tries = if tries == 1 { "1 try".to_owned() } else { format!("{tries} tries") };
    match notice.status.as_str() {
        "sent" => {
            let took = notice.sent_at.map(|at| between(notice.created_at, at)).unwrap_or_default();
            let message = notice.telegram_message_id.map(|id| format!(", message {id}"));
            let message = message.unwrap_or_default();
            Some(format!("told «{kind}» {took} after it was true, {tries}{message}"))
        }
        "uncertain" => {
            let repaired = match (notice.repaired_at, notice.reason.is_some()) {
                (Some(_), _) => "the status message says it instead",
                (None, false) => "the status message is to say it instead",
                (None, true) => "no message can say it, an operator decides",
            };
            Some(format!("«{kind}» may have arrived or not: {error}; {repaired}"))
        }
        "dead" => {
            let reason = notice.reason.as_deref().unwrap_or("refused");
            Some(format!("«{kind}» was GIVEN UP ({reason}) after {tries}: {error}"))
        }
        _ => None,
    }
}

fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> String {
    span((to - from).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(kind: &str, source: &str, detail: Value) -> String {
        let (kind, source) = (kind.to_owned(), source.to_owned());
        let event = Event { at: DateTime::default(), attempt: 1, source, kind, detail };
        super::event(&event, Bought::Weights)
    }

    #[test]
    fn a_job_that_is_no_training_is_told_without_weights() {
        let of = |kind: &str, detail| {
            let (source, kind) = ("webhook-handler".to_owned(), kind.to_owned());
            let event = Event { at: DateTime::default(), attempt: 1, source, kind, detail };
            super::event(&event, Bought::by("generation"))
        };
        for (kind, detail, expected) in [
            ("started", json!({"endpoint": "owner/alias"}), "started: owner/alias"),
            (
                "fal_finished",
                json!({"weights_named": true}),
                "FAL has finished and names the files",
            ),
            (
                "result_missing",
                json!({"reason": "gone", "detail": "404"}),
                "the files could not be had: FAL no longer has them, 404",
            ),
            ("transition", json!({"to": "completed"}), "COMPLETED: the files are held"),
            ("transition", json!({"to": "error", "error": "nsfw"}), "ENDED as an error: nsfw"),
        ] {
            assert_eq!(of(kind, detail), expected);
        }
    }

    #[test]
    fn every_kind_that_the_cast_notes_has_words() {
        let kinds = [
            "started",
            "submit_intended",
            "submit_not_accepted",
            "submit_unknown",
            "submit_doubted",
            "bought_twice",
            "orphan_cancelled",
            "submit_accepted",
            "looked",
            "unreachable",
            "fal_finished",
            "result_missing",
            "withdrawn",
            "parked",
            "audited",
            "weights_lost",
            "weights_restored",
            "proposal_lost",
            "proposal_stale",
            "rechecked",
            "renotified",
            "transition",
            "webhook_replayed",
            "imported",
            "pictures_brought",
            "restored",
        ];
        for kind in kinds {
            let words = of(kind, "status-checker", json!({}));
            assert!(words.contains(' ') && !words.contains('_'), "{kind}: {words}");
        }
        assert_eq!(of("note", "operator", json!({})), "note");
        assert_eq!(of("note", "operator", json!({"a": 1})), r#"note: {"a":1}"#);
    }

    #[test]
    fn what_fal_said_is_told_as_far_as_it_went() {
        let detail = json!({"state": "IN_QUEUE", "queue_position": 3, "percent": null});
        assert_eq!(
            of("looked", "status-checker", detail),
            "FAL says IN_QUEUE, place 3 in the queue"
        );
        let placeholder = of("transition", "fallback:status-checker", json!({"to": "completed"}));
        assert!(placeholder.contains("placeholder"), "{placeholder}");
    }
}
