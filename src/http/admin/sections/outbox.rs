//! What people are still to be told, and what they could not be told.

use super::super::facts::Facts;
use super::super::moment::ago;
use super::super::texts::Texts;
use super::{chip, short};
use crate::postgres::notices::Listed;
use maud::{Markup, html};

pub(super) fn section(facts: &Facts, texts: &Texts) -> Markup {
    let Some(rows) = &facts.rows else {
        return html! { h2 { (texts.outbox) } p.dim { (texts.unknown) } };
    };
    let counts = &rows.counts;
    let shown = i64::try_from(rows.dead.len()).unwrap_or(i64::MAX);
    html! {
        h2 { (texts.outbox) }
        p.chips {
            (chip("some", "pending", counts.pending)) (chip("some", "sending", counts.sending))
            (chip("some", "blocked", counts.blocked)) (chip("warn", "uncertain", counts.uncertain))
            (chip("bad", "dead", counts.dead))
            @if let Some(since) = counts.pending_since {
                span.dim { (texts.oldest) ": " (ago(since, facts.at, texts)) }
            }
        }
        @if rows.dead.is_empty() {
            p.dim { (texts.no_dead_letters) }
        } @else {
            h3 { (texts.dead_letters) }
            table {
                thead { tr {
                    th { (texts.notice) } th { (texts.avatar) } th { (texts.tries) }
                    th { (texts.reason) } th { (texts.acts) }
                } }
                tbody { @for notice in &rows.dead { (letter(notice, facts, texts)) } }
            }
            @if counts.dead > shown { p.dim { (counts.dead - shown) " " (texts.more) } }
        }
    }
}

fn letter(notice: &Listed, facts: &Facts, texts: &Texts) -> Markup {
    html! {
        tr {
            td data-label=(texts.notice) {
                (notice.id) " «" (notice.kind) "», " (ago(notice.created_at, facts.at, texts))
            }
            td data-label=(texts.avatar) {
                @if let Some(avatar) = notice.avatar_id {
                    a href=(texts.link(&format!("/admin/avatars/{avatar}"))) { code { (short(avatar)) } }
                } @else { "—" }
            }
            td data-label=(texts.tries) { (notice.tries) }
            td data-label=(texts.reason) { (notice.last_error.as_deref().unwrap_or(texts.unknown)) }
            td data-label=(texts.acts) {
                a.button href=(texts.link(&format!("/admin/notices/{}/retry", notice.id))) {
                    (texts.act("retry-notice").0)
                }
            }
        }
    }
}
