//! What is wrong now, since when, and what to do.

use super::super::facts::Facts;
use super::super::moment::{ago, machine};
use super::super::texts::{Texts, anchor};
use super::super::troubles::troubles;
use crate::postgres::spending::Spending;
use maud::{Markup, html};

pub(super) fn section(facts: &Facts, texts: &Texts) -> Markup {
    let found = troubles(facts);
    html! {
        @if found.is_empty() {
            p.verdict.good { "✓ " (texts.all_well) }
        } @else {
            div.verdict.bad role="alert" {
                h2 { "✗ " (texts.wrong) }
                ul {
                    @for trouble in &found {
                        @let (words, remedy) = texts.trouble(&trouble.what);
                        li {
                            strong { (words) }
                            @if let Some(since) = trouble.since {
                                ", " (ago(since, facts.at, texts))
                                span.dim { " (" (texts.since) " " (machine(since)) ")" }
                            }
                            br;
                            (texts.todo) ": " (remedy) " "
                            a href={ "/admin/runbook#" (anchor(&trouble.what)) } { (texts.runbook) }
                        }
                    }
                }
            }
        }
        @if let Some(rows) = &facts.rows { (spending(&rows.spending, facts, texts)) }
    }
}

/// Today's spending, and the way to pause it.
fn spending(spending: &Spending, facts: &Facts, texts: &Texts) -> Markup {
    let act = if spending.paused_at.is_some() { "resume" } else { "pause" };
    let limit = facts.spending.usd.map(|limit| limit.to_string());
    html! {
        p {
            (texts.spent_today) ": " (spending.starts) ", " b { (spending.usd) } " / "
            (limit.as_deref().unwrap_or(texts.without_limit)) " "
            a.button href=(texts.link(&format!("/admin/{act}"))) { (texts.act(act).0) }
        }
    }
}
