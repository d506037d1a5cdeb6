//! Rows as the older Aisha left them.

use super::files::{Address, address};
use super::{Context, Weight, avatar, order, person, places};
use crate::postgres::import::Rules;
use actors::avatar::{RequestId, TrainingType};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use strum::IntoEnumIterator as _;

const ID: &str = "0b8f6c3e-5d0f-4a53-9c1e-0d4c6a1b2f3e";

fn finetune<'a>(payload: &'a Value, request: &RequestId) -> Option<&'a str> {
    payload["finetune_id"].as_str().filter(|id| *id != &*request.0)
}

fn rules() -> Rules {
    let now = DateTime::<Utc>::from_timestamp(1_760_000_000, 0).unwrap();
    let endpoints = TrainingType::iter().map(|kind| (kind, format!("trainer/{}", kind.word())));
    Rules { fal_hosts: vec!["127.0.0.1".to_owned()], endpoints: endpoints.collect(), finetune, now }
}

/// Judges an avatar of a known owner with these columns; answers with its columns and reasons.
fn judged(columns: &Value) -> (Value, Vec<&'static str>) {
    let mut row = json!({
        "id": ID, "owner_telegram_id": "7", "owner_there": true, "name": "Anna",
        "training_type": "portrait", "trigger_phrase": "TOK_0b8f6c3e",
        "created_at": "2025-05-28T10:00:00+00:00", "updated_at": "2025-05-29T10:00:00",
    });
    for (column, value) in columns.as_object().unwrap() {
        row[column] = value.clone();
    }
    let rules = rules();
    let judged = avatar(&row, &Context { rules: &rules, keeper: None });
    let reasons = judged.notes.iter().map(|note| note.reason).collect();
    (serde_json::to_value(judged.row).unwrap(), reasons)
}

#[test]
fn a_training_in_flight_keeps_its_request_and_gets_a_start() {
    let (row, reasons) = judged(&json!({"status": "TRAINING", "fal_request_id": "r-1"}));
    assert_eq!((&row["status"], &row["fal_request_id"]), (&json!("training"), &json!("r-1")));
    assert_eq!(row["training_started_at"], "2025-05-29T10:00:00Z", "no zone is UTC");
    assert_eq!((&row["attempt"], &row["notice"]), (&json!(1), &Value::Null));
    assert_eq!(reasons, ["status_case", "start_null"]);
}

#[test]
fn a_training_that_nobody_can_ask_for_is_an_error_and_told() {
    let (row, reasons) = judged(&json!({"status": "training"}));
    assert_eq!((&row["status"], &row["notice"]), (&json!("error"), &json!("failed")));
    assert_eq!(reasons, ["request_lost"]);
}

#[test]
fn an_invented_result_is_asked_about_and_never_kept() {
    for url in [
        "https://emergency-fallback.com/lora/anna.safetensors",
        "https://cdn.fallback-lora.com/x",
        "https://test.example.com/x",
        "{'url': 'https://status-checker-fallback.com/x', 'file_size': 1}",
    ] {
        let columns = json!({
            "status": "completed", "fal_request_id": "r", "diffusers_lora_file_url": url,
        });
        let (row, reasons) = judged(&columns);
        assert_eq!(row["status"], "training", "{url}");
        assert_eq!(
            (&row["diffusers_lora_file_url"], &row["fal_finished_at"]),
            (&Value::Null, &Value::Null)
        );
        assert!(reasons.contains(&"address_invented") && reasons.contains(&"result_invented"));
    }
    let (row, _) = judged(&json!({"status": "completed", "finetune_id": "fallback-style-anna"}));
    assert_eq!((&row["status"], &row["notice"]), (&json!("error"), &json!("failed")));
}

#[test]
fn weights_that_fal_may_still_have_are_fetched_and_their_owner_is_not_told_twice() {
    let columns = json!({
        "status": "completed", "fal_request_id": "r",
        "diffusers_lora_file_url": "{\"url\": \"https://v3.fal.media/files/a.safetensors\"}",
        "training_completed_at": "2025-06-01T00:00:00Z",
    });
    let (row, reasons) = judged(&columns);
    assert_eq!(row["status"], "training");
    assert_eq!(row["diffusers_lora_file_url"], "https://v3.fal.media/files/a.safetensors");
    assert_eq!(row["fal_finished_at"], "2025-06-01T00:00:00Z");
    assert_eq!(
        (&row["notice"], &row["notice_sent"]),
        (&json!("ready"), &json!("2025-06-01T00:00:00Z"))
    );
    assert_eq!(reasons, ["address_wrapped", "weights_to_fetch"]);
}

