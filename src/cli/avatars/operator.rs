//! Operator commands for one avatar. A refusal says why, and what to do instead.

mod recheck;
mod retry;

pub(super) use recheck::{Recheck, run as recheck};
pub(super) use retry::run as retry;

use super::One;
use crate::cli::group::{AVATARS, Told, woken};
use crate::config::Config;
use crate::postgres::Pool;
use crate::postgres::histories::{self, Avatar};
use crate::postgres::operator::{self, Renotice};
use actors::avatar::AvatarId;
use actors::ports::Cancellation;
use std::process::ExitCode;

/// Runs one command for an avatar.
fn act(
    name: &str,
    id: AvatarId,
    json: bool,
    work: impl AsyncFnOnce(&Pool, &Config) -> anyhow::Result<Option<Told>>,
) -> Result<ExitCode, ExitCode> {
    AVATARS.act(name, id.0, json, work)
}

/// Wakes the instance that watches it, and says when the command takes effect.
async fn nudge(pool: &Pool, id: AvatarId) -> anyhow::Result<&'static str> {
    Ok(woken(operator::nudge(pool, id).await?))
}

pub(super) fn cancel(one: &One) -> Result<ExitCode, ExitCode> {
    let id = one.id;
    act("cancel", id, one.json, async |pool, _| {
        let cancellation = operator::cancel(pool, id).await?;
        let Some(avatar) = histories::avatar(pool, id).await? else { return Ok(None) };
        Ok(match cancellation {
            Cancellation::Cancelled => {
                let told = nudge(pool, id).await?;
                Told::done(format!("cancelled, and its owner is told; {}; {told}", at_fal(&avatar)))
            }
            Cancellation::NotRunning | Cancellation::Refused => Told::refused(format!(
                "it is «{}»: only a running training can be cancelled; {}",
                avatar.status,
                match avatar.status.as_str() {
                    "completed" => "nothing is being spent on it",
                    "error" | "cancelled" => "it has ended; `aisha avatars retry` trains it again",
                    _ => "its owner has not started it",
                }
            )),
        })
    })
}

/// What a cancellation means at FAL.
fn at_fal(avatar: &Avatar) -> &'static str {
    match (avatar.withdraw_due, avatar.submit_sent_at) {
        (true, _) => "FAL is asked to stop, but may bill the work it has done",
        (false, Some(_)) => {
            "it is not known whether FAL has the job; if so, FAL is asked to stop as soon as a \
             webhook names the job"
        }
        (false, None) => "FAL never had it, so nothing is billed",
    }
}

pub(super) fn renotify(one: &One) -> Result<ExitCode, ExitCode> {
    let id = one.id;
    act("renotify", id, one.json, async |pool, _| {
        let again = operator::renotify(pool, id).await?;
        let Some(avatar) = histories::avatar(pool, id).await? else { return Ok(None) };
        Ok(match again {
            Renotice::Again { kind, was } => {
                let when = match avatar.blocked_at {
                    Some(_) => "when its owner, who has blocked the bot, writes again",
                    None => "within seconds while `aisha serve` runs",
                };
                Told::done(format!("notice «{kind}», which was {was}, is sent again: {when}"))
            }
            Renotice::Sending(kind) => Told::refused(format!(
                "notice «{kind}» is being sent at this moment; check `aisha avatars explain {id}` \
                 in a minute"
            )),
            Renotice::Nothing { status } if status == "training" => Told::refused(
                "it still trains, so there is nothing to tell; `aisha avatars recheck` asks FAL now",
            ),
            Renotice::Nothing { status } => Told::refused(format!(
                "it is «{status}», and no notice was ever written about that, so there is none to send \
                 again"
            )),
            Renotice::Unknown => None,
        })
    })
}
