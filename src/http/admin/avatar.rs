//! One avatar's whole history, and the operator commands for it.

use super::commands::Act;
use super::facts::At;
use super::moment::{ago, machine};
use super::texts::Texts;
use crate::postgres::Pool;
use crate::postgres::histories::{self, Avatar};
use crate::story::{Step, outlook, steps};
use actors::avatar::AvatarId;
use actors::ports::StoreError;
use actors::timing::Policy;
use maud::{Markup, html};
use strum::IntoEnumIterator as _;

/// Everything about one avatar.
pub(super) struct Story {
    avatar: Avatar,
    steps: Vec<Step>,
    outlook: Vec<String>,
}

/// Reads it; `None` if there is no such avatar.
pub(super) async fn story(
    pool: &Pool,
    id: AvatarId,
    policy: &Policy,
) -> Result<Option<Story>, StoreError> {
    let Some(avatar) = histories::avatar(pool, id).await? else { return Ok(None) };
    let history = histories::history(pool, id).await?;
    let outlook = outlook::outlook(&avatar, &history.notices, policy);
    Ok(Some(Story { steps: steps(&avatar, &history), outlook, avatar }))
}

/// The page's body; `told` is the outcome of the previous command.
pub(super) fn body(story: &Story, told: Option<&str>, texts: &Texts) -> Markup {
    let Story { avatar, steps, outlook } = story;
    html! {
        main {
            @if let Some(told) = told { section #now { p.verdict.good role="status" { (told) } } }
            section { (head(avatar, texts)) }
            section {
                h2 { (texts.now) }
                ul { @for sentence in outlook { li { (sentence) } } }
            }
            section {
                h2 { (texts.history) }
                @if !texts.history_in_english.is_empty() { p.dim { (texts.history_in_english) } }
                table { tbody { @for step in steps { (row(step, avatar.now, texts)) } } }
            }
        }
    }
}

fn head(avatar: &Avatar, texts: &Texts) -> Markup {
    let fact = |label: &str, text: Option<String>| {
        html! { @if let Some(text) = text { dt { (label) } dd { (text) } } }
    };
    html! {
        h2 { "«" (avatar.name) "», " (avatar.training_type) ", " (avatar.status) }
        code { (avatar.id) }
        dl {
            dt { (texts.owner) } dd { (avatar.telegram_id) }
            dt { (texts.attempt) }
            dd {
                (avatar.attempt)
                @if let Some(at) = avatar.started_at { ", " (ago(at, avatar.now, texts)) }
            }
            dt { (texts.photos) } dd { (avatar.photos) }
            (fact("FAL", avatar.endpoint.clone()))
            (fact("request", avatar.request_id.clone()))
            (fact("sha256", avatar.weights.sha256.clone()))
            (fact(texts.error, avatar.error.clone()))
            dt { (texts.watched_by) }
            dd {
                @match avatar.watch.instance {
                    _ if !avatar.watch.watched => "—",
                    Some(instance) => code { (instance) },
                    None => strong.bad { (texts.nobody) },
                }
            }
        }
        div.acts {
            @for act in Act::iter() {
                a.button href=(texts.link(&format!("/admin/avatars/{}/{}", avatar.id, act.word()))) {
                    (texts.act(act.word()).0)
                }
            }
        }
    }
}

fn row(step: &Step, now: At, texts: &Texts) -> Markup {
    html! {
        tr {
            td data-label=(texts.age) { (ago(step.at, now, texts)) br; span.dim { (machine(step.at)) } }
            td data-label=(texts.attempt) {
                @if step.attempt > 0 { (texts.attempt) " " (step.attempt) }
            }
            td data-label=(texts.news) { (texts.source(&step.source)) }
            td data-label=(texts.stage) { (step.words) }
        }
    }
}
