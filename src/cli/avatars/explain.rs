//! `aisha avatars explain`.

use super::One;
use crate::cli::group::{print, tell};
use crate::cli::{reading, say};
use crate::postgres::histories::{self, Avatar};
use crate::story::{outlook, steps};
use serde_json::json;
use std::process::ExitCode;

pub(super) fn run(one: &One) -> Result<ExitCode, ExitCode> {
    let read = reading::read(async |pool, config| {
        let Some(avatar) = histories::avatar(pool, one.id).await? else { return Ok(None) };
        let history = histories::history(pool, one.id).await?;
        let outlook = outlook::outlook(&avatar, &history.notices, &config.policy);
        Ok(Some((steps(&avatar, &history), outlook, avatar)))
    })?;
    let Some((steps, outlook, avatar)) = read else { return Err(super::unknown(one.id)) };
    if one.json {
        let now = json!({ "state": outlook::state(&avatar).name(), "next": outlook });
        say(&reading::json(&json!({ "avatar": avatar, "history": steps, "now": now })));
    } else {
        head(&avatar);
        tell(&steps, &outlook, avatar.now);
    }
    Ok(ExitCode::SUCCESS)
}

/// Who and what it is about.
fn head(avatar: &Avatar) {
    let Avatar { id, name, training_type, telegram_id, status, .. } = avatar;
    print(&format!("avatar {id} «{name}», {training_type}, of Telegram user {telegram_id}"));
    print(&format!("{status}, attempt {}; {} photos", avatar.attempt, avatar.photos));
}
