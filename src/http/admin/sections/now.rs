//! What is wrong now, since when, what to do.

use super::super::facts::Facts;
use super::super::moment::{ago, machine};
use super::super::texts::{Texts, anchor};
use super::super::troubles::troubles;
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
    }
}
