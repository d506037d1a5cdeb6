//! Avatars.

mod result;
mod words;

use super::files::{self, Address};
use super::person::telegram_id;
use super::{Bench, Judged};
use crate::postgres::import::Rules;
use crate::redaction::redacted_value;
use actors::avatar::{RequestId, Status};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;
use words::{finetune_type, kind, priority, status};

type At = DateTime<Utc>;

/// What judging an avatar needs.
#[derive(Clone, Copy, Debug)]
pub(in crate::postgres::import) struct Context<'a> {
    pub(in crate::postgres::import) rules: &'a Rules,
    /// A different row keeps this one's request id.
    pub(in crate::postgres::import) keeper: Option<Uuid>,
}

/// A row for `avatars`, its event and its notice.
#[expect(clippy::struct_excessive_bools, reason = "each is one column")]
#[derive(Debug, Serialize)]
pub(in crate::postgres::import) struct Avatar {
    pub(in crate::postgres::import) id: Uuid,
    telegram_id: i64,
    name: String,
    pub(super) status: &'static str,
    gender: Option<String>,
    pub(super) attempt: i32,
    training_type: &'static str,
    fal_endpoint: Option<String>,
    pub(super) fal_request_id: Option<String>,
    trigger_phrase: Option<String>,
    steps: Option<i32>,
    learning_rate: Option<f64>,
    multiresolution_training: bool,
    subject_crop: bool,
    create_masks: bool,
    captioning: bool,
    fal_priority: Option<&'static str>,
    finetune_type: &'static str,
    finetune_comment: Option<String>,
    webhook_url: Option<String>,
    pub(super) training_started_at: Option<At>,
    training_progress: i32,
    last_status_check: Option<At>,
    training_logs: Option<String>,
    pub(super) fal_finished_at: Option<At>,
    pub(super) training_completed_at: Option<At>,
    pub(super) training_error: Option<String>,
    pub(super) result_source: Option<&'static str>,
    pub(super) diffusers_lora_file_url: Option<String>,
    config_file_url: Option<String>,
    fal_response_data: Value,
    pub(super) finetune_id: Option<String>,
    created_at: Option<At>,
    updated_at: Option<At>,
    event: Value,
    pub(super) notice: Option<&'static str>,
    /// When the older Aisha told its owner, who is then not told again.
    pub(super) notice_sent: Option<At>,
}

/// Judges a row of `avatars`.
pub(in crate::postgres::import) fn avatar(row: &Value, context: &Context<'_>) -> Judged<Avatar> {
    let mut bench = Bench::new("avatars", row);
    let Some(id) = bench.id() else {
        return bench.refused("no_id", "its id is no UUID");
    };
    if row["owner_there"] != Value::Bool(true) {
        let owner = row["user_id"].to_string();
        return bench.refused("owner_missing", format!("there is no user {owner}"));
    }
    let Some(telegram_id) = telegram_id(&row["owner_telegram_id"]) else {
        return bench.refused("owner_refused", "its owner has no number of Telegram's");
    };
    let status = status(&mut bench);
    let kind = kind(&mut bench);
    let request = request(&mut bench, context.keeper);
    let (url, _) = address(&mut bench, "diffusers_lora_file_url", &context.rules.fal_hosts);
    let (config, _) = address(&mut bench, "config_file_url", &context.rules.fal_hosts);
    let finetune = finetune(&mut bench, request.as_deref(), context.rules);
    let stands = result::judge(&mut bench, status, request, &url, finetune, context.rules.now);
    let trigger = trigger(&mut bench, id, status);
    let (finetune_type, priority) = (finetune_type(&mut bench), priority(&mut bench));
    photos(&mut bench);
    let name = bench.text("name").unwrap_or_default().chars().take(100).collect();
    let Bench { notes, .. } = &bench;
    let changes: Vec<&str> = notes.iter().map(|note| note.words.as_str()).collect();
    let event = event(row, status, &changes);
    let avatar = Avatar {
        id,
        telegram_id,
        name,
        status: stands.status.word(),
        gender: bench.text("gender").map(str::to_lowercase),
        attempt: i32::from(stands.trained),
        training_type: kind.word(),
        fal_endpoint: context.rules.endpoints.get(&kind).filter(|_| stands.trained).cloned(),
        trigger_phrase: trigger,
        steps: bench.number("steps").or_else(|| bench.number("fal_iterations")),
        learning_rate: row["learning_rate"].as_f64(),
        multiresolution_training: bench.switch("multiresolution_training", true),
        subject_crop: bench.switch("subject_crop", true),
        create_masks: bench.switch("create_masks", false),
        captioning: bench.switch("captioning", true),
        fal_priority: priority,
        finetune_type,
        finetune_comment: bench.owned("finetune_comment"),
        webhook_url: bench.owned("webhook_url"),
        training_progress: bench.number("training_progress").unwrap_or_default().clamp(0, 100),
        last_status_check: bench.moment("last_status_check"),
        training_logs: bench.owned("training_logs"),
        config_file_url: match config {
            Address::Fals(url) => Some(url),
            Address::None | Address::Invented(_) | Address::Foreign => None,
        },
        fal_response_data: answer(row),
        created_at: bench.moment("created_at"),
        updated_at: bench.moment("updated_at").or_else(|| bench.moment("created_at")),
        event,
        ..stands.into_columns()
    };
    Judged { row: Some(avatar), notes: bench.notes }
}

