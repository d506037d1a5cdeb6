//! What a test can choose: at the start ([`Options`]) and at any time later ([`Settings`]).

use std::{collections::VecDeque, time::Duration};

use serde_json::{Value, json};

use super::{
    delivery::{DeliveryPolicy, Webhooks},
    errors,
    picture::BadPicture,
};

/// What is fixed when the stand-in starts.
#[derive(Debug, Clone)]
pub struct Options {
    /// The credentials that `Authorization: Key …` must carry.
    pub key: String,
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The account, signed into each webhook as `X-Fal-Webhook-User-Id`.
    pub user_id: String,
    /// The seed of the signing keys and of everything else that looks random.
    pub seed: u64,
    /// What can also be changed later.
    pub settings: Settings,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            key: "6b1f0e0a-5c1d-4d55-9d39-2f6f4be0a001:c0ffee".to_owned(),
            port: 0,
            user_id: "github|1000001".to_owned(),
            seed: 0,
            settings: Settings::default(),
        }
    }
}

/// The stand-in's current behaviour; a job takes its durations when it is submitted.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches")]
pub struct Settings {
    /// How long a job waits in the queue.
    pub queue: Duration,
    /// How many jobs are reported to be ahead of a new one; counts down to 0 while it waits.
    pub queue_depth: u64,
    /// How long a training is in progress after its photos are read.
    pub training: Duration,
    /// How long a generation or a transcription is in progress.
    pub generation: Duration,
    /// Answer status polls with 200 in every state, as in FAL's schema, instead of 202, 202, 200.
    pub always_200: bool,
    /// Report a failure in the status too (`error`, `error_type`), not only in the result.
    pub error_in_status: bool,
    /// Running models finish despite a cancel; queued jobs are still cancelled.
    pub ignore_cancel: bool,
    /// Call the webhook of a cancelled job too. It is not known whether FAL does.
    pub webhook_after_cancel: bool,
    /// How often each new job falls back from `IN_PROGRESS` to `IN_QUEUE` before it continues.
    pub thrown_back: u32,
    /// The request history also lists unfinished requests. It is not known whether FAL's does.
    pub history_lists_running: bool,
    /// How many of the next submits are accepted twice, as if a proxy repeated them.
    pub repeated_submits: usize,
    /// Fill in `content_type`, `file_name` and `file_size` of result files; otherwise they are
    /// null, as captured from the portrait trainer.
    pub metadata: bool,
    /// Added to the reported `file_size` when `metadata` is on, to make it wrong.
    pub file_size_off_by: i64,
    /// Generators find something unsafe in every picture: 200 with black images and
    /// `has_nsfw_concepts: [true, …]`.
    pub unsafe_images: bool,
    /// Pictures, by their position from 0, in which generators find something unsafe.
    pub flagged: Vec<usize>,
    /// Say what was found unsafe; newer endpoints may not.
    pub tells_flagged: bool,
    /// Pictures show a face.
    pub faces: bool,
    /// What the next pictures are instead of good ones, in the order of their making.
    pub bad_pictures: VecDeque<BadPicture>,
    /// How a generator says that it could not read the weights.
    pub unread_weights: UnreadWeights,
    /// The transcript of every recording.
    pub transcript: String,
    /// Finetune ids of the retired trainer that still generate.
    pub finetunes: Vec<String>,
    /// Ends of the next jobs, in the order of their submits; later jobs end normally.
    pub failures: VecDeque<Failure>,
    /// What happens to webhooks.
    pub webhooks: Webhooks,
    /// How long and how often delivery of a webhook is tried.
    pub delivery: DeliveryPolicy,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            queue: Duration::from_millis(50),
            queue_depth: 2,
            training: Duration::from_millis(200),
            generation: Duration::from_millis(50),
            always_200: false,
            error_in_status: false,
            ignore_cancel: false,
            webhook_after_cancel: true,
            thrown_back: 0,
            history_lists_running: false,
            repeated_submits: 0,
            metadata: false,
            file_size_off_by: 0,
            unsafe_images: false,
            flagged: Vec::new(),
            tells_flagged: true,
            faces: true,
            bad_pictures: VecDeque::new(),
            unread_weights: UnreadWeights::Typed,
            transcript: "A portrait in the rain, please.".to_owned(),
            finetunes: Vec::new(),
            failures: VecDeque::new(),
            webhooks: Webhooks::Honest,
            delivery: DeliveryPolicy::newer(),
        }
    }
}

/// How a generator says that it could not read the weights. All of them name the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnreadWeights {
    /// 422 `file_download_error`, as documented.
    Typed,
    /// 500 `internal_server_error` in the words of FAL's toolkit.
    Internal,
    /// 422 with a plain text.
    Plain,
}

/// The end that a test orders for a job, instead of its natural one.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// HTTP status of the result.
    pub status: u16,
    /// Body of the result.
    pub body: Value,
    /// Whether the status contains `error` and `error_type` too.
    pub in_status: bool,
}

impl Failure {
    /// A model error about one field: 422 and a list in `detail`.
    #[must_use]
    pub fn validation(field: &str, message: &str, kind: &str) -> Self {
        let body = errors::model(field, message, kind, None, None);
        Self { status: 422, body, in_status: false }
    }

    /// The plain form of a model error: 422 and a string in `detail`.
    #[must_use]
    pub fn plain(message: &str) -> Self {
        Self { status: 422, body: json!({ "detail": message }), in_status: false }
    }

    /// A request error of the runner, also in the status; `kind` as in `runner_disconnected`.
    #[must_use]
    pub fn runner(status: u16, kind: &str) -> Self {
        let body = errors::request(&format!("The runner failed: {kind}"), kind);
        Self { status, body, in_status: true }
    }

    /// The same end, with `error` and `error_type` in the status.
    #[must_use]
    pub fn told_in_status(mut self) -> Self {
        self.in_status = true;
        self
    }
}
