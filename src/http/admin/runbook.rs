//! The runbook, served beside the page that links to it, because a reader in trouble may have
//! nothing else at hand.

use maud::{Markup, html};

const RUNBOOK: &str = include_str!("../../../systemd/RUNBOOK.md");

/// One section per chapter; the anchor is made from its heading, as usual.
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

/// The anchor of a heading, as Markdown renderers make it.
fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-');
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}
