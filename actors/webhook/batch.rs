//! What happens to a batch of calls. No actor is involved, so nothing here knows of queues.

use super::{Accepted, Refused};
use crate::job::supervisor::LookAt;
use crate::ports::{
    BadBody, Delivery, Inbox, RawDelivery, Receipt, Rejection, Signatures, StoreError,
    WebhookReader,
};
use slog::{Logger, info, warn};
use tokio::sync::oneshot;

/// Up to this many stored calls have a line each in the log; a storm has one line per batch.
const TOLD_SINGLY: usize = 4;

const AWAY: Refused = Refused::NotNow("the database is out of reach");
const BUSY: Refused = Refused::NotNow("all connections to the database are in use");

/// What a caller is told.
pub(super) type Answer = Result<Accepted, Refused>;

/// A call of which nothing is verified yet.
pub(super) struct Arrived {
    pub(super) raw: RawDelivery,
    pub(super) answer: oneshot::Sender<Answer>,
}

/// A call that FAL signed, and that can be stored.
pub(super) struct Verified {
    delivery: Delivery,
    answer: oneshot::Sender<Answer>,
}

/// Verifies a batch with the keys at hand. Returns the calls that none of the keys signed.
pub(super) async fn verify(
    signatures: &dyn Signatures,
    reader: &dyn WebhookReader,
    batch: Vec<Arrived>,
) -> (Vec<Verified>, Vec<Arrived>) {
    let (raw, answers): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|call| (call.raw, call.answer)).unzip();
    let verdicts = signatures.verify_known(&raw).await;
    let (mut verified, mut unknown) = (Vec::with_capacity(raw.len()), Vec::new());
    for ((raw, answer), verdict) in raw.into_iter().zip(answers).zip(verdicts) {
        match verdict {
            Some(verdict) => verified.extend(read(reader, &raw, answer, verdict)),
            None => unknown.push(Arrived { raw, answer }),
        }
    }
    (verified, unknown)
}

/// Verifies one call, with newer keys if needed.
pub(super) async fn ask(
    signatures: &dyn Signatures,
    reader: &dyn WebhookReader,
    call: Arrived,
) -> Option<Verified> {
    let verdict = signatures.verify(&call.raw).await;
    read(reader, &call.raw, call.answer, verdict)
}

/// Only verified calls are parsed. A refused caller is answered at once.
fn read(
    reader: &dyn WebhookReader,
    raw: &RawDelivery,
    answer: oneshot::Sender<Answer>,
    verdict: Result<(), Rejection>,
) -> Option<Verified> {
    let read = verdict.map_err(Refused::from);
    match read.and_then(|()| reader.read(raw).map_err(Refused::BadBody)) {
        Ok(delivery) => Some(Verified { delivery, answer }),
        Err(refused) => {
            tell(answer, Err(refused));
            None
        }
    }
}

/// Stores a batch, answers its callers, and returns the jobs that are to look. If the store refuses
/// the batch, its members are stored one by one, so that a single bad one fails alone.
pub(super) async fn store(
    inbox: &dyn Inbox,
    signatures: &dyn Signatures,
    batch: Vec<Verified>,
    log: &Logger,
) -> Vec<LookAt> {
    let (deliveries, answers): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|call| (call.delivery, call.answer)).unzip();
    let results = match inbox.record(&deliveries).await {
        Ok(receipts) => receipts.into_iter().map(Ok).collect(),
        Err(StoreError::Refused(_)) if deliveries.len() > 1 => {
            let mut results = Vec::with_capacity(deliveries.len());
            for delivery in &deliveries {
                results.push(alone(inbox, delivery).await);
            }
            results
        }
        Err(StoreError::Refused(_)) => vec![Err(Refused::BadBody(BadBody::NotStorable))],
        Err(StoreError::Unavailable(_)) => answers.iter().map(|_| Err(AWAY)).collect(),
        Err(StoreError::Busy) => answers.iter().map(|_| Err(BUSY)).collect(),
    };
    note(log, &deliveries, &results);
    let signer = signer(&deliveries, &results).filter(|_| signatures.learns_user());
    let mut looks = Vec::new();
    for ((result, delivery), answer) in results.into_iter().zip(deliveries).zip(answers) {
        let stored = result.map(|receipt| {
            let look = |(job, call)| LookAt { job, call: Some(call) };
            looks.extend(receipt.route.map(look));
            Accepted { request: delivery.request.0.into_string() }
        });
        tell(answer, stored);
    }
    // Nobody waits for this.
    if let Some(signer) = signer {
        learn(inbox, signatures, &signer, log).await;
    }
    looks
}

/// The FAL user for whom a call with a nonce of ours was signed: that is us.
fn signer(deliveries: &[Delivery], results: &[Result<Receipt, Refused>]) -> Option<String> {
    let ours = |result: &Result<Receipt, Refused>| result.as_ref().is_ok_and(|told| told.ours);
    let mut calls = deliveries.iter().zip(results).filter(|(_, result)| ours(result));
    calls.find_map(|(delivery, _)| delivery.user.clone())
}

/// FAL signs for all of its customers; from now on only what is signed for us is accepted.
async fn learn(inbox: &dyn Inbox, signatures: &dyn Signatures, signer: &str, log: &Logger) {
    match inbox.pin_user(signer).await {
        Ok(user) => {
            info!(log, "[WEBHOOK] FAL calls us as this user: webhooks of others are refused from now \
                 on; after a change of the account set FAL_USER_ID"; "user" => &user);
            signatures.learn_user(&user);
        }
        Err(error) => warn!(log, "[WEBHOOK] our FAL user could not be noted: {}", error),
    }
}

async fn alone(inbox: &dyn Inbox, delivery: &Delivery) -> Result<Receipt, Refused> {
    match inbox.record(std::slice::from_ref(delivery)).await {
        Ok(receipts) => {
            receipts.into_iter().next().ok_or(Refused::NotNow("the database gave no receipt"))
        }
        Err(StoreError::Refused(_)) => Err(Refused::BadBody(BadBody::NotStorable)),
        Err(StoreError::Unavailable(_)) => Err(AWAY),
        Err(StoreError::Busy) => Err(BUSY),
    }
}

/// A line for each of a few; in a storm the rows show who called.
fn note(log: &Logger, deliveries: &[Delivery], results: &[Result<Receipt, Refused>]) {
    let stored: Vec<_> = deliveries
        .iter()
        .zip(results)
        .filter_map(|(delivery, result)| Some((delivery, result.as_ref().ok()?)))
        .collect();
    if stored.len() > TOLD_SINGLY {
        let known = stored.iter().filter(|(_, receipt)| receipt.route.is_some()).count();
        let repeated = stored.iter().filter(|(_, receipt)| receipt.repeated).count();
        info!(log, "[WEBHOOK] many stored at once"; "calls" => stored.len(), "known" => known,
            "repeated" => repeated);
        return;
    }
    for (delivery, receipt) in stored {
        info!(log, "[WEBHOOK] stored"; "request" => %delivery.request,
            "repeated" => receipt.repeated, "known" => receipt.route.is_some());
    }
}

fn tell(caller: oneshot::Sender<Answer>, answer: Answer) {
    if caller.send(answer).is_err() {
        // FAL hung up; what is stored is stored.
    }
}
