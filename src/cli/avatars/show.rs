//! `aisha avatars show`.

use super::One;
use crate::cli::group::print;
use crate::cli::{reading, say};
use crate::postgres::histories::{self, Avatar, Watch, Weights};
use crate::story::moment::both;
use chrono::{DateTime, Utc};
use std::process::ExitCode;

pub(super) fn run(one: &One) -> Result<ExitCode, ExitCode> {
    let avatar = reading::read(async |pool, _| Ok(histories::avatar(pool, one.id).await?))?;
    let avatar = avatar.ok_or_else(|| super::unknown(one.id))?;
    if one.json {
        say(&reading::json(&avatar));
    } else {
        for (label, text) in lines(&avatar) {
            print(&format!("{label:10}  {text}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The known facts; unknown ones are left out.
fn lines(avatar: &Avatar) -> Vec<(&'static str, String)> {
    let at = |moment| both(moment, avatar.now);
    let mut lines = vec![
        ("avatar", format!("{} «{}», {}", avatar.id, avatar.name, avatar.training_type)),
        ("owner", format!("Telegram user {}", avatar.telegram_id)),
        (
            "status",
            format!("{}{}", avatar.status, if avatar.is_main { ", the main one" } else { "" }),
        ),
        ("made", at(avatar.created_at)),
        ("changed", at(avatar.updated_at)),
        ("photos", avatar.photos.to_string()),
    ];
    let mut add = |label, text: Option<String>| lines.extend(text.map(|text| (label, text)));
    add("blocked", avatar.blocked_at.map(|since| format!("the bot, since {}", at(since))));
    let started = avatar.started_at.map(|started| format!(", started {}", at(started)));
    let attempt = format!("{}{}", avatar.attempt, started.unwrap_or_default());
    add("attempt", (avatar.attempt > 0 || avatar.started_at.is_some()).then_some(attempt));
    add("trainer", avatar.endpoint.as_ref().map(|endpoint| order(avatar, endpoint)));
    add("request", avatar.request_id.clone());
    let unknown = avatar.status == "training" && avatar.request_id.is_none();
    add(
        "submitted",
        avatar.submit_sent_at.filter(|_| unknown).map(|sent| format!("{}: no name yet", at(sent))),
    );
    add(
        "asked",
        avatar.last_status_check.map(|asked| format!("{}{}", at(asked), progress(avatar))),
    );
    add("finished", avatar.fal_finished_at.map(|finished| format!("at FAL {}", at(finished))));
    add("completed", avatar.completed_at.map(at));
    add("found by", avatar.result_source.clone());
    add("weights", weights(&avatar.weights));
    add("parked", avatar.parked_until.map(|until| parked(avatar, until)));
    add("audited", avatar.weights.audited_at.map(at));
    add("error", avatar.error.clone());
    add("withdraw", avatar.withdraw_due.then(|| "FAL has yet to be told to stop".to_owned()));
    add("watched", Some(watched(&avatar.watch, avatar.now)));
    lines
}

fn parked(avatar: &Avatar, until: DateTime<Utc>) -> String {
    let (tries, until) = (avatar.work_tries, both(until, avatar.now));
    format!("until {until}: {tries} tries killed the process; `aisha avatars recheck` tries now")
}

fn order(avatar: &Avatar, endpoint: &str) -> String {
    let steps = avatar.steps.map(|steps| format!(", {steps} steps")).unwrap_or_default();
    let rate = avatar.learning_rate.map(|rate| format!(", learning rate {rate}"));
    let trigger = avatar.trigger.as_ref().map(|trigger| format!(", trigger {trigger}"));
    format!("{endpoint}{steps}{}{}", rate.unwrap_or_default(), trigger.unwrap_or_default())
}

/// FAL's latest status, while there is something to wait for.
fn progress(avatar: &Avatar) -> String {
    let Some(word) = &avatar.fal_word else { return String::new() };
    let place = avatar.queue_position.map(|place| format!(", place {place} in the queue"));
    format!(": {word}, {} %{}", avatar.progress, place.unwrap_or_default())
}

fn weights(weights: &Weights) -> Option<String> {
    let sha256 = weights.sha256.as_deref().unwrap_or("unknown");
    let bytes = weights.byte_size.unwrap_or_default();
    match &weights.object_key {
        Some(key) => Some(format!("{key}, {bytes} bytes, sha256 {sha256}")),
        None if weights.named => Some("named by FAL, not stored yet".to_owned()),
        None => None,
    }
}

/// Who watches it.
pub(in crate::cli) fn watched(watch: &Watch, now: DateTime<Utc>) -> String {
    match watch.instance {
        _ if !watch.watched => "no: nothing left to do".to_owned(),
        Some(instance) => {
            let heard = watch.heartbeat_at.map(|heard| both(heard, now));
            format!("by instance {instance}, last heard {}", heard.unwrap_or_default())
        }
        None => format!("by NOBODY: no living instance holds shard {}", watch.shard),
    }
}
