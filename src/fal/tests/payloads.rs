//! The output of a finished job, as webhooks and results report it.

use super::super::answers::{Made, result};
use super::super::catalogue::OutputField;
use super::super::{finetune_id, news};
use actors::avatar::RequestId;
use actors::ports::{CONFIG, News, ResultAnswer, WEIGHTS};
use serde_json::{Value, json};

#[test]
fn the_captured_webhooks_are_understood() {
    let ok = json!({"error": null, "payload": {"diffusers_lora_file": {"url": "https://v3.fal.media/a"},
        "config_file": {"url": "https://v3.fal.media/b"}}, "request_id": "r", "status": "OK"});
    let News::Finished { files: Some(made), .. } = news(&ok) else { panic!("not finished") };
    let weights = made.named(WEIGHTS).unwrap();
    assert_eq!(&*weights.url.0, "https://v3.fal.media/a");
    assert_eq!(made.named(CONFIG).map(|config| &*config.url.0), Some("https://v3.fal.media/b"));
    assert_eq!(weights.byte_size, None);

    let error = json!({"error": "Invalid status code: 422", "payload": {"detail": [
        {"loc": ["body"], "msg": "field required", "type": "value_error.missing"}]}, "status": "ERROR"});
    let News::Failed(failure) = news(&error) else { panic!("not failed") };
    assert_eq!(failure.code, "value_error.missing");

    let bare = json!({"error": "boom", "payload": null, "status": "ERROR"});
    let News::Failed(failure) = news(&bare) else { panic!("not failed") };
    assert_eq!(failure.message, "boom");
}

#[test]
fn what_carries_no_result_invents_none() {
    let unserializable = "Response payload is not JSON serializable. …";
    for body in [
        json!({"payload": null, "status": "OK", "payload_error": unserializable}),
        json!({"payload": null, "status": "OK"}),
        json!({"payload": {}, "status": "OK"}),
        json!({"status": "OK"}),
        json!({"status": "OK", "data": {"diffusers_lora_file": {"url": "https://a"}}}),
        json!({"payload": {"diffusers_lora_file": {"url": ""}}, "status": "OK"}),
        json!({"payload": {"diffusers_lora_file": "https://a"}, "status": "OK"}),
        json!({"payload": {"diffusers_lora_file": {"url": 7}}, "status": "OK"}),
        json!({"payload": {"finetune_id": "2f9e"}, "status": "OK"}),
        json!({"payload": ["https://a"], "status": "OK"}),
    ] {
        assert!(matches!(news(&body), News::Finished { files: None, .. }), "{body}");
    }
    for body in [json!({"status": "COMPLETED"}), json!({}), json!({"data": {}, "status": "ok"})] {
        assert_eq!(news(&body), News::Unclear, "{body}");
    }
}

#[test]
fn weights_are_looked_for_where_the_trainer_puts_them_first() {
    let both = json!({"diffusers_lora_file": {"url": "d"}, "lora_file": {"url": "l"}});
    let one = json!({"lora_file": {"url": "l", "content_type": null, "file_size": null}});
    let url = |body: &Value, output| {
        Made::Weights(output)
            .files(body)
            .map(|files| files.named(WEIGHTS).unwrap().url.0.to_string())
    };
    assert_eq!(url(&both, Some(OutputField::LoraFile)).as_deref(), Some("l"));
    assert_eq!(url(&both, Some(OutputField::DiffusersLoraFile)).as_deref(), Some("d"));
    assert_eq!(url(&both, None).as_deref(), Some("d"));
    assert_eq!(url(&one, Some(OutputField::DiffusersLoraFile)).as_deref(), Some("l"));
    assert_eq!(url(&json!({"file": {"url": "x"}}), None), None);
}

#[test]
fn a_size_is_taken_where_fal_tells_one() {
    for (told, taken) in [
        (json!(89_745_224), Some(89_745_224)),
        (json!(null), None),
        (json!(-1), None),
        (json!(1.5), None),
        (json!("7"), None),
    ] {
        let body = json!({"diffusers_lora_file": {"url": "d", "file_size": told}});
        let weights = Made::Weights(None).files(&body).unwrap().0.remove(0);
        assert_eq!(weights.byte_size, taken, "{body}");
    }
}

#[test]
fn a_finetune_is_exactly_a_finetune_id_and_never_the_requests_own() {
    let request = RequestId("7a6e3cf6-3f93-4b84-8d33-5ef1d6a1f5a5".into());
    let real = "c2b9f2f3-6a3e-4a59-9a4b-0f2f4f0b9c11";
    assert_eq!(finetune_id(&json!({ "finetune_id": real }), &request), Some(real));
    for odd in [
        json!({ "finetune_id": &*request.0 }),
        json!({ "finetune_id": "" }),
        json!({ "finetune_id": null }),
        json!({ "finetune_id": 7 }),
        json!({ "finetune_id": { "id": real } }),
        json!({ "id": real, "request_id": real, "finetuneId": real }),
        json!({ "payload": { "finetune_id": real } }),
        json!([real]),
        json!(real),
    ] {
        assert_eq!(finetune_id(&odd, &request), None, "{odd}");
    }
}

#[test]
fn a_seed_above_all_signed_numbers_survives() {
    let text = r#"{"seed":17454220438242315174,"diffusers_lora_file":{"url":"https://a"}}"#;
    let ResultAnswer::Files { answer, .. } =
        result(serde_json::from_str(text).unwrap(), Made::Weights(None))
    else {
        panic!("no files")
    };
    assert_eq!(answer["seed"].as_u64(), Some(17_454_220_438_242_315_174));
    assert!(answer.to_string().contains("17454220438242315174"));
}
