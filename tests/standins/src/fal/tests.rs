//! The stand-in from a client's view.

mod faults;
mod jobs;
mod pictures;
mod uploads;
mod webhooks;

use std::{
    io::{Cursor, Write as _},
    time::Duration,
};

use image::{DynamicImage, ImageFormat};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{Fal, Job, Options, Settings, State};

const TRAINER: &str = "fal-ai/flux-lora-fast-training";
const PATIENCE: Duration = Duration::from_secs(20);

/// A stand-in and a client with its key.
struct Bench {
    fal: Fal,
    client: Client,
}

impl Bench {
    async fn new() -> Self {
        let quick = Duration::from_millis(20);
        let settings = Settings { queue: quick, training: quick, ..Settings::default() };
        let fal = Fal::start(Options { settings, ..Options::default() }).await.unwrap();
        Self { fal, client: Client::builder().no_proxy().build().unwrap() }
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.keyed(self.client.get(self.at(path)))
    }

    fn put(&self, path: &str) -> RequestBuilder {
        self.keyed(self.client.put(self.at(path)))
    }

    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.keyed(self.client.post(self.at(path))).json(body)
    }

    fn keyed(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("Authorization", format!("Key {}", self.fal.key()))
    }

    fn at(&self, path: &str) -> String {
        if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}/{path}", self.fal.url())
        }
    }

    /// Submits a training that can succeed, and returns its id.
    async fn train(&self, query: &str) -> String {
        let archive = self.fal.put_file("photos.zip", "application/zip", photos(4));
        let input = json!({ "images_data_url": archive, "steps": 1000 });
        let answer = self.post(&format!("{TRAINER}{query}"), &input).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        body(answer).await["request_id"].as_str().unwrap().to_owned()
    }

    async fn end(&self, id: &str) -> Job {
        let ended = |job: &&Job| job.state == State::Completed;
        let look = |ledger: &super::Ledger| ledger.job(id).filter(ended).cloned();
        self.fal.until("end of the job", look, PATIENCE).await
    }

    fn url_of(&self, id: &str) -> String {
        format!("{}/{TRAINER}/requests/{id}", self.fal.url())
    }

    async fn status(&self, id: &str) -> (u16, Value) {
        let answer = self.get(&format!("{}/status", self.url_of(id))).send().await.unwrap();
        (answer.status().as_u16(), body(answer).await)
    }

    async fn result(&self, id: &str) -> (u16, Value) {
        let answer = self.get(&self.url_of(id)).send().await.unwrap();
        assert_eq!(answer.headers()["x-fal-request-id"], id);
        (answer.status().as_u16(), body(answer).await)
    }
}

async fn body(answer: Response) -> Value {
    answer.json().await.unwrap()
}

/// A zip with this many photos.
fn photos(count: usize) -> Vec<u8> {
    let mut photo = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(8, 8).write_to(&mut photo, ImageFormat::Jpeg).unwrap();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..count {
        zip.start_file(format!("{number}.jpg"), SimpleFileOptions::default()).unwrap();
        zip.write_all(photo.get_ref()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
