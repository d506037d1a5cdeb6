//! What a stored webhook says.

use super::answers::{config, failure, weights};
use actors::ports::News;
use serde_json::Value;

/// Reads a webhook's body. `OK` without a usable payload means that the result must be fetched; a
/// word that is neither `OK` nor `ERROR` means nothing but «look».
#[must_use]
pub fn news(body: &Value) -> News {
    let payload = body.get("payload").unwrap_or(&Value::Null);
    match body.get("status").and_then(Value::as_str) {
        Some("OK") => News::Finished {
            weights: weights(payload),
            config: config(payload),
            answer: payload.clone(),
        },
        Some("ERROR") if payload.get("detail").is_some() => News::Failed(failure("ERROR", payload)),
        Some("ERROR") => News::Failed(failure("ERROR", body)),
        _ => News::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_captured_bodies_are_understood() {
        let ok = json!({"error": null, "payload": {"diffusers_lora_file": {"url": "https://v3.fal.media/a"},
            "config_file": {"url": "https://v3.fal.media/b"}}, "request_id": "r", "status": "OK"});
        let News::Finished { weights: Some(file), config: Some(_), .. } = news(&ok) else {
            panic!("not finished")
        };
        assert_eq!(&*file.0, "https://v3.fal.media/a");

        let error = json!({"error": "Invalid status code: 422", "payload": {"detail": [
            {"loc": ["body"], "msg": "no face", "type": "face_detection_error"}]}, "status": "ERROR"});
        let News::Failed(failure) = news(&error) else { panic!("not failed") };
        assert_eq!(failure.code, "face_detection_error");

        let bare = json!({"error": "boom", "payload": null, "status": "ERROR"});
        let News::Failed(failure) = news(&bare) else { panic!("not failed") };
        assert_eq!(failure.message, "boom");
    }

    #[test]
    fn what_carries_no_result_invents_none() {
        for payload in [json!(null), json!({}), json!({"diffusers_lora_file": {"url": ""}})] {
            let body = json!({"payload": payload, "status": "OK"});
            assert!(matches!(news(&body), News::Finished { weights: None, .. }), "{body}");
        }
        for body in [json!({"status": "COMPLETED"}), json!({}), json!({"data": {}, "status": "ok"})]
        {
            assert_eq!(news(&body), News::Unclear, "{body}");
        }
    }
}
