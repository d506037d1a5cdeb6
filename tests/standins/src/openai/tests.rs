//! It refuses what OpenAI refuses.

use super::{Settings, check::check};
use serde_json::{Value, json};

fn question() -> Value {
    json!({
        "model": "gpt-standin",
        "messages": [
            { "role": "system", "content": "Translate." },
            { "role": "user", "content": "маяк" },
        ],
        "max_completion_tokens": 100,
        "response_format": { "type": "json_schema", "json_schema": {
            "name": "words",
            "strict": true,
            "schema": {
                "type": "object",
                "properties": { "words": { "type": "string" } },
                "required": ["words"],
                "additionalProperties": false,
            },
        } },
    })
}

#[test]
fn a_good_question_is_read_and_a_bad_one_is_refused() {
    let read = check(&question(), &Settings::default()).unwrap();
    assert_eq!((read.task.as_str(), read.material.as_str()), ("Translate.", "маяк"));
    assert_eq!(read.form, "json_schema");
    let without_required = json!({ "type": "object", "properties": { "a": { "type": "string" } },
        "required": [], "additionalProperties": false });
    for (path, value, status, param) in [
        ("/model", json!("gpt-2"), 404, None),
        ("/messages", json!([]), 400, Some("messages")),
        ("/messages/1/role", json!("robot"), 400, Some("messages")),
        (
            "/messages/1/content",
            json!([{ "type": "image_url",
            "image_url": { "url": "data:image/jpeg;base64,AAAA" } }]),
            400,
            Some("messages"),
        ),
        ("/max_completion_tokens", json!(0), 400, Some("max_completion_tokens")),
        ("/response_format/type", json!("yaml"), 400, Some("response_format")),
        ("/response_format/json_schema/name", json!("two words"), 400, Some("response_format")),
        ("/response_format/json_schema/schema", without_required, 400, Some("response_format")),
        ("/response_format", json!({ "type": "json_object" }), 400, Some("messages")),
    ] {
        let mut bad = question();
        *bad.pointer_mut(path).unwrap() = value;
        let refused = check(&bad, &Settings::default()).unwrap_err();
        assert_eq!((refused.status, refused.param), (status, param), "{path}");
    }
    let mut strange = question();
    strange["extra"] = json!(1);
    assert_eq!(check(&strange, &Settings::default()).unwrap_err().status, 400);
}
