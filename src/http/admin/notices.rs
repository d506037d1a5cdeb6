//! Operator commands for notices: confirmed first, then done by the same statements as the CLI
//! commands.

use super::desk::Sources;
use super::form::{Confirmed, OurForm};
use super::{AdminState, Asked, away, confirmation, page, unknown, words};
use crate::postgres::notices::{self, Decided, MENDABLE};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use actors::ports::StoreError;
use strum::EnumString;

/// What an operator does about notices.
#[derive(Clone, Copy, EnumString)]
#[strum(serialize_all = "lowercase")]
enum Action {
    Retry,
    Dismiss,
}

impl Action {
    fn of_word(word: &str) -> Option<Self> {
        word.parse().ok()
    }

    /// Its words for one notice and for many.
    fn words(self) -> [&'static str; 2] {
        match self {
            Self::Retry => ["retry-notice", "retry-notices"],
            Self::Dismiss => ["dismiss-notice", "dismiss-notices"],
        }
    }

    /// Applies it to one notice; `None` if there is no such notice.
    async fn to_one(self, sources: &Sources, id: i64) -> Result<Option<&'static str>, StoreError> {
        let decided = match self {
            Self::Retry => notices::retry(&sources.pool, id).await?,
            Self::Dismiss => notices::dismiss(&sources.pool, id).await?,
        };
        Ok(match (decided, self) {
            (Decided::Done(_), Self::Retry) => Some("notice-again"),
            (Decided::Done(_), Self::Dismiss) => Some("notice-dismissed"),
            (Decided::Refused(_), Self::Retry) => Some("notice-refused"),
            (Decided::Refused(_), Self::Dismiss) => Some("notice-not-dismissed"),
            (Decided::Unknown, _) => None,
        })
    }

    /// Applies it to all notices stopped for this reason.
    async fn to_all(self, sources: &Sources, reason: &'static str) -> Result<i64, StoreError> {
        match self {
            Self::Retry => notices::retry_all(&sources.pool, &[reason]).await,
            Self::Dismiss => notices::dismiss_all(&sources.pool, &[reason]).await,
        }
    }
}

/// The reasons that an operator can fix, by their word in the address.
fn reason(word: &str) -> Option<&'static str> {
    MENDABLE.into_iter().find(|reason| *reason == word)
}

pub(super) async fn asks_back(
    request: HttpRequest,
    path: Path<(i64, String)>,
    asked: Query<Asked>,
    state: Data<AdminState>,
) -> HttpResponse {
    let texts = words(&request, &asked);
    let Some(action) = Action::of_word(&path.1) else { return unknown(texts) };
    let what = format!("{} {}", texts.notice, path.0);
    confirmation(texts, &state, &what, action.words()[0], "/admin")
}

pub(super) async fn asks_back_of_all(
    request: HttpRequest,
    path: Path<(String, String)>,
    asked: Query<Asked>,
    state: Data<AdminState>,
) -> HttpResponse {
    let texts = words(&request, &asked);
    let (Some(action), Some(reason)) = (Action::of_word(&path.0), reason(&path.1)) else {
        return unknown(texts);
    };
    confirmation(texts, &state, texts.dead_reason(reason), action.words()[1], "/admin")
}

pub(super) async fn decides(
    request: HttpRequest,
    path: Path<(i64, String)>,
    asked: Query<Asked>,
    _: OurForm<Confirmed>,
    state: Data<AdminState>,
) -> HttpResponse {
    let texts = words(&request, &asked);
    let (id, word) = path.into_inner();
    let Some(action) = Action::of_word(&word) else { return unknown(texts) };
    let act = move |sources: Sources| async move { action.to_one(&sources, id).await };
    match state.with_rows(act).await {
        Ok(Some(told)) => {
            page::sentence(StatusCode::OK, texts, texts.told(told).unwrap_or_default())
        }
        Ok(None) => page::sentence(StatusCode::NOT_FOUND, texts, texts.no_such_notice),
        Err(_) => away(texts),
    }
}

pub(super) async fn decides_all(
    request: HttpRequest,
    path: Path<(String, String)>,
    asked: Query<Asked>,
    _: OurForm<Confirmed>,
    state: Data<AdminState>,
) -> HttpResponse {
    let texts = words(&request, &asked);
    let (Some(action), Some(reason)) = (Action::of_word(&path.0), reason(&path.1)) else {
        return unknown(texts);
    };
    let work = move |sources: Sources| async move { action.to_all(&sources, reason).await };
    match state.with_rows(work).await {
        Ok(count) => {
            page::sentence(StatusCode::OK, texts, &format!("{}: {count}", texts.notices_done))
        }
        Err(_) => away(texts),
    }
}
