//! The page of one paid job that is no training: its whole history, and the operator commands for it.

use super::avatar::{fact, told_in_order, watched_by};
use super::desk::Sources;
use super::form::{Confirmed, OurForm};
use super::moment::ago;
use super::texts::Texts;
use super::{AdminState, Asked, away, confirmation, page, row_id, see_other, words};
use crate::postgres::Pool;
use crate::postgres::histories::{self, Job};
use crate::postgres::operator::{self, JobCancellation};
use crate::story::outlook::jobs as outlook;
use crate::story::{Step, steps_of_job};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use actors::ports::StoreError;
use maud::{Markup, html};
use strum::{EnumIter, EnumString, IntoEnumIterator as _, IntoStaticStr};
use uuid::Uuid;

/// Something to do about a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, EnumIter)]
#[strum(serialize_all = "lowercase")]
enum Act {
    Recheck,
    Cancel,
}

impl Act {
    /// The word of its button and confirmation in [`Texts::act`].
    fn text(self) -> &'static str {
        match self {
            Self::Recheck => "recheck-job",
            Self::Cancel => "cancel-job",
        }
    }

    /// Runs it and returns the word of [`Texts::told`] for the outcome; `None` if there is no such
    /// job.
    async fn run(self, pool: &Pool, id: Uuid) -> Result<Option<&'static str>, StoreError> {
        let Some(job) = histories::job(pool, id).await? else { return Ok(None) };
        let nudge = async || operator::nudge_job(pool, &job.kind, id).await;
        Ok(Some(match self {
            Self::Recheck if !operator::recheck_job(pool, id).await? => "no-look",
            Self::Recheck => {
                if nudge().await? {
                    "looked"
                } else {
                    "unwatched"
                }
            }
            Self::Cancel => match operator::cancel_job(pool, id).await? {
                JobCancellation::NotRunning => "job-not-running",
                JobCancellation::Cancelled => {
                    // The instance that watches it also finds this in the row.
                    nudge().await?;
                    "job-cancelled"
                }
            },
        }))
    }
}

/// The address of its page.
pub(super) fn path(id: Uuid) -> String {
    format!("/admin/jobs/{id}")
}

/// Whether there is such a job.
pub(super) async fn exists(pool: &Pool, id: Uuid) -> Result<bool, StoreError> {
    Ok(histories::job(pool, id).await?.is_some())
}

type Story = (Job, Vec<Step>, Vec<String>);

/// Reads it; `None` if there is no such job.
async fn story(pool: &Pool, id: Uuid) -> Result<Option<Story>, StoreError> {
    let Some(job) = histories::job(pool, id).await? else { return Ok(None) };
    let history = histories::job_history(pool, id).await?;
    let outlook = outlook::outlook(&job, &history.notices);
    let steps = steps_of_job(&job, &history);
    Ok(Some((job, steps, outlook)))
}

fn unknown(texts: &Texts) -> HttpResponse {
    page::sentence(StatusCode::NOT_FOUND, texts, texts.no_such_job)
}

pub(super) async fn one(
    request: HttpRequest,
    id: Path<String>,
    asked: Query<Asked>,
    state: Data<AdminState>,
) -> HttpResponse {
    let texts = words(&request, &asked);
    let Some(id) = row_id(&id) else { return unknown(texts) };
    let read = move |sources: Sources| async move { story(&sources.pool, id).await };
    match state.with_rows(read).await {
        Ok(Some((job, steps, outlook))) => {
            let told = asked.told.as_deref().and_then(|word| texts.told(word));
            let head = head(&job, texts);
            let body = told_in_order(&head, told, (&steps, &outlook), job.now, texts);
            page::page(StatusCode::OK, texts, &body, false)
        }
        Ok(None) => unknown(texts),
        Err(_) => away(texts),
    }
}

fn head(job: &Job, texts: &Texts) -> Markup {
    let pictures = (job.pictures > 0).then(|| job.pictures.to_string());
    html! {
        h2 { (texts.job_kind(&job.kind)) ", " (texts.job_status(&job.status)) }
        code { (job.id) }
        dl {
            dt { (texts.owner) } dd { (job.telegram_id) }
            @if let Some(avatar) = job.avatar_id {
                dt { (texts.avatar) }
                dd { a href=(texts.link(&format!("/admin/avatars/{avatar}"))) { code { (avatar) } } }
            }
            @if let Some(at) = job.started_at { dt { (texts.age) } dd { (ago(at, job.now, texts)) } }
            (fact("FAL", job.endpoint.as_deref()))
            (fact("request", job.request_id.as_deref()))
            (fact(texts.pictures, pictures.as_deref()))
            (fact(texts.error, job.error.as_deref()))
            (watched_by(&job.watch, texts))
        }
        div.acts {
            @for act in Act::iter() {
                @let word: &str = act.into();
                a.button href=(texts.link(&format!("{}/{word}", path(job.id)))) {
                    (texts.act(act.text()).0)
                }
            }
        }
    }
}

pub(super) async fn asks_back(
    request: HttpRequest,
    place: Path<(String, String)>,
    asked: Query<Asked>,
    state: Data<AdminState>,
) -> HttpResponse {
    let texts = words(&request, &asked);
    let (Some(id), Ok(act)) = (row_id(&place.0), place.1.parse::<Act>()) else {
        return unknown(texts);
    };
    confirmation(texts, &state, &id.to_string(), act.text(), &path(id))
}

pub(super) async fn acts(
    request: HttpRequest,
    place: Path<(String, String)>,
    asked: Query<Asked>,
    _: OurForm<Confirmed>,
    state: Data<AdminState>,
) -> HttpResponse {
    let texts = words(&request, &asked);
    let (Some(id), Ok(act)) = (row_id(&place.0), place.1.parse::<Act>()) else {
        return unknown(texts);
    };
    let work = move |sources: Sources| async move { act.run(&sources.pool, id).await };
    match state.with_rows(work).await {
        Ok(Some(told)) => see_other(&format!("{}&told={told}", texts.link(&path(id)))),
        Ok(None) => unknown(texts),
        Err(_) => away(texts),
    }
}
