//! Webhooks as FAL sends them, signed beforehand, so that sending only writes bytes.

use chrono::Utc;
use standins::fal::Fal;
use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Trainings that FAL calls about, each once in a run. More than a run can use up, because a second
/// call about the same one would be a repeat, which is cheaper.
pub(crate) const JOBS: usize = 120_000;

/// FAL's tolerance is five minutes; they are signed again before that.
const FRESH: Duration = Duration::from_secs(200);

/// The requests of a run, ready to be written.
pub(crate) struct Requests {
    pub(crate) all: Arc<Vec<Vec<u8>>>,
    signed: Instant,
}

impl Requests {
    /// Signs all of them.
    pub(crate) fn sign(fal: &Fal) -> Self {
        let now = Utc::now().timestamp();
        let all = (1..=JOBS).map(|n| request(fal, n, now)).collect();
        Self { all: Arc::new(all), signed: Instant::now() }
    }

    /// Signs them again if a receiver would soon reject them as stale.
    pub(crate) fn keep_fresh(&mut self, fal: &Fal) {
        if self.signed.elapsed() > FRESH {
            // Drop the old ones first: both together would be a quarter of a gigabyte.
            self.all = Arc::default();
            *self = Self::sign(fal);
        }
    }
}

/// FAL's name of a job.
pub(crate) fn job(n: usize) -> String {
    format!("019e8887-0000-7000-8000-{n:012}")
}

/// The body that FAL sends when a training is done, half a kilobyte.
fn body(job: &str) -> String {
    let (before, after) = BODY;
    format!("{before}{job}{after}")
}

/// Before and after the name of the job.
pub(crate) const BODY: (&str, &str) = (
    "{\"error\": null, \"gateway_request_id\": \"019e8887-2d8f-7b54-a1b1-6f1d4a2c9e70\", \
     \"payload\": {\"config_file\": {\"content_type\": \"application/octet-stream\", \
     \"file_name\": \"config.json\", \"file_size\": 1039, \
     \"url\": \"https://v3.fal.media/files/penguin/a3Zq6mWc1xPq0r5s_config.json\"}, \
     \"diffusers_lora_file\": {\"content_type\": \"application/octet-stream\", \
     \"file_name\": \"pytorch_lora_weights.safetensors\", \"file_size\": 89745224, \
     \"url\": \"https://v3.fal.media/files/penguin/p9T4kYc7_lora.safetensors\"}}, \
     \"request_id\": \"",
    "\", \"status\": \"OK\"}",
);

fn request(fal: &Fal, n: usize, now: i64) -> Vec<u8> {
    let job = job(n);
    let body = body(&job);
    let mut head = format!(
        "POST /webhooks/fal?nonce=019e8887-0000-4000-8000-{n:012} HTTP/1.1\r\n\
         Host: 127.0.0.1\r\nUser-Agent: fal-webhook\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n",
        body.len()
    );
    for (name, value) in fal.sign(body.as_bytes(), &job, now) {
        // Writing into a string cannot fail.
        if write!(head, "{name}: {value}\r\n").is_err() {}
    }
    format!("{head}\r\n{body}").into_bytes()
}