#[test]
fn a_finetune_is_kept_unless_it_is_the_request_itself() {
    let of = |finetune: &str| {
        let columns = json!({"status": "completed", "training_type": "style", "fal_request_id": "r",
            "finetune_id": finetune});
        judged(&columns).0
    };
    assert_eq!(
        (&of("f-1")["status"], &of("f-1")["finetune_id"]),
        (&json!("completed"), &json!("f-1"))
    );
    assert_eq!((&of("r")["status"], &of("r")["finetune_id"]), (&json!("training"), &Value::Null));
    let columns = json!({"status": "completed", "fal_request_id": "r",
        "fal_response_data": {"payload": {"finetune_id": "f-2"}}});
    let (row, reasons) = judged(&columns);
    assert_eq!((&row["finetune_id"], reasons), (&json!("f-2"), vec!["finetune_found"]));
}

#[test]
fn rehearsals_are_never_asked_for() {
    for id in ["test_0b8f6c3e_1", "test_request_7"] {
        let (row, _) = judged(&json!({"status": "training", "fal_request_id": id}));
        assert_eq!((&row["status"], &row["notice"]), (&json!("error"), &Value::Null));
    }
}

#[test]
fn words_that_are_null_or_unknown_have_a_meaning_that_is_told() {
    for (columns, status, reason) in [
        (json!({}), "draft", "status_null"),
        (json!({"status": "photos_uploading"}), "draft", "photos_needed"),
        (json!({"status": "READY_FOR_TRAINING"}), "draft", "status_case"),
        (json!({"status": "paused"}), "draft", "status_unknown"),
        (
            json!({"status": "cancelled", "training_type": null, "avatar_type": "STYLE"}),
            "cancelled",
            "type_unknown",
        ),
        (json!({"status": "cancelled", "finetune_type": "full"}), "cancelled", "finetune_type"),
        (
            json!({"status": "cancelled", "fal_priority": "balanced"}),
            "cancelled",
            "priority_balanced",
        ),
        (json!({"status": "cancelled", "trigger_phrase": null}), "cancelled", "trigger_null"),
    ] {
        let (row, reasons) = judged(&columns);
        assert_eq!(row["status"], status, "{columns}");
        assert!(reasons.contains(&reason), "{columns}: {reasons:?}");
    }
}

#[test]
fn what_has_no_owner_is_refused() {
    let (row, reasons) = judged(&json!({"owner_there": false}));
    assert_eq!((row, reasons), (Value::Null, vec!["owner_missing"]));
    let (row, reasons) = judged(&json!({"owner_telegram_id": "@anna"}));
    assert_eq!((row, reasons), (Value::Null, vec!["owner_refused"]));
}

#[test]
fn a_person_is_known_by_a_number() {
    for (id, taken) in [
        (json!("42"), true),
        (json!(42), true),
        (json!("@a"), false),
        (json!("-1"), false),
        (Value::Null, false),
    ] {
        let judged = person(&json!({"id": ID, "telegram_id": id, "is_blocked": null}), rules().now);
        assert_eq!(judged.row.is_some(), taken, "{id}");
        assert_eq!(judged.notes.iter().any(|note| note.weight == Weight::Refused), !taken);
    }
}

#[test]
fn an_address_is_fals_or_it_is_nothing() {
    let hosts = vec!["127.0.0.1".to_owned()];
    let of = |text| address(Some(text), &hosts).0;
    assert!(matches!(of("https://v3b.fal.media/x"), Address::Fals(_)));
    assert!(matches!(of("http://127.0.0.1:9/x"), Address::Fals(_)));
    assert!(matches!(of("https://evil-fal.media.example.org/x"), Address::Foreign));
    assert!(matches!(of("https://notfal.media/x"), Address::Foreign));
    assert!(matches!(of("nonsense"), Address::Foreign));
}

#[test]
fn nothing_of_an_event_is_an_address() {
    let columns = json!({"status": "cancelled",
        "avatar_data": {"error_message": "see https://v3.fal.media/files/a.zip"}});
    let (row, _) = judged(&columns);
    assert_eq!(row["event"]["error_message"], "see https://v3.fal.media/…");
}

