//! The parts of the page, in the order in which an operator in trouble needs them.

mod now;
mod outbox;
mod providers;
mod trainings;
mod tree;

use super::facts::Facts;
use super::texts::Texts;
use maud::{Markup, html};
use uuid::Uuid;

/// All of them, by element id.
pub(super) fn all(facts: &Facts, texts: &Texts) -> [(&'static str, Markup); 5] {
    [
        ("now", now::section(facts, texts)),
        ("trainings", trainings::section(facts, texts)),
        ("outbox", outbox::section(facts, texts)),
        ("providers", providers::section(facts, texts)),
        ("tree", tree::section(facts, texts)),
    ]
}

/// The first eight digits: enough to tell a handful apart.
fn short(id: Uuid) -> String {
    id.simple().to_string().chars().take(8).collect()
}

fn chip(kind: &str, words: &str, many: i64) -> Markup {
    let kind = if many == 0 { "none" } else { kind };
    html! { span class={ "chip " (kind) } { (words) " " b { (many) } } }
}
