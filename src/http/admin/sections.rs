//! The parts of the page, in the order in which an operator in trouble needs them.

mod age;
mod jobs;
mod now;
mod outbox;
mod providers;
mod trainings;
mod tree;

use super::facts::Facts;
use super::texts::Texts;
use actors::ports::Kind;
use maud::{Markup, html};
use uuid::Uuid;

/// All of them, by element id.
pub(super) fn all(facts: &Facts, texts: &Texts) -> [(&'static str, Markup); 6] {
    [
        ("now", now::section(facts, texts)),
        ("trainings", trainings::section(facts, texts)),
        ("jobs", jobs::section(facts, texts)),
        ("outbox", outbox::section(facts, texts)),
        ("providers", providers::section(facts, texts)),
        ("tree", tree::section(facts, texts)),
    ]
}

/// The address of a job's page.
fn page_of(kind: &str, id: Uuid, texts: &Texts) -> String {
    let group = if kind == Kind::TRAINING.word() { "avatars" } else { "jobs" };
    texts.link(&format!("/admin/{group}/{id}"))
}

/// The instance that watches a job.
fn watcher(instance: Option<Uuid>, texts: &Texts) -> Markup {
    html! {
        @match instance {
            Some(instance) => code { (short(instance)) },
            None => strong.bad { (texts.nobody) },
        }
    }
}

/// The first eight digits: enough to tell a handful apart.
fn short(id: Uuid) -> String {
    id.simple().to_string().chars().take(8).collect()
}

fn chip(kind: &str, words: &str, many: i64) -> Markup {
    let kind = if many == 0 { "none" } else { kind };
    html! { span class={ "chip " (kind) } { (words) " " b { (many) } } }
}
