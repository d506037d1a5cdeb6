//! Pausing everything new that costs money, from the page.

use super::form::{Confirmed, OurForm};
use super::guard::FormKey;
use super::texts::Texts;
use super::{AdminState, Asked, Sources, away, confirmation, page, words};
use crate::postgres::spending;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use maud::{Markup, html};
use serde::Deserialize;

/// Longest reason, in characters: one line of the page.
pub(super) const LONGEST_REASON: usize = 200;

/// Fields of the pause form.
#[derive(Debug, Deserialize)]
pub(super) struct Pause {
    #[serde(default)]
    reason: String,
}

pub(super) async fn asks(
    request: HttpRequest,
    asked: Query<Asked>,
    state: Data<AdminState>,
) -> HttpResponse {
    let texts = words(&request, &asked);
    page::page(StatusCode::OK, texts, &form(texts, &state.forms), false)
}

fn form(texts: &Texts, forms: &FormKey) -> Markup {
    let (label, question) = texts.act("pause");
    html! {
        section {
            h2 { (label) }
            p { (question) }
            form.acts method="post" {
                input type="hidden" name="key" value=(forms.field());
                input name="reason" maxlength=(LONGEST_REASON) placeholder=(texts.pause_why)
                    aria-label=(texts.pause_why);
                button.act { (texts.yes) }
                a.button href=(texts.link("/admin")) { (texts.no) }
            }
        }
    }
}

pub(super) async fn asks_to_resume(
    request: HttpRequest,
    asked: Query<Asked>,
    state: Data<AdminState>,
) -> HttpResponse {
    confirmation(words(&request, &asked), &state, "", "resume", "/admin")
}

pub(super) async fn pauses(
    request: HttpRequest,
    asked: Query<Asked>,
    form: OurForm<Pause>,
    state: Data<AdminState>,
) -> HttpResponse {
    let texts = words(&request, &asked);
    let reason: String = form.0.reason.trim().chars().take(LONGEST_REASON).collect();
    let reason = (!reason.is_empty()).then_some(reason);
    let work = |sources: Sources| async move {
        let since = spending::pause(&sources.pool, reason.as_deref()).await?;
        slog::warn!(sources.world.process.log, "⚠️ an operator paused everything new"; "since" => %since);
        Ok(())
    };
    match state.with_rows(work).await {
        Ok(()) => told(texts, "pause-begun"),
        Err(_) => away(texts),
    }
}

pub(super) async fn resumes(
    request: HttpRequest,
    asked: Query<Asked>,
    _: OurForm<Confirmed>,
    state: Data<AdminState>,
) -> HttpResponse {
    let texts = words(&request, &asked);
    let work = |sources: Sources| async move {
        let resumed = spending::resume(&sources.pool).await?;
        slog::info!(sources.world.process.log, "an operator resumed"; "was_paused" => resumed);
        Ok(resumed)
    };
    match state.with_rows(work).await {
        Ok(true) => told(texts, "pause-over"),
        Ok(false) => told(texts, "not-paused"),
        Err(_) => away(texts),
    }
}

fn told(texts: &Texts, word: &str) -> HttpResponse {
    page::sentence(StatusCode::OK, texts, texts.told(word).unwrap_or_default())
}
