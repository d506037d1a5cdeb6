//! `aisha avatars retry`.

use super::{One, Told, act, nudge};
use crate::config::{Config, TrainerChoice};
use crate::fal::{Catalogue, Fal, rehearsed};
use crate::postgres::acts;
use crate::postgres::histories::{self, Avatar};
use actors::avatar::{AvatarId, TrainingType};
use actors::ports::{Plan, Start, Trainer};
use anyhow::Context;
use std::process::ExitCode;

pub(in crate::cli::avatars) fn run(one: &One) -> Result<ExitCode, ExitCode> {
    let id = one.id;
    act("retry", id, one.json, async |pool, config| {
        let Some(avatar) = histories::avatar(pool, id).await? else { return Ok(None) };
        let kind = TrainingType::of_word(&avatar.training_type)
            .context("its training type is one that this version does not know")?;
        let plan = plan(config, kind, id)?;
        let min = config.limits.min_photos;
        Ok(match acts::retry(pool, id, &plan, min).await? {
            Start::Started => {
                let (told, attempt) = (nudge(pool, id).await?, avatar.attempt + 1);
                let Plan { endpoint, steps, .. } = plan;
                Told::done(format!(
                    "attempt {attempt} is started: {endpoint}, {steps} steps; {told}"
                ))
            }
            Start::Running => Told::refused(format!(
                "it trains already; `aisha avatars cancel {id}` first, if it is to begin anew"
            )),
            Start::TooFew { have } => Told::refused(format!(
                "it has {have} of {min} photos: its owner must send more, or lower AVATAR_MIN_PHOTOS"
            )),
            Start::Leaving => Told::refused(
                "FAL is still being told that the last attempt is over, or may still answer its \
                 submit; try again in two minutes",
            ),
            Start::Refused => Told::refused(not_again(&avatar)),
        })
    })
}

fn not_again(avatar: &Avatar) -> String {
    let status = &avatar.status;
    let why = if status == "completed" {
        "it has what it was trained for"
    } else {
        "the first start is its owner's"
    };
    format!("it is «{status}»: {why}; only what failed or was cancelled is trained again")
}

/// What the service itself would buy.
fn plan(config: &Config, kind: TrainingType, avatar: AvatarId) -> anyhow::Result<Plan> {
    let catalogue = Catalogue::shipped()?;
    Ok(match &config.trainer {
        TrainerChoice::Fal(settings) => {
            Fal::new((**settings).clone(), catalogue)?.plan(kind, avatar)
        }
        TrainerChoice::Rehearsal { steps, .. } => rehearsed(&catalogue, kind, avatar, *steps),
    })
}
