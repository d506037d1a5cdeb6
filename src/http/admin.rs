//! The operator's listener: a page with the state of the service, the supervision tree, and the
//! metrics.
//!
//! The page works without a script by reloading; with one it is live. Everything that changes
//! something is a POST with this process's form key.

mod avatar;
mod commands;
mod desk;
mod events;
mod facts;
mod form;
mod gauges;
mod guard;
mod job;
mod moment;
mod notices;
mod page;
mod pause;
mod runbook;
mod sections;
mod texts;
mod troubles;

pub(crate) use desk::Desk;
pub use desk::Sources;

use crate::metrics::Metrics;
use actix_web::http::StatusCode;
use actix_web::middleware::from_fn;
use actix_web::web::{Data, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, web};
use actors::avatar::AvatarId;
use actors::ports::StoreError;
use actors::supervisor::Census;
use commands::Act;
use events::{Live, PAGES};
use form::{Confirmed, OurForm};
use guard::{FormKey, Key, guard};
use maud::html;
use secrecy::SecretString;
use serde::Deserialize;
use std::sync::Arc;
use texts::Texts;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What this process's pages share.
#[derive(Clone)]
pub(super) struct AdminState {
    desk: Desk,
    metrics: Metrics,
    key: Key,
    forms: FormKey,
    live: Live,
}

impl AdminState {
    pub(super) fn new(
        desk: Desk,
        metrics: Metrics,
        token: Option<SecretString>,
        stop: CancellationToken,
    ) -> Self {
        let live = Live { room: Arc::new(Semaphore::new(PAGES)), stop };
        Self { desk, metrics, key: Key(token), forms: FormKey::new(), live }
    }

    pub(super) fn routes(self, config: &mut ServiceConfig) {
        let scope = web::scope("/admin")
            .wrap(from_fn(guard))
            .route("", web::get().to(whole))
            .route("/events", web::get().to(live))
            .route("/runbook", web::get().to(runbook))
            .route("/pause", web::get().to(pause::asks))
            .route("/pause", web::post().to(pause::pauses))
            .route("/resume", web::get().to(pause::asks_to_resume))
            .route("/resume", web::post().to(pause::resumes))
            .route("/api/tree", web::get().to(tree))
            .route("/avatars", web::get().to(find))
            .route("/avatars/{id}", web::get().to(one))
            .route("/avatars/{id}/{act}", web::get().to(asks_back))
            .route("/avatars/{id}/{act}", web::post().to(acts))
            .route("/jobs/{id}", web::get().to(job::one))
            .route("/jobs/{id}/{act}", web::get().to(job::asks_back))
            .route("/jobs/{id}/{act}", web::post().to(job::acts))
            .route("/notices/{id:\\d+}/{action}", web::get().to(notices::asks_back))
            .route("/notices/{id:\\d+}/{action}", web::post().to(notices::decides))
            .route("/notices/{action}/{reason}", web::get().to(notices::asks_back_of_all))
            .route("/notices/{action}/{reason}", web::post().to(notices::decides_all));
        let metrics = web::resource("/metrics").wrap(from_fn(guard)).route(web::get().to(metrics));
        config.app_data(Data::new(self.key.clone())).app_data(Data::new(self));
        config.service(scope).service(metrics);
    }

    /// Runs something with rows on the runtime where connections live.
    async fn with_rows<T: Send + 'static>(&self, work: impl AsyncRows<T>) -> Result<T, StoreError> {
        let sources = self.desk.sources.clone();
        let runtime = sources.runtime.clone();
        let done = runtime.spawn(work.run(sources)).await;
        done.unwrap_or_else(|ended| Err(StoreError::Unavailable(ended.into())))
    }
}

/// Work with rows that may move to another thread.
trait AsyncRows<T> {
    fn run(self, sources: Sources) -> impl Future<Output = Result<T, StoreError>> + Send + 'static;
}

impl<T, F, W> AsyncRows<T> for W
where
    F: Future<Output = Result<T, StoreError>> + Send + 'static,
    W: FnOnce(Sources) -> F,
{
    fn run(self, sources: Sources) -> impl Future<Output = Result<T, StoreError>> + Send + 'static {
        self(sources)
    }
}

/// Query parameters.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    lang: Option<String>,
    id: Option<String>,
    told: Option<String>,
}

fn words(request: &HttpRequest, asked: &Asked) -> &'static Texts {
    let accepted = request.headers().get("Accept-Language").and_then(|value| value.to_str().ok());
    page::language(asked.lang.as_deref(), accepted)
}

fn away(texts: &Texts) -> HttpResponse {
    page::sentence(StatusCode::SERVICE_UNAVAILABLE, texts, texts.not_now)
}

fn unknown(texts: &Texts) -> HttpResponse {
    page::sentence(StatusCode::NOT_FOUND, texts, texts.no_such_avatar)
}

fn avatar_id(text: &str) -> Option<AvatarId> {
    row_id(text).map(AvatarId)
}

