//! Arbitrary and mutated answers of FAL: nothing panics, nothing is made up, everything is bounded.

use super::super::answers::{Made, failure, request_id, result, status};
use super::super::signatures::keyring::keys;
use super::super::wire::{Body, read, retry_after};
use super::super::{finetune_id, news};
use actors::avatar::RequestId;
use actors::ports::{Failure, News, ResultAnswer, StatusAnswer, WEIGHTS};
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use serde_json::{Map, Value};
use std::time::Duration;

/// Words from FAL's bodies, so that random bodies sometimes mean something.
const FIELDS: [&str; 24] = [
    "status",
    "error",
    "error_type",
    "detail",
    "msg",
    "type",
    "payload",
    "payload_error",
    "logs",
    "message",
    "queue_position",
    "diffusers_lora_file",
    "lora_file",
    "config_file",
    "finetune_id",
    "url",
    "request_id",
    "keys",
    "kty",
    "crv",
    "x",
    "else",
    "images",
    "has_nsfw_concepts",
];
const WORDS: [&str; 14] = [
    "IN_QUEUE",
    "IN_PROGRESS",
    "COMPLETED",
    "OK",
    "ERROR",
    "face_detection_error",
    "499",
    "1/2",
    "https://v3.fal.media/a",
    "OKP",
    "Ed25519",
    "\0",
    "",
    "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
];

/// Captured bodies: a final status, a failure in each format, results, webhooks, a key set; and one with characters that PostgreSQL rejects.
const CAPTURED: [&str; 10] = [
    r#"{"status":"COMPLETED","request_id":"r","logs":[{"message":"step 120/1000","level":"INFO"}],"metrics":{"inference_time":0.2},"error":"so","error_type":"runner_server_error"}"#,
    r#"{"status":"IN_QUEUE","request_id":"r","response_url":"https://q","queue_position":2,"logs":null,"metrics":{}}"#,
    r#"{"detail":[{"loc":["body","prompt"],"msg":"field required","type":"missing","url":"https://d","input":{"a":1},"ctx":{}}]}"#,
    r#"{"detail":"Request timed out","error_type":"request_timeout"}"#,
    r#"{"diffusers_lora_file":{"url":"https://v3.fal.media/a","file_size":89745224,"content_type":null},"config_file":{"url":"https://v3.fal.media/b"},"seed":17454220438242315174}"#,
    r#"{"error": null, "gateway_request_id": "g", "payload": {"diffusers_lora_file": {"url": "https://v3.fal.media/a"}}, "request_id": "r", "status": "OK"}"#,
    r#"{"error": "Invalid status code: 422", "payload": {"detail": [{"msg": "no", "type": "face_detection_error"}]}, "request_id": "r", "status": "ERROR"}"#,
    r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"1"}]}"#,
    r#"{"images":[{"url":"https://v3.fal.media/a","width":864,"height":1152,"content_type":"image/jpeg"},{"url":"https://v3.fal.media/b","file_size":7}],"timings":{"inference":1.2},"seed":17454220438242315174,"has_nsfw_concepts":[false,true],"prompt":"so"}"#,
    r#"{"detail":"a\u0000b","\u0000k":[{"\u0000":1}],"status":"\u0000"}"#,
];

fn any_json() -> impl Strategy<Value = Value> {
    let page = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(&WORDS[..]).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    page.prop_recursive(5, 48, 6, |inner| {
        let fields = prop::collection::vec((select(&FIELDS[..]), inner.clone()), 0..6);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            fields.prop_map(|fields| {
                let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
                Value::Object(fields.collect::<Map<_, _>>())
            }),
        ]
    })
}

/// A captured body with some bytes changed, cut out or cut off.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec((any::<Index>(), any::<u8>(), 0..4_u8), 0..4);
    (select(&CAPTURED[..]), changes).prop_map(|(body, changes)| {
        let mut body = body.as_bytes().to_vec();
        for (place, byte, how) in changes {
            if body.is_empty() {
                break;
            }
            let place = place.index(body.len());
            match how {
                0 => body[place] = byte,
                1 => body.insert(place, byte),
                2 => drop(body.remove(place)),
                _ => body.truncate(place),
            }
        }
        body
    })
}

