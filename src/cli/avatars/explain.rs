//! `aisha avatars explain`.

use super::One;
use super::print;
use crate::cli::{reading, say};
use crate::fal::news;
use crate::postgres::histories::{self, Avatar};
use crate::story::moment::{ago, utc};
use crate::story::{Step, outlook, steps};
use serde_json::json;
use std::process::ExitCode;

pub(super) fn run(one: &One) -> Result<ExitCode, ExitCode> {
    let read = reading::read(async |pool, config| {
        let Some(avatar) = histories::avatar(pool, one.id).await? else { return Ok(None) };
        let history = histories::history(pool, one.id, news).await?;
        let outlook = outlook::outlook(&avatar, &history.notices, &config.policy);
        Ok(Some((steps(&avatar, &history), outlook, avatar)))
    })?;
    let Some((steps, outlook, avatar)) = read else { return Err(super::unknown(one.id)) };
    if one.json {
        let now = json!({ "state": outlook::state(&avatar).name(), "next": outlook });
        say(&reading::json(&json!({ "avatar": avatar, "history": steps, "now": now })));
    } else {
        tell(&avatar, &steps, &outlook);
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(avatar: &Avatar, steps: &[Step], outlook: &[String]) {
    let Avatar { id, name, training_type, telegram_id, status, .. } = avatar;
    print(&format!("avatar {id} «{name}», {training_type}, of Telegram user {telegram_id}"));
    print(&format!("{status}, attempt {}; {} photos", avatar.attempt, avatar.photos));
    let width = steps.iter().map(|step| step.source.chars().count()).max().unwrap_or_default();
    let mut attempt = 0;
    for step in steps {
        // A late webhook of an older attempt is listed where it happened.
        if step.attempt > attempt {
            attempt = step.attempt;
            say(&format!("\nattempt {attempt}"));
        } else if step.kind == "made" {
            say("");
        }
        let (at, ago) = (utc(step.at), ago(step.at, avatar.now));
        let older = match step.attempt {
            older if older < attempt => format!(" (of attempt {older})"),
            _ => String::new(),
        };
        print(&format!("  {at}  {ago:>16}  {:width$}  {}{older}", step.source, step.words));
    }
    say(&format!("\nnow, {}", utc(avatar.now)));
    for sentence in outlook {
        print(&format!("  {sentence}"));
    }
}
