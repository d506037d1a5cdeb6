//! One call, from fault to ledger.

use std::sync::Arc;

use chrono::Utc;
use serde_json::{Map, Value, json};

use super::{
    api::Reply,
    faults::Fault,
    ledger::{Call, Outcome},
    media, methods,
    params::Params,
    refusal::Refusal,
    updates,
    world::Shared,
};

/// Performs one call with the fault that was ordered for it, and records it.
pub(crate) async fn perform(shared: &Arc<Shared>, name: &str, params: Params) -> Reply {
    let method = methods::spelled(name).unwrap_or(name);
    let fault = shared.with(|world| world.faults.take(method, params.int("chat_id")));
    if let Some(Fault::Delay(time)) = &fault {
        tokio::time::sleep(*time).await;
    }
    if let Some(fault) = fault.as_ref().filter(|fault| !fault.lets_through()) {
        return spoiled(shared, method, &params, fault);
    }
    let result = match method {
        "getUpdates" => updates::get(shared, &params).await.map(|updates| (updates, None)),
        _ => match media::prepare(&shared.options, method, &params).await {
            Ok(files) => shared
                .with(|world| methods::perform(world, &shared.options, method, &params, files)),
            Err(refusal) => Err(refusal),
        },
    };
    let outcome = match &result {
        Ok((value, _)) => Outcome::Done(value.clone()),
        Err(refusal) => refusal.into(),
    };
    write_down(shared, method, params.record(), outcome, fault.clone());
    match fault {
        Some(Fault::Swallow) => return Reply::Silence,
        Some(Fault::Late(time)) => tokio::time::sleep(time).await,
        _ => {}
    }
    Reply::of(result)
}

/// A call that is never performed.
fn spoiled(shared: &Shared, method: &str, params: &Params, fault: &Fault) -> Reply {
    let refuse = |refusal: Refusal| (Outcome::from(&refusal), Reply::of(Err(refusal)));
    let (outcome, reply) = match fault {
        Fault::TooManyRequests { retry_after } => refuse(Refusal::too_many(*retry_after)),
        Fault::ServerError => refuse(Refusal::new(500, "Internal Server Error")),
        Fault::Refuse { code, description } => refuse(Refusal::new(*code, description)),
        Fault::Upgrade { to } => {
            if let Some(from) = params.int("chat_id") {
                shared.with(|world| world.upgrade(from, *to));
            }
            refuse(Refusal::migrated(*to))
        }
        Fault::BadGateway => (Outcome::from(&Refusal::new(502, "Bad Gateway")), Reply::BadGateway),
        Fault::Drop | Fault::Swallow | Fault::Late(_) | Fault::Delay(_) => {
            (Outcome::Dropped, Reply::Silence)
        }
    };
    write_down(shared, method, params.record(), outcome, Some(fault.clone()));
    reply
}

fn write_down(
    shared: &Shared,
    method: &str,
    params: Value,
    outcome: Outcome,
    fault: Option<Fault>,
) {
    let method = method.to_owned();
    let call = Call { at: Utc::now(), method, params, outcome, fault };
    shared.with(|world| world.ledger.push(call));
}

/// The download of a file; faults and the ledger know it by the name `file`.
pub(crate) async fn download(shared: &Arc<Shared>, path: &str) -> Reply {
    let fault = shared.with(|world| world.faults.take("file", None));
    let params = Params::of_object(Map::from_iter([("file_path".to_owned(), json!(path))]));
    if let Some(fault) = fault.as_ref().filter(|fault| !fault.lets_through()) {
        return spoiled(shared, "file", &params, fault);
    }
    if let Some(Fault::Delay(time) | Fault::Late(time)) = &fault {
        tokio::time::sleep(*time).await;
    }
    let bytes = shared.lock(|world| world.files.download(path, shared.options.speed));
    let missing = Refusal::new(404, "Not Found");
    let outcome = match &bytes {
        Some(bytes) => Outcome::Done(json!({ "bytes": bytes.len() })),
        None => Outcome::from(&missing),
    };
    write_down(shared, "file", params.record(), outcome, fault.clone());
    match bytes {
        _ if fault == Some(Fault::Swallow) => Reply::Silence,
        Some(bytes) => Reply::Bytes(bytes),
        None => Reply::of(Err(missing)),
    }
}