fn bounded(failure: &Failure) {
    assert!(failure.message.chars().count() <= 500 && failure.code.chars().count() <= 100);
    for text in [&failure.message, &failure.code] {
        assert!(!text.contains("://") && !text.chars().any(char::is_control), "{text:?}");
    }
}

/// What must hold for any body.
fn examine(body: &Value) {
    let word = body.get("status").and_then(Value::as_str);
    match status(body) {
        StatusAnswer::Running(progress) => {
            assert!(matches!(word, Some("IN_QUEUE" | "IN_PROGRESS")));
            assert!(progress.percent.is_none_or(|percent| (0..100).contains(&percent)));
            assert!(progress.queue_position.is_none_or(|position| position >= 0));
        }
        StatusAnswer::Finished => assert_eq!(word, Some("COMPLETED")),
        StatusAnswer::Failed(failure) => {
            assert_eq!(word, Some("COMPLETED"));
            bounded(&failure);
        }
        StatusAnswer::Unreachable { why } => assert!(why.chars().count() < 100),
        StatusAnswer::Gone => panic!("no body alone says that a job is gone"),
    }
    match news(body) {
        News::Finished { .. } => assert_eq!(word, Some("OK")),
        News::Failed(failure) => {
            assert_eq!(word, Some("ERROR"));
            bounded(&failure);
        }
        News::Unclear => assert!(!matches!(word, Some("OK" | "ERROR"))),
    }
    bounded(&failure("422", body));
    let ResultAnswer::Files { files, answer } = result(body.clone(), Made::Weights(None)) else {
        panic!("a result is files")
    };
    assert_eq!(&answer, body);
    if let Some(file) = files.and_then(|files| files.named(WEIGHTS).map(|file| file.url.clone())) {
        let named = ["diffusers_lora_file", "lora_file"].map(|field| &body[field]["url"]);
        assert!(named.iter().any(|url| url.as_str() == Some(&*file.0)), "invented: {file:?}");
    }
    if let Some(files) = Made::Pictures.files(body) {
        let named = |url: &str| {
            let images = body["images"].as_array().unwrap();
            images.iter().any(|image| image["url"].as_str() == Some(url))
        };
        assert!(files.0.iter().all(|file| named(&file.url.0)), "invented: {files:?}");
    }
    bounded(&Made::Pictures.failure("422", body));
    if let Some(request) = request_id(body) {
        assert!(!request.0.is_empty() && request.0.len() <= 128);
        assert_eq!(finetune_id(&serde_json::json!({"finetune_id": &*request.0}), &request), None);
    }
    assert!(keys(body).len() <= 16);
    let finetune = finetune_id(body, &RequestId("r".into()));
    assert_eq!(finetune, body["finetune_id"].as_str().filter(|id| !matches!(*id, "" | "r")));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn no_json_is_fatal(body in any_json()) {
        examine(&body);
    }

    /// A body is JSON without NUL, or the first words of something else.
    #[test]
    fn no_body_is_fatal(bytes in prop_oneof![mutated(), prop::collection::vec(any::<u8>(), 0..200)]) {
        match read(&bytes) {
            Body::Json(body) => {
                prop_assert!(!body.to_string().contains("\\u0000"));
                examine(&body);
            }
            Body::Text(text) => prop_assert!(text.chars().count() <= 200),
            Body::Broken(why) => prop_assert!(false, "{why}"),
        }
    }

    #[test]
    fn no_wish_to_wait_is_fatal_or_endless(wish in prop_oneof![
        "[ -~]{0,40}",
        "[0-9]{1,40}",
        "(Mon|Tue|Xyz), [0-9]{2} (Jan|Oct) [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} (GMT|\\+0000)",
    ], now in 0..4_102_444_800_i64) {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(&wish).unwrap());
        let now: DateTime<Utc> = DateTime::from_timestamp(now, 0).unwrap();
        let wait = retry_after(&headers, now);
        prop_assert!(wait.is_none_or(|wait| wait <= Duration::from_hours(1)));
        let digits = !wish.is_empty() && wish.bytes().all(|byte| byte.is_ascii_digit());
        prop_assert!(!digits || wait.is_some(), "{}", wish);
    }
}
