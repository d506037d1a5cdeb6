//! Broken requests.

use std::time::{Duration, Instant};

use safetensors::SafeTensors;
use serde_json::json;

use super::{Bench, TRAINER, body};
use crate::fal::{Fault, Kind};

#[tokio::test]
async fn a_dropped_reply_leaves_a_job_behind_and_a_refused_submit_does_not() {
    let bench = Bench::new().await;
    bench.fal.fault(Kind::Submit, Fault::DropReply);
    assert!(bench.post(TRAINER, &json!({ "n": 1 })).send().await.is_err());
    bench.fal.fault(Kind::Submit, Fault::Refuse);
    assert!(bench.post(TRAINER, &json!({ "n": 2 })).send().await.is_err());
    assert_eq!(bench.post(TRAINER, &json!({ "n": 3 })).send().await.unwrap().status(), 200);
    let ledger = bench.fal.ledger();
    let inputs: Vec<_> = ledger.jobs.iter().map(|job| job.input["n"].as_u64().unwrap()).collect();
    assert_eq!(inputs, [1, 3]);
    assert_eq!(ledger.count(Kind::Submit), 3);
    let spoiled: Vec<_> = ledger.requests.iter().map(|request| request.spoiled).collect();
    assert_eq!(spoiled, [true, true, false]);
}

#[tokio::test]
async fn the_ingress_speaks_without_a_request_id_and_the_application_with_one() {
    let bench = Bench::new().await;
    let id = bench.train("").await;
    bench.end(&id).await;
    bench.fal.fault(Kind::Result, Fault::Nginx(502));
    let told = json!({ "detail": "x" });
    let answer = Fault::Answer { status: 503, body: told.clone(), request_id: true };
    bench.fal.fault(Kind::Result, answer);
    let answer = bench.get(&bench.url_of(&id)).send().await.unwrap();
    assert_eq!(answer.status(), 502);
    assert!(answer.headers().get("x-fal-request-id").is_none());
    assert!(answer.text().await.unwrap().contains("nginx"));
    let answer = bench.get(&bench.url_of(&id)).send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("x-fal-request-id"));
    assert_eq!(body(answer).await, told);
    assert_eq!(bench.result(&id).await.0, 200);
}

#[tokio::test]
async fn files_can_be_spoiled_and_healed() {
    let bench = Bench::new().await;
    let id = bench.train("").await;
    let url = bench.end(&id).await.weights.unwrap().url;
    let fetch = || async { bench.client.get(&url).send().await.unwrap() };

    bench.fal.fault(Kind::File, Fault::CutOff);
    assert!(fetch().await.bytes().await.is_err());
    let pause = Duration::from_millis(50);
    bench.fal.fault(Kind::File, Fault::Stall(pause));
    let before = Instant::now();
    assert!(SafeTensors::deserialize(&fetch().await.bytes().await.unwrap()).is_ok());
    assert!(before.elapsed() >= pause);
    bench.fal.fault(Kind::File, Fault::Stall(Duration::from_hours(1)));
    let mut stalled = fetch().await;
    assert!(stalled.chunk().await.unwrap().is_some());
    bench.fal.fault(Kind::File, Fault::Short);
    let short = fetch().await;
    assert_eq!(short.status(), 200);
    assert!(SafeTensors::deserialize(&short.bytes().await.unwrap()).is_err());
    bench.fal.fault(Kind::File, Fault::Html);
    assert!(fetch().await.text().await.unwrap().starts_with("<html>"));
    bench.fal.fault_until_healed(Kind::File, Fault::not_found());
    assert_eq!(fetch().await.status(), 404);
    assert_eq!(fetch().await.status(), 404);
    bench.fal.heal(Kind::File);
    assert!(SafeTensors::deserialize(&fetch().await.bytes().await.unwrap()).is_ok());
    bench.fal.expire_file(&url);
    assert_eq!(fetch().await.status(), 404);
}

#[tokio::test]
async fn answers_can_be_slow_refused_or_too_many() {
    let bench = Bench::new().await;
    bench.fal.fault(Kind::Jwks, Fault::Slow(Duration::from_millis(50)));
    bench.fal.fault_times(Kind::Jwks, Fault::too_many_requests(), 2);
    bench.fal.fault_until_healed(Kind::Jwks, Fault::Refuse);
    let before = Instant::now();
    assert_eq!(bench.get(".well-known/jwks.json").send().await.unwrap().status(), 200);
    assert!(before.elapsed() >= Duration::from_millis(50));
    for _ in 0..2 {
        assert_eq!(bench.get(".well-known/jwks.json").send().await.unwrap().status(), 429);
    }
    for _ in 0..2 {
        assert!(bench.get(".well-known/jwks.json").send().await.is_err());
    }
}

#[tokio::test]
async fn the_file_size_can_be_told_and_be_a_lie() {
    let bench = Bench::new().await;
    bench.fal.set(|settings| {
        settings.metadata = true;
        settings.file_size_off_by = -1;
    });
    let id = bench.train("").await;
    let bytes = bench.end(&id).await.weights.unwrap().bytes;
    let told = bench.result(&id).await.1["diffusers_lora_file"]["file_size"].as_u64();
    assert_eq!(told, Some(bytes as u64 - 1));
}
