//! What the model says, and how it arrives.

use std::convert::Infallible;

use actix_web::{HttpResponse, web::Bytes};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::{Fault, Settings, check::Asked, check::fits, refusal::Refusal};

/// Said when the test has wanted nothing else.
const ANY: &str = "a quiet scene in soft evening light";

/// What the model says, in the form that was asked for.
pub(super) fn content(asked: &Asked, settings: &Settings) -> String {
    let wanted = settings.answers.iter().find(|(word, _)| asked.material.contains(word.as_str()));
    let answer = match (wanted, &asked.schema) {
        (Some((_, answer)), _) => answer.clone(),
        (None, Some(schema)) => any(schema),
        (None, None) => Value::String(ANY.to_owned()),
    };
    if let Some(schema) = &asked.schema {
        assert!(fits(&answer, schema), "the test wants an answer of another form: {answer}");
    }
    match (asked.form.as_str(), answer) {
        (_, Value::String(text)) => text,
        // Models that nobody holds to a form talk around it.
        ("text", answer) => format!("Sure! Here it is:\n```json\n{answer}\n```"),
        (_, answer) => answer.to_string(),
    }
}

fn any(schema: &Value) -> Value {
    match schema["type"].as_str() {
        Some("object") => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            Value::Object(fields.map(|(name, schema)| (name.clone(), any(schema))).collect())
        }
        Some("array") => json!([any(&schema["items"])]),
        Some("boolean") => json!(false),
        Some("integer" | "number") => json!(1),
        _ => json!(ANY),
    }
}

pub(super) fn whole(asked: &Asked, content: &str) -> Value {
    json!({
        "id": "chatcmpl-standin",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": asked.model,
        "choices": [{
            "index": 0,
            "message": { "role": "assistant", "content": content, "refusal": null },
            "finish_reason": "stop",
        }],
        "usage": { "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15 },
    })
}

/// The same in pieces.
pub(super) fn streamed(asked: &Asked, content: &str) -> HttpResponse {
    let chunk = |delta: Value, finish: Option<&str>| {
        let chunk = json!({
            "id": "chatcmpl-standin",
            "object": "chat.completion.chunk",
            "created": 1_700_000_000,
            "model": asked.model,
            "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }],
        });
        format!("data: {chunk}\n\n")
    };
    let half = content.char_indices().nth(content.chars().count() / 2).map_or(0, |(at, _)| at);
    let (first, second) = content.split_at(half);
    let mut events = chunk(json!({ "role": "assistant", "content": first }), None);
    events += &chunk(json!({ "content": second }), None);
    events += &chunk(json!({}), Some("stop"));
    events += "data: [DONE]\n\n";
    HttpResponse::Ok().content_type("text/event-stream").body(events)
}

/// An answer with a fault in it.
pub(super) fn spoiled(fault: &Fault, asked: &Asked, content: &str) -> HttpResponse {
    let mut answer = whole(asked, content);
    let limited = |code, message: &str| Refusal {
        status: 429,
        message: message.to_owned(),
        param: None,
        code: Some(code),
    };
    let choice = &mut answer["choices"][0];
    match fault {
        Fault::RateLimited(header, value) => {
            let mut answer = limited("rate_limit_exceeded", "Rate limit reached.").answer();
            if let (Ok(name), Ok(value)) = (
                actix_web::http::header::HeaderName::try_from(*header),
                actix_web::http::header::HeaderValue::try_from(value),
            ) {
                answer.headers_mut().insert(name, value);
            }
            return answer;
        }
        Fault::Quota => {
            let message = "You exceeded your current quota, please check your plan and billing.";
            return limited("insufficient_quota", message).answer();
        }
        Fault::Html => {
            let page = "<html><head><title>500 Internal Server Error</title></head></html>";
            return HttpResponse::InternalServerError().content_type("text/html").body(page);
        }
        Fault::Never => {
            return HttpResponse::InternalServerError()
                .insert_header(("x-should-retry", "false"))
                .json(json!({ "error": "no" }));
        }
        Fault::Refusal => {
            choice["message"]["refusal"] = json!("I'm sorry, I can't help with that.");
            choice["message"]["content"] = Value::Null;
        }
        Fault::Length => {
            let half = content.chars().take(content.chars().count() / 2).collect::<String>();
            choice["message"]["content"] = json!(half);
            choice["finish_reason"] = json!("length");
        }
        Fault::NullContent => choice["message"]["content"] = Value::Null,
        Fault::Filtered => {
            choice["message"]["content"] = Value::Null;
            choice["finish_reason"] = json!("content_filter");
        }
        Fault::BadJson => choice["message"]["content"] = json!("{\"prompt_en\": \"half of"),
        Fault::OtherForm => choice["message"]["content"] = json!("{\"something\": \"else\"}"),
        Fault::CutOff => {
            let text = answer.to_string();
            let half = Bytes::from(text[..text.len() / 2].to_owned());
            let broken = stream::iter([Ok(half), Err(std::io::Error::other("cut off"))]);
            return HttpResponse::Ok().content_type("application/json").streaming(broken);
        }
        Fault::Endless => {
            let piece = Bytes::from(vec![b' '; 64 << 10]);
            let endless = stream::repeat(piece).map(Ok::<_, Infallible>);
            return HttpResponse::Ok().content_type("application/json").streaming(endless);
        }
    }
    HttpResponse::Ok().json(answer)
}