/// Judges a completed order of a known owner with these columns.
fn ordered(columns: &Value) -> (Value, Vec<&'static str>) {
    let row = order_row(columns);
    let judged = order(&row);
    let reasons = judged.notes.iter().map(|note| note.reason).collect();
    (serde_json::to_value(judged.row).unwrap(), reasons)
}

fn order_row(columns: &Value) -> Value {
    let mut row = json!({
        "id": ID, "owner_telegram_id": "7", "owner_there": true, "status": "COMPLETED",
        "aspect_ratio": "16:9", "num_images": 1, "original_prompt": "a coat",
        "final_prompt": "TOK in a coat", "created_at": "2025-06-01T10:00:00",
        "result_urls": ["http://old:9000/generated/2025/06/01/x_01.jpg?X-Amz-Signature=1"],
    });
    for (column, value) in columns.as_object().unwrap() {
        row[column] = value.clone();
    }
    row
}

#[test]
fn an_order_of_pictures_is_whole_whatever_is_missing_there() {
    let (row, reasons) = ordered(&json!({}));
    let parameters = &row["parameters"];
    assert_eq!((&parameters["shape"], &parameters["count"]), (&json!("16:9"), &json!(1)));
    assert_eq!(
        (&parameters["words"], &parameters["prompt"]),
        (&json!("a coat"), &json!("TOK in a coat"))
    );
    assert_eq!(
        (&row["created_at"], &row["completed_at"]),
        (&json!("2025-06-01T10:00:00Z"), &row["created_at"])
    );
    assert!(reasons.is_empty(), "{reasons:?}");
    let (row, reasons) = ordered(&json!({
        "aspect_ratio": null, "num_images": 1000, "final_prompt": null, "created_at": null,
    }));
    let parameters = &row["parameters"];
    assert_eq!((&parameters["shape"], &parameters["count"]), (&json!("1:1"), &json!(4)));
    assert_eq!((&parameters["prompt"], &row["created_at"]), (&json!("a coat"), &Value::Null));
    assert_eq!(reasons, ["shape_unknown"]);
}

#[test]
fn an_order_without_a_picture_stays_there_with_its_reason() {
    for (columns, reason) in [
        (json!({"status": "PENDING"}), "in_flight"),
        (json!({"status": "processing"}), "in_flight"),
        (json!({"status": "FAILED"}), "failed"),
        (json!({"status": "cancelled"}), "cancelled"),
        (json!({"status": null}), "status_unknown"),
        (json!({"result_urls": null}), "no_pictures"),
        (json!({"result_urls": []}), "no_pictures"),
        (json!({"result_urls": ["https://picsum.photos/512/512?random=1"]}), "test_picture"),
        (json!({"owner_there": false}), "owner_missing"),
        (json!({"owner_telegram_id": "@anna"}), "owner_refused"),
        (json!({"id": "7"}), "no_id"),
    ] {
        assert_eq!(ordered(&columns), (Value::Null, vec![reason]), "{columns}");
    }
}

#[test]
fn the_place_of_a_picture_is_the_path_of_its_address() {
    let place = |urls: Value| {
        let places = places(uuid::Uuid::nil(), &order_row(&json!({ "result_urls": urls })));
        let found = places.into_iter().map(|place| match place {
            Ok(place) => format!("{}: {} {}", place.position, place.bucket, place.key),
            Err(note) => note.reason.to_owned(),
        });
        found.collect::<Vec<_>>()
    };
    let urls = json!([
        "http://192.168.0.4:9000/generated/generated/2025/06/13/x_01.jpg?X-Amz-Date=1",
        "https://s3.example.org/imagen4/2025/06/13/%D0%BA%20x_02.jpg",
        "https://v3.fal.media/files/panda/x.png",
        "https://picsum.photos/1",
        "http://old/generated",
        "http://old/UPPER/x.jpg",
        "2025/06/13/x_01.jpg",
        null,
    ]);
    let found = [
        "1: generated generated/2025/06/13/x_01.jpg",
        "2: imagen4 2025/06/13/к x_02.jpg",
        "only_at_fal",
        "test_picture",
        "no_address",
        "no_address",
        "no_address",
        "no_address",
    ];
    assert_eq!(place(urls), found);
    assert_eq!(place(json!(r#"["http://old/photos/x_01.jpg"]"#)), ["1: photos x_01.jpg"], "a text");
    assert_eq!(place(json!("http://old/photos/x_01.jpg")), ["1: photos x_01.jpg"]);
}
