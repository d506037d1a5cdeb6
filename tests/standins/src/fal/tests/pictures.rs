//! Generators: what they check, what they read, and what they make, good and bad.

use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};

use super::{Bench, body};
use crate::fal::{BadPicture, Job};

const FLUX: &str = "fal-ai/flux-lora";
const NEWER: &str = "fal-ai/flux-2/lora";

/// Weights that a generator can read.
fn weights(bench: &Bench) -> String {
    let bytes = crate::fal::weights::make("one").unwrap();
    bench.fal.put_file("weights.safetensors", "application/octet-stream", bytes)
}

fn order(weights: &str) -> Value {
    json!({
        "prompt": "TOK woman", "loras": [{ "path": weights, "scale": 1.1 }],
        "image_size": { "width": 288, "height": 384 }, "num_images": 2, "seed": 7,
        "output_format": "jpeg",
    })
}

/// Makes pictures, to the end.
async fn made(bench: &Bench, endpoint: &str, input: &Value) -> Job {
    let submitted = body(bench.post(endpoint, input).send().await.unwrap()).await;
    bench.end(submitted["request_id"].as_str().unwrap()).await
}

async fn got(bench: &Bench, url: &str) -> Response {
    bench.client.get(url).send().await.unwrap()
}

#[tokio::test]
async fn the_same_seed_makes_the_same_pictures_of_the_size_that_was_asked_for() {
    let bench = Bench::new().await;
    let input = order(&weights(&bench));
    let (first, again) = (made(&bench, FLUX, &input).await, made(&bench, FLUX, &input).await);
    let sums = |job: &Job| job.pictures.iter().map(|p| p.sha256.clone()).collect::<Vec<_>>();
    assert_eq!(sums(&first), sums(&again));
    assert_ne!(sums(&first)[0], sums(&first)[1]);
    let other = made(&bench, FLUX, &{
        let mut input = input;
        input["seed"] = json!(8);
        input
    })
    .await;
    assert_ne!(sums(&first), sums(&other));
    let answer = &first.outcome.as_ref().unwrap().body;
    assert_eq!(answer["has_nsfw_concepts"], json!([false, false]));
    for picture in &first.pictures {
        let bytes = got(&bench, &picture.url).await.bytes().await.unwrap();
        let read = image::load_from_memory(&bytes).unwrap();
        assert_eq!((read.width(), read.height()), (288, 384));
    }
}

#[tokio::test]
async fn the_input_is_held_against_the_schema_and_what_is_ignored_is_seen() {
    let bench = Bench::new().await;
    let good = order(&weights(&bench));
    let with = |field: &str, value: Value| {
        let mut input = good.clone();
        input[field] = value;
        input
    };
    let odd = made(&bench, FLUX, &with("sync", json!(true))).await;
    assert!(odd.succeeded());
    assert_eq!(odd.unknown_fields, ["sync"]);
    for (endpoint, input, kind) in [
        (FLUX, with("num_images", json!(5)), "less_than_equal"),
        (FLUX, with("seed", json!(-1.5)), "int_type"),
        (FLUX, with("output_format", json!("webp")), "one_of"),
        (NEWER, with("output_format", json!("webp")), "greater_than_equal"),
        (NEWER, with("num_inference_steps", json!(3)), "greater_than_equal"),
        (FLUX, with("loras", json!([{ "path": "no address" }])), "file_download_error"),
        (FLUX, with("prompt", json!(null)), "missing"),
    ] {
        let end = made(&bench, endpoint, &input).await.outcome.unwrap();
        let told = &end.body["detail"][0]["type"];
        assert_eq!((end.status, told), (422, &json!(kind)), "{input}");
    }
}

#[tokio::test]
async fn weights_are_read_anew_each_time_and_their_absence_names_the_address() {
    let bench = Bench::new().await;
    let url = weights(&bench);
    assert!(made(&bench, FLUX, &order(&url)).await.succeeded());
    bench.fal.forbid_file(&url);
    assert_eq!(got(&bench, &url).await.status(), 403);
    let end = made(&bench, FLUX, &order(&url)).await.outcome.unwrap();
    let detail = &end.body["detail"][0];
    assert_eq!(detail["type"], "file_download_error");
    assert!(detail["msg"].as_str().unwrap().contains(&url), "{detail}");
}

#[tokio::test]
async fn bad_pictures_come_in_the_order_in_which_they_were_ordered() {
    let bench = Bench::new().await;
    let url = weights(&bench);
    let one = {
        let mut input = order(&url);
        input["num_images"] = json!(1);
        input
    };
    let all = [
        BadPicture::Truncated,
        BadPicture::Html,
        BadPicture::Huge,
        BadPicture::OtherType,
        BadPicture::Gone,
        BadPicture::Black,
    ];
    bench.fal.set(|settings| settings.bad_pictures.extend(all));
    for bad in all {
        let job = made(&bench, FLUX, &one).await;
        assert!(job.succeeded(), "{bad:?}: the job knows nothing of it");
        let answer = got(&bench, &job.pictures[0].url).await;
        assert_eq!(answer.status().is_success(), bad != BadPicture::Gone, "{bad:?}");
        let bytes = answer.bytes().await.unwrap();
        // Decoders forgive a missing end, so a good one is told by its end mark too.
        let good = image::load_from_memory(&bytes).is_ok() && bytes.ends_with(&[0xFF, 0xD9]);
        assert_eq!(good, bad == BadPicture::Black, "{bad:?}");
    }
    bench.fal.set(|settings| settings.bad_pictures.push_back(BadPicture::Endless));
    let job = made(&bench, FLUX, &one).await;
    let mut endless = got(&bench, &job.pictures[0].url).await;
    let mut read = 0;
    while read < 4 << 20 {
        read += endless.chunk().await.unwrap().expect("it has no end").len();
    }
    assert!(made(&bench, FLUX, &one).await.pictures[0].bytes > 1000, "the next one is good");
}

#[tokio::test]
async fn deleting_payloads_deletes_the_pictures() {
    let bench = Bench::new().await;
    let job = made(&bench, FLUX, &order(&weights(&bench))).await;
    let path = format!("v1/models/requests/{}/payloads", job.request_id);
    let asked = bench.keyed(bench.client.delete(bench.at(&path)));
    let answer = body(asked.send().await.unwrap()).await;
    assert_eq!(answer["cdn_delete_results"].as_array().unwrap().len(), 2);
    for picture in &job.pictures {
        assert_eq!(got(&bench, &picture.url).await.status(), 404);
    }
}

#[tokio::test]
async fn what_was_bought_is_counted_by_its_nonce() {
    let bench = Bench::new().await;
    bench.fal.set(|settings| settings.generation = Duration::from_hours(1));
    let input = order(&weights(&bench));
    for nonce in ["aa11", "bb22", "aa11"] {
        let query = format!("{FLUX}?fal_webhook=http%3A%2F%2F127.0.0.1%3A9%2Fx%3Fnonce%3D{nonce}");
        bench.post(&query, &input).send().await.unwrap();
    }
    let ledger = bench.fal.ledger();
    let counts = ["aa11", "bb22", "cc33", ""].map(|nonce| ledger.bought(nonce).count());
    assert_eq!(counts, [2, 1, 0, 0]);
}
