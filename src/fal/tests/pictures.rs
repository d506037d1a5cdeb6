//! The output of a finished generation, and its failures, as webhooks and results report them.

use super::super::answers::Made;
use super::super::news::read;
use actors::ports::{FailureKind, Files, News};
use serde_json::{Value, json};

fn files(payload: &Value) -> Option<Vec<(&'static str, String, Option<u64>)>> {
    let Files(files) = Made::Pictures.files(payload)?;
    Some(files.into_iter().map(|file| (file.name, file.url.0.into(), file.byte_size)).collect())
}

fn names(payload: &Value) -> Option<Vec<&'static str>> {
    Some(files(payload)?.into_iter().map(|(name, ..)| name).collect())
}

fn four() -> Value {
    let image = |n: u8| json!({ "url": format!("https://v3.fal.media/{n}"), "width": 864 });
    json!([image(1), image(2), image(3), image(4)])
}

#[test]
fn pictures_are_named_by_their_position() {
    let body = json!({ "images": [
        { "url": "https://a", "file_size": 300_000, "width": 864, "height": 1152 },
        { "url": "https://b", "file_size": null },
    ], "has_nsfw_concepts": [false, false], "seed": 17_454_220_438_242_315_174_u64 });
    let expected = [
        ("picture-1", "https://a".to_owned(), Some(300_000)),
        ("picture-2", "https://b".to_owned(), None),
    ];
    assert_eq!(files(&body).unwrap(), expected);
}

#[test]
fn what_the_safety_checker_blacked_out_is_left_out() {
    let all = ["picture-1", "picture-2", "picture-3", "picture-4"];
    for (flags, left) in [
        (json!([false, false, false, false]), &all[..]),
        (json!([true, false, false, false]), &all[1..]),
        (json!([true, true, true, true]), &[]),
        (json!([true]), &all[1..]),
        (json!([]), &all),
        (json!(null), &all),
        (json!("no"), &all),
        (json!(["true", 1, null, true]), &all[..3]),
        (json!([false, false, false, false, true]), &all),
    ] {
        let body = json!({ "images": four(), "has_nsfw_concepts": flags });
        assert_eq!(names(&body).unwrap(), left, "{flags}");
    }
    assert_eq!(names(&json!({ "images": four() })).unwrap(), all, "newer answers have no flags");
}

#[test]
fn what_names_no_picture_says_nothing() {
    for body in [
        json!({}),
        json!([]),
        json!(null),
        json!({ "images": null }),
        json!({ "images": {} }),
        json!({ "images": [] }),
        json!({ "images": [], "has_nsfw_concepts": [true] }),
        json!({ "images": [{}, { "url": "" }, { "url": 7 }, "https://a", null] }),
        json!({ "image": { "url": "https://a" } }),
        json!({ "diffusers_lora_file": { "url": "https://a" } }),
    ] {
        assert_eq!(files(&body), None, "{body}");
    }
    let five = json!({ "images": [{}, {}, {}, {}, { "url": "https://fifth" }] });
    assert_eq!(files(&five), None, "we never order a fifth");
    let second = json!({ "images": [{}, { "url": "https://b" }] });
    assert_eq!(names(&second).unwrap(), ["picture-2"]);
}

#[test]
fn a_webhook_about_pictures_is_understood() {
    let ok = json!({ "error": null, "status": "OK", "request_id": "r",
        "payload": { "images": four(), "has_nsfw_concepts": [false, true, false, false] } });
    let News::Finished { files: Some(made), answer } = read(&ok, Made::Pictures) else {
        panic!("not finished")
    };
    assert_eq!((made.0.len(), &answer), (3, &ok["payload"]));
    let empty = json!({ "status": "OK", "payload": null, "payload_error": "so" });
    assert!(matches!(read(&empty, Made::Pictures), News::Finished { files: None, .. }));
    assert_eq!(read(&json!({ "status": "COMPLETED" }), Made::Pictures), News::Unclear);
}

#[test]
fn weights_that_fal_could_not_read_are_told_from_other_failures() {
    let url = "https://v3.fal.media/files/b/404/weights.safetensors";
    let list = |kind: &str, message: &str| json!({ "detail": [{ "type": kind, "msg": message }] });
    let flat = |message: &str| json!({ "detail": message });
    let of_toolkit = format!("Failed to get remote file properties for {url}: 403");
    for (body, kind) in [
        (list("file_download_error", "no"), FailureKind::BadArchive),
        (list("value_error", &format!("Failed to download {url}")), FailureKind::BadArchive),
        (list("internal_server_error", &of_toolkit), FailureKind::BadArchive),
        (flat(&format!("Failed to download {url} to /data/x")), FailureKind::BadArchive),
        (flat(&format!("HTTP Error 404: Not Found for {url}")), FailureKind::BadArchive),
        (flat(&format!("403 Client Error: Forbidden for url: {url}")), FailureKind::BadArchive),
        // What else has digits in it.
        (flat(&format!("Cannot load {url}")), FailureKind::Other),
        (flat("Seed 4031 is odd"), FailureKind::Other),
        (json!({ "error": "Invalid status code: 404" }), FailureKind::Other),
        (list("content_policy_violation", "Failed to download"), FailureKind::ContentPolicy),
        (list("less_than_equal", "Input should be at most 4"), FailureKind::OurMistake),
        (json!({ "detail": "so", "error_type": "runner_disconnected" }), FailureKind::TrainerDown),
    ] {
        let failure = Made::Pictures.failure("ERROR", &body);
        assert_eq!(failure.kind, kind, "{body}");
        assert!(!failure.message.contains("fal.media"), "{}", failure.message);
        let webhook = json!({ "status": "ERROR", "payload": body });
        if webhook["payload"].get("detail").is_some() {
            let News::Failed(told) = read(&webhook, Made::Pictures) else { panic!("not failed") };
            assert_eq!(told.kind, kind, "{webhook}");
        }
    }
    let trained = Made::Weights(None).failure("422", &flat("HTTP Error 404"));
    assert_eq!(trained.kind, FailureKind::Other, "a training has no weights to read");
}
