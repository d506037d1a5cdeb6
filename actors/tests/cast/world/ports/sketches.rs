//! The craft of the second kind: short, two artifacts, no audit.

use super::super::blow::Blow;
use super::super::fal::Outcome;
use super::super::second_kind::{ARTIFACTS, seed};
use super::super::store::{EventRow, understand};
use super::Port;
use super::trainer::reset;
use actors::avatar::RequestId;
use actors::job::{AuditAnswer, Craft, Prepared};
use actors::ports::{
    CancelAnswer, Fence, FileUrl, Files, History, MissingReason, Report, ResultAnswer,
    StatusAnswer, StoreAnswer, StoreError, StoredCall, SubmitAnswer, Trainer,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;

/// What is done for one of them.
pub(crate) struct SketchCraft(pub(crate) Arc<Port>);

#[async_trait]
impl Craft for SketchCraft {
    async fn prepare(&self, fence: Fence) -> Prepared {
        let ready = |model: &mut super::Model| {
            model.uploads += 1;
            let own = format!("https://v3.fal.media/files/{}/{}.txt", fence.job, model.uploads);
            Prepared::Ready(FileUrl(own.into()))
        };
        let failed = |_| Prepared::NotReady { why: reset(), hopeless: None };
        self.0.call("sketch prepare", ready, failed).await
    }

    async fn submit(&self, fence: Fence, _: &str, _: &FileUrl) -> SubmitAnswer {
        let accept = |model: &mut super::Model| {
            let Some(row) = model.rows.jobs.get(&fence.job) else {
                return SubmitAnswer::NotAccepted { retry_after: None, why: "no row".to_owned() };
            };
            let (webhook, renewals) = (row.webhook.clone(), row.renewals);
            let outcome = if model.unread > 0 { Outcome::Unread } else { model.jobs.1 };
            model.unread = model.unread.saturating_sub(1);
            let ends_at = model.rows.now + Duration::from_secs(5);
            let (webhook, mark) = (webhook.as_deref(), seed(fence.job, renewals));
            let job = model.fal.accept(webhook, &mark, &ARTIFACTS, ends_at, outcome);
            SubmitAnswer::Accepted(job.request)
        };
        let failed = |blow| match blow {
            Blow::FailBefore => SubmitAnswer::NotAccepted { retry_after: None, why: reset() },
            Blow::FailAfter | Blow::DieBefore | Blow::DieAfter => {
                SubmitAnswer::Lost { why: reset() }
            }
        };
        self.0.call("sketch submit", accept, failed).await
    }

    async fn store(&self, _: Fence, files: &Files) -> StoreAnswer {
        let store = |model: &mut super::Model| {
            let answer = model.fal.download(files);
            if let StoreAnswer::Stored(stored) = &answer {
                model.objects.extend(stored.files.iter().map(|file| file.key.clone()));
            }
            answer
        };
        let failed =
            |_| StoreAnswer::NotStored { reason: MissingReason::DownloadFailed, detail: reset() };
        self.0.call("sketch store", store, failed).await
    }

    /// Nobody ought to ask; whoever judges the story reads that somebody did.
    async fn audit(&self, fence: Fence) -> AuditAnswer {
        let audited = |model: &mut super::Model| {
            let (job, attempt) = (fence.job, fence.attempt);
            let kind = "audited".to_owned();
            model.rows.events.push(EventRow { job, attempt, source: "sketch", kind });
            AuditAnswer::Intact
        };
        self.0.call("sketch audit", audited, |_| AuditAnswer::Unknown).await
    }

    async fn status(&self, endpoint: &str, request: &RequestId) -> StatusAnswer {
        Trainer::status(&*self.0, endpoint, request).await
    }

    async fn result(&self, endpoint: &str, request: &RequestId) -> ResultAnswer {
        Trainer::result(&*self.0, endpoint, request).await
    }

    async fn cancel(&self, endpoint: &str, request: &RequestId) -> CancelAnswer {
        Trainer::cancel(&*self.0, endpoint, request).await
    }

    async fn history(&self, fence: Fence, _: &str, _: &FileUrl, _: DateTime<Utc>) -> History {
        let search = |model: &mut super::Model| match model.rows.jobs.get(&fence.job) {
            Some(row) => model.fal.history(&seed(fence.job, row.renewals), model.rows.now),
            None => History::Unreachable { why: "no row".to_owned() },
        };
        let failed = |_| History::Unreachable { why: reset() };
        self.0.call("sketch history", search, failed).await
    }

    async fn typical(&self, _: Fence, _: &str) -> Result<Option<Duration>, StoreError> {
        Ok(Some(Duration::from_secs(20)))
    }

    fn read(&self, call: StoredCall) -> Report {
        understand(call)
    }
}
