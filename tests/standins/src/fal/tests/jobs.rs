//! Jobs from their submit to their end.

use std::time::Duration;

use safetensors::SafeTensors;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{Bench, PATIENCE, TRAINER, body, photos};
use crate::fal::{Failure, Fal, Options, State};

#[tokio::test]
async fn a_training_reads_its_photos_and_leaves_weights_behind() {
    let bench = Bench::new().await;
    let id = bench.train("").await;
    let job = bench.end(&id).await;
    let archive = job.archive.as_ref().unwrap();
    assert_eq!((archive.images, archive.captions), (4, 0));
    let (status, result) = bench.result(&id).await;
    assert_eq!(status, 200);
    let weights = job.weights.unwrap();
    assert_eq!(result["diffusers_lora_file"]["url"], weights.url);
    assert_eq!(result["diffusers_lora_file"]["file_size"], json!(null));
    let bytes = bench.get(&weights.url).send().await.unwrap().bytes().await.unwrap();
    assert_eq!((bytes.len(), hex::encode(Sha256::digest(&bytes))), (weights.bytes, weights.sha256));
    SafeTensors::deserialize(&bytes).unwrap();
}

#[tokio::test]
async fn states_are_told_with_202_until_the_end() {
    let bench = Bench::new().await;
    bench.fal.set(|settings| {
        settings.queue = Duration::from_hours(1);
        settings.training = Duration::from_hours(1);
    });
    let id = bench.train("").await;
    let (status, told) = bench.status(&id).await;
    assert_eq!((status, &told["status"]), (202, &json!("IN_QUEUE")));
    assert_eq!(told["queue_position"], 2);
    assert_eq!(bench.result(&id).await.0, 400);
    bench.fal.hurry(&id);
    bench.end(&id).await;
    let (status, told) = bench.status(&id).await;
    assert_eq!((status, &told["status"]), (200, &json!("COMPLETED")));
    let job = bench.fal.ledger().job(&id).cloned().unwrap();
    let polled: Vec<State> = job.polls.iter().map(|poll| poll.told).collect();
    assert_eq!(polled, [State::InQueue, State::Completed]);
    assert_eq!(job.results.len(), 1);
}

#[tokio::test]
async fn a_job_may_be_thrown_back_into_the_queue() {
    let bench = Bench::new().await;
    bench.fal.set(|settings| settings.thrown_back = 1);
    let id = bench.train("").await;
    let history = bench.end(&id).await.history;
    let states: Vec<&str> = history.iter().map(|(_, state)| state.word()).collect();
    assert_eq!(states, ["IN_QUEUE", "IN_PROGRESS", "IN_QUEUE", "IN_PROGRESS", "COMPLETED"]);
}

#[tokio::test]
async fn too_few_photos_fail_the_job_and_not_the_submit() {
    let bench = Bench::new().await;
    let archive = bench.fal.put_file("photos.zip", "application/zip", photos(3));
    let input = json!({ "images_data_url": archive });
    let submitted = body(bench.post(TRAINER, &input).send().await.unwrap()).await;
    let id = submitted["request_id"].as_str().unwrap();
    bench.end(id).await;
    let (status, result) = bench.result(id).await;
    assert_eq!(status, 422);
    assert_eq!(result["detail"][0]["ctx"]["min_count"], 4);
    assert_eq!(result["detail"][0]["ctx"]["provided_count"], 3);
}

#[tokio::test]
async fn ordered_failures_end_the_next_jobs_in_turn() {
    let bench = Bench::new().await;
    bench.fal.set(|settings| {
        settings.failures.push_back(Failure::plain("Too blurred"));
        settings.failures.push_back(Failure::runner(500, "runner_server_error"));
    });
    let (first, second, third) =
        (bench.train("").await, bench.train("").await, bench.train("").await);
    for id in [&first, &second, &third] {
        bench.end(id).await;
    }
    assert_eq!(bench.result(&first).await, (422, json!({ "detail": "Too blurred" })));
    assert!(bench.status(&first).await.1.get("error").is_none());
    assert_eq!(bench.result(&second).await.0, 500);
    assert_eq!(bench.status(&second).await.1["error_type"], "runner_server_error");
    assert_eq!(bench.result(&third).await.0, 200);
}

