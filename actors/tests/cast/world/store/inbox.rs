//! `inbox_record.sql`, and how a stored body is understood.

use super::super::fal::{UNREAD, unread};
use super::super::second_kind::ARTIFACTS;
use super::{InboxRow, JobModel, Rows};
use actors::avatar::Status;
use actors::ports::JobId;
use actors::ports::{
    Delivery, Failure, FailureKind, FileUrl, Files, InboxId, NamedFile, News, Receipt, Report,
    StoredCall,
};
use serde_json::Value;

impl Rows {
    pub(crate) fn record(&mut self, batch: &[Delivery]) -> Vec<Receipt> {
        batch.iter().map(|delivery| self.record_one(delivery)).collect()
    }

    fn record_one(&mut self, delivery: &Delivery) -> Receipt {
        let waits = self.waits_for(delivery);
        let same =
            |row: &&mut InboxRow| row.request == delivery.request && row.digest == delivery.digest;
        let (id, repeated, unprocessed) = if let Some(row) = self.inbox.iter_mut().find(same) {
            row.deliveries += 1;
            (row.id, true, row.outcome.is_none())
        } else {
            let late = waits.is_some_and(|(_, hears)| !hears).then_some("late");
            let outcome = self.another_job(waits, delivery).or(late);
            (self.put(delivery, outcome), false, outcome.is_none())
        };
        let named = self.name_cancelled(waits, delivery);
        let route =
            waits.filter(|(_, hears)| named || (unprocessed && *hears)).map(|(avatar, _)| {
                let request = delivery.request.clone();
                let body = delivery.body.clone();
                (avatar, StoredCall { inbox: InboxId(id), request, body })
            });
        let ours = waits.is_some_and(|(avatar, _)| {
            let nonce = self.jobs.get(&avatar).and_then(|row| row.nonce);
            nonce.is_some() && nonce == delivery.nonce
        });
        Receipt { route, repeated, ours }
    }

    /// Our nonce, and another name than the one that the attempt has: bought twice.
    fn another_job(
        &mut self,
        waits: Option<(JobId, bool)>,
        delivery: &Delivery,
    ) -> Option<&'static str> {
        let of_nonce = |row: &&JobModel| row.nonce.is_some() && row.nonce == delivery.nonce;
        let row = self.jobs.values().find(of_nonce).filter(|_| waits.is_none())?;
        let (avatar, attempt) = (row.id, row.attempt);
        self.bought_twice(avatar, attempt, &delivery.request, "webhook-handler");
        Some("another_job")
    }

    /// Cancelled before FAL's name of the job was known: FAL is told now.
    fn name_cancelled(&mut self, waits: Option<(JobId, bool)>, delivery: &Delivery) -> bool {
        let row = waits.and_then(|(avatar, _)| self.jobs.get_mut(&avatar));
        let unnamed =
            |row: &&mut JobModel| row.status == Status::Cancelled && row.request.is_none();
        let Some(row) = row.filter(unnamed) else { return false };
        row.request = Some(delivery.request.clone());
        row.withdraw_due = true;
        let (avatar, attempt) = (row.id, row.attempt);
        self.books_again(avatar);
        self.note(avatar, attempt, "webhook-handler", "submit_accepted");
        true
    }

    fn put(&mut self, delivery: &Delivery, outcome: Option<&'static str>) -> i64 {
        let id = i64::try_from(self.inbox.len() + 1).unwrap();
        self.inbox.push(InboxRow {
            id,
            request: delivery.request.clone(),
            nonce: delivery.nonce,
            body: delivery.body.clone(),
            digest: delivery.digest,
            deliveries: 1,
            outcome,
        });
        id
    }

    /// By FAL's id; before we learnt it, by our nonce.
    fn waits_for(&self, delivery: &Delivery) -> Option<(JobId, bool)> {
        let known = |row: &&super::JobModel| row.request.as_ref() == Some(&delivery.request);
        let hoped = |row: &&super::JobModel| {
            row.request.is_none() && row.nonce.is_some() && row.nonce == delivery.nonce
        };
        let mut rows = self.jobs.values();
        let row = rows.find(known).or_else(|| self.jobs.values().find(hoped))?;
        Some((row.id, row.hears()))
    }
}

/// What a webhook's body says, in the stand-in's few words.
pub(crate) fn understand(call: StoredCall) -> Report {
    let news = match call.body["status"].as_str() {
        Some("OK") => {
            News::Finished { files: files(&call.body["payload"]), answer: call.body.clone() }
        }
        Some("ERROR") if call.body["error"] == UNREAD => News::Failed(unread()),
        Some("ERROR") => {
            News::Failed(Failure::ours(FailureKind::NoFace, "face_detection_error", "no face"))
        }
        _ => News::Unclear,
    };
    Report { inbox: call.inbox, request: call.request, news }
}

/// The files of a payload: weights, or pictures in their order.
fn files(payload: &Value) -> Option<Files> {
    let url = |file: &Value| file["url"].as_str().map(|url| FileUrl(url.into()));
    if let Some(weights) = url(&payload["diffusers_lora_file"]) {
        return Some(Files::of_training(weights, None, None));
    }
    let pictures = payload["images"].as_array()?.iter().filter_map(url);
    let named = ARTIFACTS.into_iter().zip(pictures);
    Some(Files(named.map(|(name, url)| NamedFile { name, url, byte_size: None }).collect()))
}
