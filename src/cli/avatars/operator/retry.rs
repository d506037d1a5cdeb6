//! `aisha avatars retry`.

use super::{One, act, nudge};
use crate::cli::group::Told;
use crate::config::{Config, TrainerChoice};
use crate::fal::{Catalogue, Fal, rehearsed};
use crate::postgres::histories::{self, Avatar};
use crate::postgres::operator;
use actors::avatar::{AvatarId, TrainingType};
use actors::ports::{Plan, Start, Trainer};
use actors::spending::Usd;
use anyhow::Context;
use std::process::ExitCode;

pub(in crate::cli::avatars) fn run(one: &One) -> Result<ExitCode, ExitCode> {
    let id = one.id;
    act("retry", id, one.json, async |pool, config| {
        let Some(avatar) = histories::avatar(pool, id).await? else { return Ok(None) };
        let kind = TrainingType::of_word(&avatar.training_type)
            .context("this version does not know its training type")?;
        let (plan, price) = plan(config, kind, id)?;
        let rules = config.start_rules();
        let min = rules.min_photos;
        Ok(match operator::retry(pool, id, &plan, price, &rules).await? {
            Start::Started => {
                let (told, attempt) = (nudge(pool, id).await?, avatar.attempt + 1);
                let Plan { endpoint, steps, .. } = plan;
                Told::done(format!(
                    "attempt {attempt} is started: {endpoint}, {steps} steps, about {price}; {told}"
                ))
            }
            Start::Running => Told::refused(format!(
                "it trains already; to start over, run `aisha avatars cancel {id}` first"
            )),
            Start::TooFew { have } => Told::refused(format!(
                "it has {have} of the {min} photos it needs: its owner must send more, or lower AVATAR_MIN_PHOTOS"
            )),
            Start::Leaving => Told::refused(
                "FAL is still being told that the last attempt has ended, or may still answer its \
                 submit; try again in two minutes",
            ),
            Start::Paused => Told::refused(
                "nothing is started while the service is paused; run `aisha resume` first",
            ),
            // No limit applies to an operator.
            Start::Refused
            | Start::NotAdmitted
            | Start::Banned
            | Start::PersonLimit { .. }
            | Start::PriceChanged { .. }
            | Start::NoCredits(_)
            | Start::SpendLimit { .. } => Told::refused(not_again(&avatar)),
        })
    })
}

fn not_again(avatar: &Avatar) -> String {
    let status = &avatar.status;
    let why = if status == "completed" {
        "it already has its weights"
    } else {
        "only its owner can start it for the first time"
    };
    format!("it is «{status}»: {why}; only a failed or cancelled avatar can be trained again")
}

/// What the service itself would buy, and at what price.
fn plan(config: &Config, kind: TrainingType, avatar: AvatarId) -> anyhow::Result<(Plan, Usd)> {
    let catalogue = Catalogue::shipped()?;
    match &config.trainer {
        TrainerChoice::Fal(settings) => {
            let fal = Fal::new((**settings).clone(), catalogue)?;
            let plan = fal.plan(kind, avatar);
            let price = fal.price(&plan).context("the catalogue has no price for its trainer")?;
            Ok((plan, price))
        }
        TrainerChoice::Rehearsal { steps, .. } => {
            Ok((rehearsed(&catalogue, kind, avatar, *steps), Usd::default()))
        }
    }
}
