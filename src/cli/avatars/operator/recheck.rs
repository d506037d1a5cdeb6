//! `aisha avatars recheck`.

use super::{act, nudge};
use crate::cli::avatars::avatar_id;
use crate::cli::fal;
use crate::cli::group::Told;
use crate::config::Config;
use crate::postgres::Pool;
use crate::postgres::histories::{self, Avatar};
use crate::postgres::operator::{self, Adoption};
use crate::story::outlook::state;
use actors::avatar::{AvatarId, RequestId};
use actors::job::machine::State;
use clap::Args;
use serde_json::{Value, json};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(in crate::cli::avatars) struct Recheck {
    /// The avatar's UUID, also in the form of the log and the tree (avt_…).
    #[arg(value_parser = avatar_id)]
    id: AvatarId,
    /// FAL's request id of the job, if the answer to the submit was lost; FAL's dashboard lists it.
    #[arg(long, value_name = "REQUEST_ID", value_parser = fal::request_id)]
    request: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(in crate::cli::avatars) fn run(asked: &Recheck) -> Result<ExitCode, ExitCode> {
    act("recheck", asked.id, asked.json, async |pool, config| {
        let Some(avatar) = histories::avatar(pool, asked.id).await? else { return Ok(None) };
        match &asked.request {
            Some(request) => name(pool, config, &avatar, asked.id, request).await,
            None => look(pool, config, &avatar, asked.id).await,
        }
    })
}

/// FAL's own answer about a job; `None` without a key.
async fn answer(config: &Config, avatar: &Avatar, request: &str) -> anyhow::Result<Option<Value>> {
    let Some(settings) = fal::usable(config) else { return Ok(None) };
    let endpoint = avatar.endpoint.clone();
    Ok(Some(fal::ask(settings, request, endpoint.as_deref()).await?.0))
}

async fn look(
    pool: &Pool,
    config: &Config,
    avatar: &Avatar,
    id: AvatarId,
) -> anyhow::Result<Option<Told>> {
    let lost = matches!(state(avatar), State::SubmitUnknown(_));
    if lost && !avatar.searchable {
        return Ok(Told::refused(format!(
            "the answer to its submit was lost, so FAL's request id is not known; find the job in \
             FAL's dashboard and name it: `aisha avatars recheck {id} --request REQUEST_ID`; if FAL \
             has no such job, run `aisha avatars cancel {id}` and then retry"
        )));
    }
    let says = match &avatar.request_id {
        Some(request) => answer(config, avatar, request).await?,
        None => None,
    };
    let told = if operator::recheck(pool, id).await? {
        let told = nudge(pool, id).await?;
        let kept = avatar.watch.watched || avatar.status == "completed";
        Told::done(if lost {
            format!(
                "the answer to its submit was lost, so FAL's request history is searched for it now: \
                 {told}; if you find it in FAL's dashboard: `aisha avatars recheck {id} --request \
                 REQUEST_ID`"
            )
        } else if kept || told.contains("was told") {
            format!("it is looked at now: {told}")
        } else {
            // Nothing in the row makes a later start check it.
            "no instance watches it now: start `aisha serve`, then recheck again".to_owned()
        })
    } else {
        Told::refused(format!("it is «{}»: {}", avatar.status, no_look(avatar)))
    };
    Ok(told.map(|told| beside(told, says)))
}

fn no_look(avatar: &Avatar) -> &'static str {
    match avatar.status.as_str() {
        "cancelled" => {
            "that is final, no matter what FAL says; `aisha avatars retry` trains it again"
        }
        "error" if avatar.watch.hears => {
            "FAL never named its job, so we cannot ask FAL; a late webhook still completes it"
        }
        "error" => "FAL's answer was final; `aisha avatars retry` trains it again",
        "completed" => "it was not trained here, so there is nothing to check",
        _ => "its owner has not started it",
    }
}

/// Sets the job of a lost submit, if FAL knows it.
async fn name(
    pool: &Pool,
    config: &Config,
    avatar: &Avatar,
    id: AvatarId,
    request: &str,
) -> anyhow::Result<Option<Told>> {
    let Some(says) = answer(config, avatar, request).await? else {
        return Ok(Told::refused("a job is adopted only if FAL knows it: set FAL_API_KEY"));
    };
    if matches!(says["answer"].as_str(), None | Some("unknown" | "unreachable")) {
        let words = format!("{request} is not adopted: {}", fal::words(&says));
        return Ok(Told::refused(words).map(|told| beside(told, Some(says))));
    }
    let told = match operator::adopt(pool, id, &RequestId(request.into())).await? {
        Adoption::Adopted => {
            let told = nudge(pool, id).await?;
            Told::done(format!("{request} is its job from now on; {told}"))
        }
        Adoption::Named(known) if known == request => {
            let told = nudge(pool, id).await?;
            Told::done(format!("{request} is already its job; {told}"))
        }
        Adoption::Named(known) => Told::refused(format!(
            "its job is already {known}; leave out --request to check that one"
        )),
        Adoption::Taken => Told::refused(format!(
            "{request} belongs to another avatar or to an older attempt; look for the right job in \
             FAL's dashboard"
        )),
        Adoption::OnTheWire => Told::refused(
            "the answer to its submit may still come; try again in two minutes".to_owned(),
        ),
        Adoption::NotTraining => Told::refused(format!(
            "it is «{}»: only a running training can be given a job; `aisha avatars retry` trains it again",
            avatar.status
        )),
        Adoption::Unknown => None,
    };
    Ok(told.map(|told| beside(told, Some(says))))
}

/// Adds FAL's own answer: after the words for people, beside them for machines.
fn beside(told: Told, says: Option<Value>) -> Told {
    let Some(says) = says else { return told };
    let words = format!("{}; FAL itself says: {}", told.words, fal::words(&says));
    Told { words, more: json!({ "fal": says }), ..told }
}