/// The id of an avatar or a job, also in the form of the log and the tree (`avt_…`).
fn row_id(text: &str) -> Option<Uuid> {
    let text = text.trim();
    text.rsplit('_').next().unwrap_or(text).parse().ok()
}

async fn whole(request: HttpRequest, asked: Query<Asked>, state: Data<AdminState>) -> HttpResponse {
    let texts = words(&request, &asked);
    match state.desk.fresh().await {
        Some(facts) => page::whole(&facts, texts),
        None => page::sentence(StatusCode::SERVICE_UNAVAILABLE, texts, texts.silent),
    }
}

async fn live(request: HttpRequest, asked: Query<Asked>, state: Data<AdminState>) -> HttpResponse {
    let Ok(room) = Arc::clone(&state.live.room).try_acquire_owned() else {
        return HttpResponse::ServiceUnavailable().body("too many live pages\n");
    };
    let stop = state.live.stop.clone();
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("X-Accel-Buffering", "no")) // nginx would wait for more
        .streaming(events::events(&state.desk, words(&request, &asked), stop, room))
}

async fn runbook(request: HttpRequest, asked: Query<Asked>) -> HttpResponse {
    page::page(StatusCode::OK, words(&request, &asked), &runbook::body(), false)
}

async fn tree(state: Data<AdminState>) -> HttpResponse {
    match state.desk.sources.root.send(Census::WHOLE).await {
        Ok(nodes) => HttpResponse::Ok().json(nodes.into_iter().next()),
        Err(_) => HttpResponse::ServiceUnavailable().body("the supervisor does not answer\n"),
    }
}

async fn metrics(state: Data<AdminState>) -> HttpResponse {
    if let Some(facts) = state.desk.fresh().await {
        gauges::set(&facts);
    }
    let text = state.metrics.text();
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text)
}

/// Handles the search form: an id as the log, the tree or a person writes it.
async fn find(request: HttpRequest, asked: Query<Asked>) -> HttpResponse {
    let texts = words(&request, &asked);
    match asked.id.as_deref().and_then(avatar_id) {
        Some(id) => see_other(&texts.link(&format!("/admin/avatars/{id}"))),
        None => unknown(texts),
    }
}

async fn one(
    request: HttpRequest,
    id: Path<String>,
    asked: Query<Asked>,
    state: Data<AdminState>,
) -> HttpResponse {
    let texts = words(&request, &asked);
    let Some(id) = avatar_id(&id) else { return unknown(texts) };
    let read = move |Sources { pool, policy, .. }: Sources| async move {
        let story = avatar::story(&pool, id, &policy).await?;
        // The search form does not know whose id it is given.
        let of_job = story.is_none() && job::exists(&pool, id.0).await?;
        Ok((story, of_job))
    };
    match state.with_rows(read).await {
        Ok((Some(story), _)) => {
            let told = asked.told.as_deref().and_then(|word| texts.told(word));
            page::page(StatusCode::OK, texts, &avatar::body(&story, told, texts), false)
        }
        Ok((None, true)) => see_other(&texts.link(&job::path(id.0))),
        Ok((None, false)) => unknown(texts),
        Err(_) => away(texts),
    }
}

/// A «Really?» page with the form that does it.
fn confirmation(
    texts: &Texts,
    state: &AdminState,
    what: &str,
    word: &str,
    back: &str,
) -> HttpResponse {
    let (label, question) = texts.act(word);
    let body = html! {
        section {
            h2 { (label) }
            p { code { (what) } }
            p { (question) }
            form.acts method="post" {
                input type="hidden" name="key" value=(state.forms.field());
                button.act { (texts.yes) }
                a.button href=(texts.link(back)) { (texts.no) }
            }
        }
    };
    page::page(StatusCode::OK, texts, &body, false)
}

async fn asks_back(
    request: HttpRequest,
    path: Path<(String, String)>,
    asked: Query<Asked>,
    state: Data<AdminState>,
) -> HttpResponse {
    let texts = words(&request, &asked);
    let (Some(id), Some(act)) = (avatar_id(&path.0), Act::of_word(&path.1)) else {
        return unknown(texts);
    };
    let back = format!("/admin/avatars/{id}");
    confirmation(texts, &state, &id.to_string(), act.word(), &back)
}

async fn acts(
    request: HttpRequest,
    path: Path<(String, String)>,
    asked: Query<Asked>,
    _: OurForm<Confirmed>,
    state: Data<AdminState>,
) -> HttpResponse {
    let texts = words(&request, &asked);
    let (Some(id), Some(act)) = (avatar_id(&path.0), Act::of_word(&path.1)) else {
        return unknown(texts);
    };
    let work = move |sources: Sources| async move { commands::act(&sources, act, id).await };
    match state.with_rows(work).await {
        Ok(Some(told)) => {
            see_other(&format!("{}&told={told}", texts.link(&format!("/admin/avatars/{id}"))))
        }
        Ok(None) => unknown(texts),
        Err(_) => away(texts),
    }
}

fn see_other(place: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("Location", place)).finish()
}
