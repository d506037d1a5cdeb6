//! The runbook, beside the page that links into it: who reads it may have nothing else at hand.

use maud::{Markup, html};

const RUNBOOK: &str = include_str!("../../../systemd/RUNBOOK.md");

/// One section a chapter; the anchor is its heading, as everywhere.
pub(super) fn body() -> Markup {
    let mut chapters = RUNBOOK.split("\n## ");
    let head = chapters.next().unwrap_or_default().trim_start_matches("# ");
    html! {
        main {
            section { pre { (head) } }
            @for chapter in chapters {
                @let (title, text) = chapter.split_once('\n').unwrap_or((chapter, ""));
                section id=(anchor(title)) { h2 { (title) } pre { (text.trim()) } }
            }
        }
    }
}

/// The anchor of a heading, as renderers of Markdown make it.
fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-');
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}
