//! FAL: takes jobs, takes its time, calls back, and keeps a ledger of what was bought.

use super::store::nonce_of;
use actors::avatar::RequestId;
use actors::ports::{
    CancelAnswer, Failure, FailureKind, FileUrl, Files, History, MissingReason, NamedFile,
    ObjectKey, Progress, ResultAnswer, StatusAnswer, StoreAnswer, StoredFile, StoredFiles,
};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// Bytes of the weights that a real trainer made.
pub(crate) const WEIGHTS: u64 = 89_745_224;

/// How a job ends at FAL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Weights that can be stored.
    Weights,
    /// Weights whose file never arrives whole.
    Truncated,
    /// The job's own 4xx.
    Failure,
    /// FAL could not read what was submitted.
    Unread,
    /// It runs until somebody stops it.
    Never,
}

/// A job that FAL accepted. Somebody pays for it.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) request: RequestId,
    /// Where it calls back.
    pub(crate) webhook: Option<String>,
    /// The attempt that it was bought for.
    pub(crate) nonce: Option<Uuid>,
    /// What its submit is found by in the history.
    pub(crate) mark: Box<str>,
    /// The names of its files.
    makes: &'static [&'static str],
    pub(crate) ends_at: Duration,
    pub(crate) outcome: Outcome,
    /// Times that we asked to stop it.
    pub(crate) cancels: u32,
}

/// FAL.
#[derive(Debug, Default)]
pub(crate) struct Fal {
    pub(crate) jobs: Vec<Job>,
}

impl Fal {
    /// Takes a job that makes these files, even if its answer is lost.
    pub(crate) fn accept(
        &mut self,
        webhook: Option<&str>,
        mark: &str,
        makes: &'static [&'static str],
        ends_at: Duration,
        outcome: Outcome,
    ) -> Job {
        let job = Job {
            request: RequestId(format!("job-{}", self.jobs.len() + 1).into()),
            nonce: webhook.and_then(nonce_of),
            webhook: webhook.map(str::to_owned),
            mark: mark.into(),
            makes,
            ends_at,
            outcome,
            cancels: 0,
        };
        self.jobs.push(job.clone());
        job
    }

    /// The job with a name that was handed out.
    pub(crate) fn job(&mut self, request: &RequestId) -> Option<&mut Job> {
        self.jobs.iter_mut().find(|job| job.request == *request)
    }

    /// The history of requests, which lists what has ended.
    pub(crate) fn history(&self, mark: &str, now: Duration) -> History {
        let listed = self.jobs.iter().filter(|job| job.over(now) && *job.mark == *mark);
        History::Read { named: listed.map(|job| job.request.clone()).collect(), blank: Vec::new() }
    }

    pub(crate) fn status(&mut self, request: &RequestId, now: Duration) -> StatusAnswer {
        match self.job(request) {
            None => StatusAnswer::Unreachable { why: "404".to_owned() },
            Some(job) if job.over(now) => StatusAnswer::Finished,
            Some(_) => StatusAnswer::Running(Progress {
                queue_position: None,
                percent: None,
                word: "IN_PROGRESS".to_owned(),
            }),
        }
    }

    pub(crate) fn result(&mut self, request: &RequestId, now: Duration) -> ResultAnswer {
        match self.job(request) {
            Some(job) if job.over(now) && job.outcome == Outcome::Failure => {
                ResultAnswer::Failed(failure())
            }
            Some(job) if job.over(now) && job.outcome == Outcome::Unread => {
                ResultAnswer::Failed(unread())
            }
            Some(job) if job.over(now) => {
                ResultAnswer::Files { files: Some(job.files()), answer: Value::Null }
            }
            Some(_) => ResultAnswer::Unreachable { why: "still in progress".to_owned() },
            None => ResultAnswer::Gone,
        }
    }

    pub(crate) fn cancel(&mut self, request: &RequestId) -> CancelAnswer {
        if let Some(job) = self.job(request) {
            job.cancels += 1;
        }
        CancelAnswer::Answered("CANCELLATION_REQUESTED".to_owned())
    }

    /// The files behind these addresses, as the mirror finds them: all of them or none.
    pub(crate) fn download(&self, files: &Files) -> StoreAnswer {
        let of = |file: &NamedFile| {
            self.jobs.iter().find(|job| job.files().0.iter().any(|own| own.url == file.url))
        };
        let good = |file: &NamedFile| of(file).is_some_and(|job| job.outcome == Outcome::Weights);
        if files.0.is_empty() || !files.0.iter().all(good) {
            return StoreAnswer::NotStored {
                reason: MissingReason::SizeMismatch,
                detail: "fewer bytes than announced".to_owned(),
            };
        }
        let stored = |file: &NamedFile| StoredFile {
            name: file.name,
            key: ObjectKey(format!("loras/{}", file.url.0)),
            sha256: format!("sha-of-{}", file.url.0),
            byte_size: i64::try_from(WEIGHTS).unwrap(),
            source: file.url.clone(),
            details: serde_json::Value::Null,
        };
        StoreAnswer::Stored(StoredFiles {
            files: files.0.iter().map(stored).collect(),
            missing: None,
        })
    }
}

impl Job {
    /// FAL has stopped working on it.
    pub(crate) fn over(&self, now: Duration) -> bool {
        self.outcome != Outcome::Never && now >= self.ends_at
    }

    pub(crate) fn files(&self) -> Files {
        let file = |name: &&'static str| NamedFile {
            name,
            url: FileUrl(format!("https://v3.fal.media/files/{}.{name}", self.request).into()),
            byte_size: Some(WEIGHTS),
        };
        Files(self.makes.iter().map(file).collect())
    }

    /// Whether what is in our store is what it made, all of it.
    pub(crate) fn made(&self, stored: &StoredFiles) -> bool {
        let files = self.files().0;
        let same = |(file, own): (&NamedFile, &StoredFile)| {
            (&file.url, file.name) == (&own.source, own.name)
        };
        files.len() == stored.files.len() && files.iter().zip(&stored.files).all(same)
    }

    /// What FAL calls us with.
    pub(crate) fn report(&self) -> Value {
        let url = |file: &NamedFile| json!({ "url": &*file.url.0 });
        let payload = match &self.files().0[..] {
            [weights] => json!({ "diffusers_lora_file": url(weights) }),
            pictures => json!({ "images": pictures.iter().map(url).collect::<Vec<_>>() }),
        };
        match self.outcome {
            Outcome::Failure => json!({
                "request_id": &*self.request.0, "status": "ERROR", "payload": null,
            }),
            Outcome::Unread => json!({
                "request_id": &*self.request.0, "status": "ERROR", "payload": null, "error": UNREAD,
            }),
            Outcome::Weights | Outcome::Truncated | Outcome::Never => json!({
                "request_id": &*self.request.0, "status": "OK", "payload": payload,
            }),
        }
    }
}

/// The failure of every job that fails.
pub(crate) fn failure() -> Failure {
    Failure::ours(FailureKind::NoFace, "face_detection_error", "no face")
}

/// FAL's code for what it could not read.
pub(crate) const UNREAD: &str = "file_download_error";

/// The failure of a job whose input FAL could not read.
pub(crate) fn unread() -> Failure {
    Failure::ours(FailureKind::BadArchive, UNREAD, "failed to download the file")
}
