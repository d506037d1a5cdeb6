//! One avatar's whole history, and the operator commands for it.

use super::commands::Act;
use super::facts::At;
use super::moment::{ago, machine};
use super::texts::Texts;
use crate::postgres::Pool;
use crate::postgres::histories::{self, Avatar, Watch};
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
    told_in_order(&head(avatar, texts), told, (steps, outlook), avatar.now, texts)
}

/// The page of one paid job, whatever its kind: what it is, what happens next, and its history.
pub(super) fn told_in_order(
    head: &Markup,
    told: Option<&str>,
    (steps, outlook): (&[Step], &[String]),
    now: At,
    texts: &Texts,
) -> Markup {
    html! {
        main {
            @if let Some(told) = told { section #now { p.verdict.good role="status" { (told) } } }
            section { (head) }
            section {
                h2 { (texts.now) }
                ul { @for sentence in outlook { li { (sentence) } } }
            }
            section {
                h2 { (texts.history) }
                @if !texts.history_in_english.is_empty() { p.dim { (texts.history_in_english) } }
                table { tbody { @for step in steps { (row(step, now, texts)) } } }
            }
        }
    }
}

/// A fact, if it is known.
pub(super) fn fact(label: &str, text: Option<&str>) -> Markup {
    html! { @if let Some(text) = text { dt { (label) } dd { (text) } } }
}

/// Who watches it.
pub(super) fn watched_by(watch: &Watch, texts: &Texts) -> Markup {
    html! {
        dt { (texts.watched_by) }
        dd {
            @match watch.instance {
                _ if !watch.watched => "—",
                Some(instance) => code { (instance) },
                None => strong.bad { (texts.nobody) },
            }
        }
    }
}

fn head(avatar: &Avatar, texts: &Texts) -> Markup {
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
            (fact("FAL", avatar.endpoint.as_deref()))
            (fact("request", avatar.request_id.as_deref()))
            (fact("sha256", avatar.weights.sha256.as_deref()))
            (fact(texts.error, avatar.error.as_deref()))
            (watched_by(&avatar.watch, texts))
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