#[tokio::test]
async fn a_cancelled_job_completes_with_499_unless_the_model_ignores_it() {
    let bench = Bench::new().await;
    bench.fal.set(|settings| settings.training = Duration::from_hours(1));
    for (ignored, expected) in [(false, 499), (true, 200)] {
        bench.fal.set(|settings| settings.ignore_cancel = ignored);
        let id = bench.train("").await;
        let running = |ledger: &crate::fal::Ledger| {
            let job = ledger.job(&id)?;
            (job.state == State::InProgress && job.archive.is_some()).then_some(())
        };
        bench.fal.until("start", running, PATIENCE).await;
        let cancel = format!("{}/cancel", bench.url_of(&id));
        assert_eq!(bench.put(&cancel).send().await.unwrap().status(), 202);
        bench.fal.hurry(&id);
        let job = bench.end(&id).await;
        assert_eq!(job.outcome.unwrap().status, expected);
        assert_eq!(bench.put(&cancel).send().await.unwrap().status(), 400);
    }
}

#[tokio::test]
async fn a_deadline_to_start_ends_the_wait_in_the_queue() {
    let bench = Bench::new().await;
    bench.fal.set(|settings| settings.queue = Duration::from_hours(1));
    let request = bench.post(TRAINER, &json!({})).header("X-Fal-Request-Timeout", "0.01");
    let id = body(request.send().await.unwrap()).await["request_id"].as_str().unwrap().to_owned();
    bench.end(&id).await;
    let answer = bench.get(&bench.url_of(&id)).send().await.unwrap();
    assert_eq!(answer.status(), 504);
    assert_eq!(answer.headers()["x-fal-request-timeout-type"], "user");
}

#[tokio::test]
async fn the_retired_trainer_accepts_and_fails() {
    let bench = Bench::new().await;
    let request = bench.post("fal-ai/flux-pro-trainer", &json!({ "data_url": "x" }));
    let id = body(request.send().await.unwrap()).await["request_id"].as_str().unwrap().to_owned();
    let end = bench.end(&id).await.outcome.unwrap();
    assert_eq!(end.status, 422);
    assert!(end.body["detail"].as_str().unwrap().contains("deprecated"));
}

#[tokio::test]
async fn the_event_stream_ends_behind_completed() {
    let bench = Bench::new().await;
    let id = bench.train("").await;
    let url = format!("{}/status/stream?logs=1", bench.url_of(&id));
    let text = bench.get(&url).send().await.unwrap().text().await.unwrap();
    let last = text.trim_end().rsplit("data: ").next().unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(last).unwrap()["status"], "COMPLETED");
}

#[tokio::test]
async fn the_port_is_free_once_it_is_dropped_or_stopped() {
    let bench = Bench::new().await;
    let port = url::Url::parse(bench.fal.url()).unwrap().port().unwrap();
    assert!(Fal::start(Options { port, ..Options::default() }).await.is_err());
    drop(bench);
    let again = Fal::start(Options { port, ..Options::default() }).await.unwrap();
    again.stop().await;
    drop(Fal::start(Options { port, ..Options::default() }).await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_paused_clock_does_not_stop_the_stand_in() {
    let bench = Bench::new().await;
    let id = bench.train("").await;
    assert!(bench.end(&id).await.succeeded());
}

#[tokio::test]
#[should_panic(expected = "FAL: no job from Mars within 10ms")]
async fn waiting_in_vain_says_for_what() {
    let bench = Bench::new().await;
    let never = |_: &crate::fal::Ledger| None::<()>;
    bench.fal.until("job from Mars", never, Duration::from_millis(10)).await;
}