fn request(bench: &mut Bench<'_>, keeper: Option<Uuid>) -> Option<String> {
    let request = bench.owned("fal_request_id")?;
    if let Some(keeper) = keeper {
        let words = format!("request {request} belongs to the newer avatar {keeper}");
        bench.changed("request_twice", words);
        return None;
    }
    Some(request)
}

fn address(bench: &mut Bench<'_>, column: &'static str, hosts: &[String]) -> (Address, bool) {
    let (address, taken_out) = files::address(bench.text(column), hosts);
    if taken_out {
        bench.changed(
            "address_wrapped",
            format!("{column} held a whole answer, its address is taken"),
        );
    }
    match &address {
        Address::Invented(host) => {
            bench.changed("address_invented", format!("{column} was invented ({host})"));
        }
        Address::Foreign => {
            bench.changed("address_foreign", format!("{column} is not one of FAL's"));
        }
        Address::None | Address::Fals(_) => {}
    }
    (address, taken_out)
}

/// The finetune in the row, or in FAL's answer stored with it.
fn finetune(bench: &mut Bench<'_>, request: Option<&str>, rules: &Rules) -> Option<String> {
    let request_id = RequestId(request.unwrap_or_default().into());
    let given = bench.text("finetune_id");
    if let Some(id) = given.filter(|id| files::is_invented_finetune(id)) {
        bench.changed("finetune_invented", format!("its finetune «{id}» was invented"));
        return None;
    }
    if given.is_some_and(|id| Some(id) == request) {
        bench.changed("finetune_is_request", "its finetune was the request's own id, it has none");
    } else if let Some(id) = given {
        return Some(id.to_owned());
    }
    let answer = &bench.row["fal_response_data"];
    let places = [answer, &answer["payload"], &answer["result"]];
    let found = places.into_iter().find_map(|place| (rules.finetune)(place, &request_id));
    let found = found.filter(|id| !files::is_invented_finetune(id)).map(str::to_owned);
    if let Some(id) = &found {
        bench.changed("finetune_found", format!("its finetune {id} stood in FAL's answer"));
    }
    found
}

fn trigger(bench: &mut Bench<'_>, id: Uuid, status: Status) -> Option<String> {
    let trigger = bench.owned("trigger_phrase");
    if trigger.is_some() || status.is_draft() {
        return trigger;
    }
    let hex: String = id.simple().to_string().chars().take(8).collect();
    bench.changed(
        "trigger_null",
        format!("its trigger is TOK; it may have been trained with TOK_{hex}"),
    );
    Some("TOK".to_owned())
}

fn photos(bench: &mut Bench<'_>) {
    let photos = bench.row["photos"].as_i64().unwrap_or_default();
    if photos > 0 {
        bench.changed("photos_left", format!("its {photos} photos stay in the older store"));
    }
}

/// FAL's answer as stored.
fn answer(row: &Value) -> Value {
    let kept = &row["fal_response_data"];
    let mut answer = match kept {
        Value::Object(_) => kept.clone(),
        Value::Null => json!({}),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            json!({ "older": kept })
        }
    };
    let kind = row["finetune_type"].as_str().filter(|kind| kind.eq_ignore_ascii_case("full"));
    if let Some(kind) = kind {
        answer["older_finetune_type"] = json!(kind);
    }
    answer
}

/// The first event of its history. Events must not contain addresses.
fn event(row: &Value, status: Status, changes: &[&str]) -> Value {
    let data = &row["avatar_data"];
    let mut event = json!({ "status": status.word(), "changes": changes });
    for field in ["fallback_history", "error_message", "error_timestamp"] {
        if !data[field].is_null() {
            event[field] = data[field].clone();
        }
    }
    redacted_value(event)
}
