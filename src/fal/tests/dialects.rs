//! What FAL's answers mean: the states, both failure formats, every documented type.

use super::super::answers::{failure, status, tame};
use actors::ports::{FailureKind, Progress, StatusAnswer};
use serde_json::{Value, json};

#[test]
fn only_the_status_word_is_certain() {
    let running = |body| {
        let StatusAnswer::Running(progress) = status(&body) else { panic!("{body}") };
        progress
    };
    let queued = json!({"status": "IN_QUEUE", "queue_position": 2});
    assert_eq!(running(queued).queue_position, Some(2));
    let bare = Progress { word: "IN_PROGRESS".into(), ..Progress::default() };
    assert_eq!(running(json!({"status": "IN_PROGRESS"})), bare);
    assert_eq!(status(&json!({"status": "COMPLETED", "logs": null})), StatusAnswer::Finished);
    assert_eq!(status(&json!({"status": "COMPLETED", "error": null})), StatusAnswer::Finished);
    for odd in [
        json!({}),
        json!([]),
        json!(null),
        json!({"status": "FAILED"}),
        json!({"status": "completed"}),
        json!({"status": "NOT_FOUND"}),
        json!({"status": 7}),
    ] {
        assert!(matches!(status(&odd), StatusAnswer::Unreachable { .. }), "{odd}");
    }
}

#[test]
fn completed_with_an_error_is_a_failure() {
    let body =
        json!({"status": "COMPLETED", "error": "no face", "error_type": "face_detection_error"});
    let StatusAnswer::Failed(failure) = status(&body) else { panic!("not a failure") };
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::NoFace, "no face"));
}

#[test]
fn every_type_that_fal_documents_has_its_remedy() {
    use FailureKind::{
        BadArchive, BadPhoto, ContentPolicy, NoFace, Other, OurMistake, PhotoTooLarge,
        PhotoTooSmall, Stopped, TooFewPhotos, TooManyPhotos, TrainerDown,
    };
    let requests: &[(&str, FailureKind)] = &[
        ("request_timeout startup_timeout", TrainerDown),
        ("runner_scheduling_failure runner_connection_timeout runner_disconnected", TrainerDown),
        ("runner_connection_refused runner_connection_error", TrainerDown),
        ("runner_incomplete_response runner_server_error internal_error", TrainerDown),
        ("client_disconnected client_cancelled", Stopped),
        ("bad_request", OurMistake),
    ];
    let models: &[(&str, FailureKind)] = &[
        ("internal_server_error generation_timeout", TrainerDown),
        ("downstream_service_error downstream_service_unavailable", TrainerDown),
        ("content_policy_violation", ContentPolicy),
        ("image_too_small", PhotoTooSmall),
        ("image_too_large file_too_large", PhotoTooLarge),
        ("image_load_error unsupported_image_format", BadPhoto),
        ("file_download_error invalid_archive", BadArchive),
        ("face_detection_error", NoFace),
        ("archive_file_count_below_minimum sequence_too_short", TooFewPhotos),
        ("archive_file_count_exceeds_maximum sequence_too_long", TooManyPhotos),
        ("greater_than greater_than_equal less_than less_than_equal multiple_of", OurMistake),
        ("one_of feature_not_supported missing value_error.missing string_type", OurMistake),
        ("no_media_generated audio_duration_too_long a_type_of_tomorrow\u{1F600}", Other),
    ];
    let read = |body: Value| failure("422", &body);
    for (types, kind) in requests {
        for kind_of in types.split(' ') {
            let read = read(json!({"detail": "so", "error_type": kind_of}));
            assert_eq!((read.kind, &*read.code, &*read.message), (*kind, kind_of, "so"));
        }
    }
    for (types, kind) in models {
        for kind_of in types.split(' ') {
            let detail = json!([{"loc": ["body"], "msg": "so", "type": kind_of, "ctx": {"x": 1}}]);
            let read = read(json!({ "detail": detail }));
            assert_eq!((read.kind, &*read.code, &*read.message), (*kind, kind_of, "so"));
        }
    }
}

#[test]
fn a_failure_without_a_type_is_sorted_by_its_status() {
    for (code, body, kind, message) in [
        ("422", json!({"detail": "some text"}), FailureKind::Other, "some text"),
        ("499", json!({"detail": "cancelled"}), FailureKind::Stopped, "cancelled"),
        ("503", json!({}), FailureKind::TrainerDown, "FAL gave no reason"),
        ("ERROR", json!({"error": "boom"}), FailureKind::Other, "boom"),
        ("ERROR", json!({"detail": []}), FailureKind::Other, "FAL gave no reason"),
        ("ERROR", json!({"detail": {"msg": 7}}), FailureKind::Other, "FAL gave no reason"),
        ("ERROR", json!({"detail": [7, null, {}]}), FailureKind::Other, "FAL gave no reason"),
        ("ERROR", json!("<html>"), FailureKind::Other, "FAL gave no reason"),
    ] {
        let read = failure(code, &body);
        assert_eq!((read.kind, &*read.code, &*read.message), (kind, code, message), "{body}");
        assert_eq!(read.answer, body);
    }
}

#[test]
fn of_several_details_the_first_that_can_be_mended_is_told() {
    let body = json!({"detail": [
        {"msg": "odd", "type": "a_type_of_tomorrow"},
        {"msg": "no face", "type": "face_detection_error"},
        {"msg": "small", "type": "image_too_small"}]});
    assert_eq!(failure("422", &body).message, "no face");
}

#[test]
fn foreign_words_lose_their_addresses_and_their_lines() {
    for (said, told) in [
        (
            "Could not load https://v3.fal.media/files/a.zip?t=1, sorry",
            "Could not load <address> sorry",
        ),
        ("(see \"http://a.b/c\") or s3://photos/1", "(see \"<address>\") or <address>"),
        ("фото://x https://a", "фото<address> <address>"),
        ("://", "<address>"),
        ("two\nlines\u{0}\u{7}", "two lines"),
        ("plain / text: 1", "plain / text: 1"),
    ] {
        assert_eq!(tame(said, 500), told);
    }
    assert_eq!(tame(&"я".repeat(600), 500).chars().count(), 500);
}
