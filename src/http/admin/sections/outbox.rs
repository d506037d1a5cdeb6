//! What people have yet to be told, and what they could not be told.

use super::super::facts::Facts;
use super::super::moment::ago;
use super::super::texts::Texts;
use super::{chip, page_of, short};
use crate::postgres::notices::{Listed, MENDABLE};
use crate::postgres::overview::Overview;
use maud::{Markup, html};

pub(super) fn section(facts: &Facts, texts: &Texts) -> Markup {
    let Some(rows) = &facts.rows else {
        return html! { h2 { (texts.outbox) } p.dim { (texts.unknown) } };
    };
    let counts = &rows.counts;
    html! {
        h2 { (texts.outbox) }
        p.chips {
            (chip("some", "pending", counts.pending)) (chip("some", "sending", counts.sending))
            (chip("some", "blocked", rows.blocked())) (chip("warn", "uncertain", counts.uncertain))
            @for reason in MENDABLE { (chip("bad", reason, rows.stopped_for(reason))) }
            @if let Some(since) = counts.pending_since {
                span.dim { (texts.oldest) ": " (ago(since, facts.at, texts)) }
            }
        }
        @if rows.dead.is_empty() {
            p.dim { (texts.no_dead_letters) }
        } @else {
            (letters(rows, facts, texts))
        }
    }
}

fn letters(rows: &Overview, facts: &Facts, texts: &Texts) -> Markup {
    let (all, _) = rows.mendable();
    let shown = i64::try_from(rows.dead.len()).unwrap_or(i64::MAX);
    html! {
        h3 { (texts.dead_letters) }
        @for reason in MENDABLE {
            @let count = rows.stopped_for(reason);
            @if count > 0 {
                p {
                    (texts.dead_reason(reason)) ": " (count) " "
                    (button("retry-notices", &format!("/admin/notices/retry/{reason}"), texts)) " "
                    (button("dismiss-notices", &format!("/admin/notices/dismiss/{reason}"), texts))
                }
            }
        }
        table {
            thead { tr {
                th { (texts.notice) } th { (texts.job) } th { (texts.tries) }
                th { (texts.reason) } th { (texts.acts) }
            } }
            tbody { @for notice in &rows.dead { (letter(notice, facts, texts)) } }
        }
        @if all > shown { p.dim { (all - shown) " " (texts.more) } }
    }
}

/// Links to the page that asks for confirmation.
fn button(act: &str, path: &str, texts: &Texts) -> Markup {
    html! { a.button href=(texts.link(path)) { (texts.act(act).0) } }
}

fn letter(notice: &Listed, facts: &Facts, texts: &Texts) -> Markup {
    html! {
        tr {
            td data-label=(texts.notice) {
                (notice.id) " «" (notice.kind) "», " (ago(notice.created_at, facts.at, texts))
            }
            td data-label=(texts.job) {
                @match (&notice.job_kind, notice.job_id) {
                    (Some(kind), Some(id)) => a href=(page_of(kind, id, texts)) { code { (short(id)) } },
                    _ => "—",
                }
            }
            td data-label=(texts.tries) { (notice.tries) }
            td data-label=(texts.reason) {
                @if let Some(reason) = &notice.reason { (texts.dead_reason(reason)) ": " }
                (notice.last_error.as_deref().unwrap_or(texts.unknown))
            }
            td data-label=(texts.acts) {
                (button("retry-notice", &format!("/admin/notices/{}/retry", notice.id), texts)) " "
                (button("dismiss-notice", &format!("/admin/notices/{}/dismiss", notice.id), texts))
            }
        }
    }
}
