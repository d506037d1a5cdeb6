//! `aisha avatars list`.

use super::List;
use crate::cli::group::more;
use crate::cli::{reading, say};
use crate::postgres::histories::{self, Brief, Filter, Listed};
use crate::story::moment::ago;
use actors::avatar::Status;
use std::process::ExitCode;

pub(super) fn run(list: &List) -> Result<ExitCode, ExitCode> {
    let status = list.status.as_deref().and_then(Status::of_word);
    let filter = Filter { status, owner: list.user, limit: list.limit };
    let listed = reading::read(async |pool, _| Ok(histories::list(pool, filter).await?))?;
    if list.json {
        say(&reading::json(&listed));
    } else {
        print(&listed);
    }
    Ok(ExitCode::SUCCESS)
}

fn print(listed: &Listed) {
    if listed.avatars.is_empty() {
        return say("there are none");
    }
    let [id, status, attempt] = ["ID", "STATUS", "ATTEMPT"];
    let [kind, owner, changed] = ["TYPE", "OWNER", "CHANGED"];
    say(&format!("{id:36}  {status:16} {attempt:>7}  {kind:8}  {owner:>11}  {changed:14}  NAME"));
    listed.avatars.iter().for_each(|avatar| crate::cli::group::print(&line(avatar)));
    more(listed.total, listed.avatars.len());
}

fn line(avatar: &Brief) -> String {
    let status = match (avatar.status.as_str(), avatar.progress) {
        (status, _) if avatar.parked_until.is_some() => format!("{status}, parked"),
        ("training", 1..) => format!("training {} %", avatar.progress),
        (status, _) => status.to_owned(),
    };
    let (id, attempt, kind) = (avatar.id, avatar.attempt, &avatar.training_type);
    let (owner, changed, name) =
        (avatar.telegram_id, ago(avatar.updated_at, avatar.now), &avatar.name);
    let error = avatar.error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
    format!("{id:36}  {status:16} {attempt:>7}  {kind:8}  {owner:>11}  {changed:14}  {name}{error}")
}
