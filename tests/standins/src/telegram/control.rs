//! Control from another process: a test's calls, as routes. Off by default.

use std::{sync::Arc, time::Duration};

use actix_web::HttpResponse;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    faults::Fault,
    people::{self, Person},
    world::Shared,
};

/// Carries out `POST /_control/{order}`, whose parameters are a JSON object.
///
/// The orders: `person {id, first_name, language_code}`, `says {id, text}`, `presses {id, data}`
/// (whether or not there is such a button), `photo {id, base64}`, `document {id, base64, name,
/// mime}`, `blocks {id}`, `unblocks {id}`, `deletes_account {id}`, `update {…}`, `fault {method,
/// kind, times, seconds}`, `transcript {id}`.
pub(crate) fn serve(shared: &Arc<Shared>, order: &str, body: &[u8]) -> HttpResponse {
    let asked: Value = serde_json::from_slice(body).unwrap_or_default();
    match carry_out(shared, order, &asked) {
        Some(answer) => HttpResponse::Ok().json(answer),
        None => HttpResponse::BadRequest().json(json!({ "error": "not an order", "asked": asked })),
    }
}

fn carry_out(shared: &Arc<Shared>, order: &str, asked: &Value) -> Option<Value> {
    let text = |name: &str| asked.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| asked.get(name).and_then(Value::as_u64);
    let bytes = || STANDARD.decode(text("base64")).ok();
    if order == "update" {
        return Some(json!({ "update_id": shared.with(|w| w.queue.push_raw(asked.clone())) }));
    }
    if order == "fault" {
        let fault = fault(text("kind"), number("seconds").unwrap_or(1))?;
        let times = u32::try_from(number("times").unwrap_or(1)).ok()?;
        shared.lock(|world| world.faults.order(text("method"), None, fault, times));
        return Some(json!({}));
    }
    let id = asked.get("id")?.as_i64()?;
    if order == "person" {
        let (name, language) = (text("first_name"), text("language_code"));
        shared.with(|world| people::meet(world, id, name, language));
        return Some(json!({}));
    }
    shared.lock(|world| world.people.contains_key(&id)).then_some(())?;
    let person = Person::new(Arc::clone(shared), id);
    Some(match order {
        "says" => json!({ "message_id": person.says(text("text")) }),
        "presses" => {
            let data = text("data");
            let there = person.chat().from_bot().any(|message| {
                message.buttons().iter().any(|button| button.data.as_deref() == Some(data))
            });
            let query = if there { person.presses(data) } else { person.presses_raw(data) };
            json!({ "query_id": query })
        }
        "photo" => json!({ "message_id": person.sends_photo(bytes()?) }),
        "document" => {
            let id = person.sends_document(bytes()?, text("name"), text("mime"));
            json!({ "message_id": id })
        }
        "blocks" => json!(person.blocks()),
        "unblocks" => json!(person.unblocks()),
        "deletes_account" => json!(person.deletes_account()),
        "transcript" => json!({ "transcript": person.transcript() }),
        _ => return None,
    })
}

fn fault(kind: &str, seconds: u64) -> Option<Fault> {
    Some(match kind {
        "too_many_requests" => Fault::TooManyRequests { retry_after: u32::try_from(seconds).ok()? },
        "server_error" => Fault::ServerError,
        "bad_gateway" => Fault::BadGateway,
        "drop" => Fault::Drop,
        "swallow" => Fault::Swallow,
        "late" => Fault::Late(Duration::from_secs(seconds)),
        "delay" => Fault::Delay(Duration::from_secs(seconds)),
        _ => return None,
    })
}
