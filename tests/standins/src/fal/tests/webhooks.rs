//! Deliveries of webhooks. A second stand-in receives them: faults ordered for its submits become
//! the receiver's answers.

use std::time::Duration;

use chrono::Utc;
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Bench, PATIENCE};
use crate::fal::{Delivery, Fal, Fault, Job, Kind, Options, Webhooks, webhook};

struct Receiver(Fal);

impl Receiver {
    /// Answers these, then 200 for ever.
    async fn new(answers: &[u16]) -> Self {
        let fal = Fal::start(Options::default()).await.unwrap();
        let answer = |status| Fault::Answer { status, body: json!({}), request_id: false };
        for status in answers {
            fal.fault(Kind::Submit, answer(*status));
        }
        fal.fault_until_healed(Kind::Submit, answer(200));
        Self(fal)
    }

    fn query(&self) -> String {
        let url = format!("{}/hook?token=7", self.0.url());
        let encoded: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
        format!("?fal_webhook={encoded}")
    }
}

/// Waits for this many deliveries and returns the answers.
async fn delivered(bench: &Bench, id: &str, count: usize) -> Vec<Option<u16>> {
    let enough = |job: &&Job| job.deliveries.len() >= count;
    let look = |ledger: &crate::fal::Ledger| ledger.job(id).filter(enough).cloned();
    let job = bench.fal.until("webhooks", look, PATIENCE).await;
    job.deliveries.iter().map(|delivery| delivery.status).collect()
}

#[tokio::test]
async fn a_webhook_is_tried_again_until_it_is_accepted() {
    let bench = Bench::new().await;
    let receiver = Receiver::new(&[503, 500]).await;
    let id = bench.train(&receiver.query()).await;
    assert_eq!(delivered(&bench, &id, 3).await, [Some(503), Some(500), Some(200)]);
    assert_eq!(receiver.0.ledger().requests[0].target, "/hook?token=7");
}

#[tokio::test]
async fn a_redirect_ends_a_delivery_for_good() {
    let bench = Bench::new().await;
    let receiver = Receiver::new(&[]).await;
    receiver.0.fault(Kind::Submit, Fault::Redirect("/elsewhere".to_owned()));
    let first = bench.train(&receiver.query()).await;
    assert_eq!(delivered(&bench, &first, 1).await, [Some(302)]);
    let second = bench.train(&receiver.query()).await;
    delivered(&bench, &second, 1).await;
    assert_eq!(bench.fal.ledger().job(&first).unwrap().deliveries.len(), 1);
}

#[tokio::test]
async fn a_lost_webhook_can_be_sent_on_demand() {
    let bench = Bench::new().await;
    let receiver = Receiver::new(&[]).await;
    bench.fal.set(|settings| settings.webhooks = Webhooks::Lost);
    let id = bench.train(&receiver.query()).await;
    assert!(bench.end(&id).await.deliveries.is_empty());
    let sent: Delivery = bench.fal.deliver_webhook(&id).await;
    assert!(sent.accepted());
    assert!(!bench.fal.deliver_webhook("unknown").await.accepted());
}

#[tokio::test]
async fn a_webhook_can_come_several_times_or_before_the_submit_is_answered() {
    let bench = Bench::new().await;
    let receiver = Receiver::new(&[]).await;
    bench.fal.set(|settings| settings.webhooks = Webhooks::Repeated(3));
    let id = bench.train(&receiver.query()).await;
    assert_eq!(delivered(&bench, &id, 3).await.len(), 3);
    bench.fal.set(|settings| settings.webhooks = Webhooks::BeforeSubmitAnswer);
    let id = bench.train(&receiver.query()).await;
    let job = bench.fal.ledger().job(&id).cloned().unwrap();
    assert!(job.succeeded());
    assert_eq!(job.deliveries.len(), 1);
}

/// The next letter about a job: whether its signature is valid, its age in seconds, and its text.
fn letter(bench: &Bench, id: &str) -> (bool, i64, String) {
    let shared = &bench.fal.shared;
    let (_, body, headers, _) =
        shared.read(|world| webhook::letter(shared, world, id)).expect("an ended job");
    let [job, user, time, signature] = [0, 1, 2, 3].map(|number: usize| headers[number].1.as_str());
    let digest = hex::encode(Sha256::digest(&body));
    let signed = format!("{job}\n{user}\n{time}\n{digest}");
    let key: VerifyingKey = shared.read(|world| world.keys.signer()).verifying_key();
    let signature = Signature::from_slice(&hex::decode(signature).unwrap()).unwrap();
    let holds = key.verify_strict(signed.as_bytes(), &signature).is_ok();
    let age = Utc::now().timestamp() - time.parse::<i64>().unwrap();
    (holds, age, String::from_utf8(body).unwrap())
}

#[tokio::test]
async fn letters_can_be_wrong_in_signature_time_and_shape() {
    let bench = Bench::new().await;
    let set = |webhooks| bench.fal.set(|settings| settings.webhooks = webhooks);
    set(Webhooks::Lost);
    let id = bench.train("?fal_webhook=http%3A%2F%2F127.0.0.1%3A9").await;
    bench.end(&id).await;

    let (holds, age, text) = letter(&bench, &id);
    assert!(holds && age <= 1);
    assert!(text.starts_with(r#"{"error": null, "gateway_request_id": ""#), "{text}");
    assert!(text.ends_with(&format!(r#""request_id": "{id}", "status": "OK"}}"#)), "{text}");
    set(Webhooks::WrongSignature);
    assert!(!letter(&bench, &id).0);
    set(Webhooks::Stale(Duration::from_mins(10)));
    let (holds, age, _) = letter(&bench, &id);
    assert!(holds && (600..=601).contains(&age));
    set(Webhooks::NullPayload);
    let body: Value = serde_json::from_str(&letter(&bench, &id).2).unwrap();
    assert_eq!((&body["status"], &body["payload"]), (&json!("OK"), &Value::Null));
    assert!(body["payload_error"].is_string());
    set(Webhooks::WrongField);
    let body: Value = serde_json::from_str(&letter(&bench, &id).2).unwrap();
    assert!(body.get("payload").is_none() && body["data"].is_object());
}

#[tokio::test]
async fn keys_are_published_and_rotated() {
    let bench = Bench::new().await;
    let published = async || {
        let answer = bench.get(".well-known/jwks.json").send().await.unwrap();
        super::body(answer).await["keys"].as_array().unwrap().clone()
    };
    let before = published().await;
    bench.fal.rotate_keys(true);
    assert_eq!(published().await[..2], before[..]);
    bench.fal.rotate_keys(false);
    let after = published().await;
    assert_eq!(after.len(), 1);
    assert!(!before.contains(&after[0]));
    let headers = bench.fal.sign(b"{}", "id", 1_700_000_000);
    assert_eq!(headers[2], ("X-Fal-Webhook-Timestamp", "1700000000".to_owned()));
}
