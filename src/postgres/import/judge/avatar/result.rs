//! The state of a training, whatever its row claims.

use super::super::Bench;
use super::super::files::Address;
use super::{At, Avatar};
use actors::avatar::Status;
use serde_json::Value;
use uuid::Uuid;

/// Its state here.
pub(super) struct Stands {
    pub(super) status: Status,
    /// There was something to train, so the attempt has a number.
    pub(super) trained: bool,
    request: Option<String>,
    started_at: Option<At>,
    finished_at: Option<At>,
    completed_at: Option<At>,
    error: Option<String>,
    url: Option<String>,
    finetune: Option<String>,
    told: Option<(&'static str, Option<At>)>,
}

impl Stands {
    fn at(status: Status) -> Self {
        Self {
            status,
            trained: true,
            request: None,
            started_at: None,
            finished_at: None,
            completed_at: None,
            error: None,
            url: None,
            finetune: None,
            told: None,
        }
    }

    /// It ended without weights, and its owner is told now.
    fn lost(error: &str) -> Self {
        let told = Some(("failed", None));
        Self { error: Some(error.to_owned()), told, ..Self::at(Status::Error) }
    }

    /// The columns of this state.
    pub(super) fn into_columns(self) -> Avatar {
        let completed = self.status == Status::Completed;
        Avatar {
            status: self.status.word(),
            fal_request_id: self.request,
            training_started_at: self.started_at,
            fal_finished_at: self.finished_at,
            training_completed_at: self.completed_at,
            training_error: self.error,
            result_source: completed.then_some("import"),
            diffusers_lora_file_url: self.url,
            finetune_id: self.finetune,
            notice: self.told.map(|(kind, _)| kind),
            notice_sent: self.told.and_then(|(_, at)| at),
            ..Avatar::blank()
        }
    }
}

/// Judges the end, or that there is none yet.
pub(super) fn judge(
    bench: &mut Bench<'_>,
    status: Status,
    request: Option<String>,
    url: &Address,
    finetune: Option<String>,
    now: At,
) -> Stands {
    let test = request.as_deref().is_some_and(|id| id.starts_with("test_"));
    match status {
        Status::Draft => Stands { trained: false, ..Stands::at(Status::Draft) },
        Status::Uploading | Status::Ready => {
            bench.changed("photos_needed", "it is a draft again: its photos are to be sent anew");
            Stands { trained: false, ..Stands::at(Status::Draft) }
        }
        Status::Training | Status::Completed if test => {
            bench.changed("test_avatar", "its training was a rehearsal; FAL is never asked for it");
            Stands { error: Some("test_avatar".to_owned()), request, ..Stands::at(Status::Error) }
        }
        Status::Training => training(bench, request),
        Status::Completed => completed(bench, request, url, finetune, now),
        Status::Error => {
            let error = bench.owned("training_error").unwrap_or_else(|| "unknown".to_owned());
            Stands { request, finetune, error: Some(error), ..Stands::at(Status::Error) }
        }
        Status::Cancelled => Stands { request, finetune, ..Stands::at(Status::Cancelled) },
    }
}

fn began(bench: &Bench<'_>) -> Option<At> {
    let columns = ["training_started_at", "updated_at", "created_at"];
    columns.into_iter().find_map(|column| bench.moment(column))
}

/// It continues here: watched under its own name, never bought again.
fn training(bench: &mut Bench<'_>, request: Option<String>) -> Stands {
    if request.is_none() {
        bench.changed(
            "request_lost",
            "it was in training without a request at FAL; its owner is told",
        );
        return Stands::lost("request_lost");
    }
    if bench.moment("training_started_at").is_none() {
        bench.changed("start_null", "its start was null; its last change is taken for it");
    }
    Stands { request, started_at: began(bench), ..Stands::at(Status::Training) }
}

fn completed(
    bench: &mut Bench<'_>,
    request: Option<String>,
    url: &Address,
    finetune: Option<String>,
    now: At,
) -> Stands {
    let ended = bench.moment("training_completed_at").or_else(|| bench.moment("updated_at"));
    match (url, request, finetune) {
        // Gets the full time of a training from now on, so that what FAL still has is fetched at
        // FAL's pace.
        (Address::Fals(url), request, finetune) => {
            bench.changed(
                "weights_to_fetch",
                "its weights are fetched from FAL; in training until then",
            );
            let request = request.or_else(|| Some(nameless(bench)));
            Stands {
                request,
                finetune,
                started_at: Some(now),
                finished_at: Some(ended.unwrap_or(now)),
                url: Some(url.clone()),
                told: Some(("ready", Some(ended.unwrap_or(now)))),
                ..Stands::at(Status::Training)
            }
        }
        (_, request, finetune @ Some(_)) => {
            let completed_at = Some(ended.unwrap_or(now));
            Stands { request, completed_at, finetune, ..Stands::at(Status::Completed) }
        }
        (_, request @ Some(_), None) => {
            bench.changed(
                "result_invented",
                "called completed without a result; FAL is asked for it",
            );
            Stands { request, started_at: began(bench), ..Stands::at(Status::Training) }
        }
        (_, None, None) => {
            bench.changed(
                "result_missing",
                "called completed without a result and without a request to ask for; its owner is told",
            );
            Stands::lost("result_unavailable")
        }
    }
}

/// FAL's address of the weights is known, but not its name of the job.
fn nameless(bench: &mut Bench<'_>) -> String {
    bench.changed("request_null", "its request is unknown; it goes by a name of ours");
    format!("imported-{}", bench.row["id"].as_str().unwrap_or_default())
}

impl Avatar {
    /// An empty state.
    fn blank() -> Self {
        Self {
            id: Uuid::nil(),
            telegram_id: 0,
            name: String::new(),
            status: "draft",
            gender: None,
            attempt: 0,
            training_type: "portrait",
            fal_endpoint: None,
            fal_request_id: None,
            trigger_phrase: None,
            steps: None,
            learning_rate: None,
            multiresolution_training: true,
            subject_crop: true,
            create_masks: false,
            captioning: true,
            fal_priority: None,
            finetune_type: "lora",
            finetune_comment: None,
            webhook_url: None,
            training_started_at: None,
            training_progress: 0,
            last_status_check: None,
            training_logs: None,
            fal_finished_at: None,
            training_completed_at: None,
            training_error: None,
            result_source: None,
            diffusers_lora_file_url: None,
            config_file_url: None,
            fal_response_data: Value::Null,
            finetune_id: None,
            created_at: None,
            updated_at: None,
            event: Value::Null,
            notice: None,
            notice_sent: None,
        }
    }
}
