//! The test mode: trains nothing, makes no pictures of anybody and spends nothing, but otherwise
//! takes the ordinary path.
//!
//! A job's name contains the second in which it began, so a restart forgets nothing although
//! nothing is stored.

mod drawing;
mod pictures;

use super::catalogue::Catalogue;
use super::news::news;
use super::trainer::{REHEARSAL, plan};
use actors::avatar::{AvatarId, RequestId, TrainingType};
use actors::ports::{
    Archive, CancelAnswer, DeleteAnswer, Failure, FailureKind, FileUrl, Files, History,
    MissingReason, News, ObjectBody, ObjectKey, Objects, Order, Plan, Progress, ResultAnswer,
    StatusAnswer, StoreAnswer, StoredFile, StoredFiles, SubmitAnswer, Trainer, TrainerError,
    WEIGHTS, Weights,
};
use actors::spending::Usd;
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Where everything rehearsed is said to be. Reserved; never resolves.
const NOWHERE: &str = "https://rehearsal.invalid";

/// Where rehearsed weights are said to be.
const WEIGHTS_URL: &str = "https://rehearsal.invalid/weights.safetensors";

/// A trainer and a generator that only pretend, the mirror of the weights and the pictures.
#[derive(Clone)]
pub struct Rehearsal {
    catalogue: Catalogue,
    /// `FAL_MOCK_TRAINING_DURATION`.
    takes: Duration,
    /// `FAL_DEFAULT_ITERATIONS`.
    steps: i32,
    objects: Arc<dyn Objects>,
}

impl Rehearsal {
    /// A rehearsal that takes this long.
    #[must_use]
    pub fn new(
        catalogue: Catalogue,
        takes: Duration,
        steps: i32,
        objects: Arc<dyn Objects>,
    ) -> Self {
        Self { catalogue, takes, steps, objects }
    }

    /// A rehearsal's submit is always answered; submits lost before the test mode stay unknown.
    fn no_history() -> History {
        History::Unreachable { why: "FAL is not asked in test mode".to_owned() }
    }

    /// The status of a rehearsal.
    fn progress(&self, request: &RequestId) -> StatusAnswer {
        match Self::elapsed(request) {
            Some(elapsed) if elapsed >= self.takes => StatusAnswer::Finished,
            Some(elapsed) => {
                let percent = elapsed.as_secs() * 100 / self.takes.as_secs().max(1);
                StatusAnswer::Running(Progress {
                    queue_position: None,
                    percent: i32::try_from(percent).ok(),
                    word: "IN_PROGRESS".to_owned(),
                })
            }
            None => StatusAnswer::Failed(Failure::ours(
                FailureKind::Other,
                "not_a_rehearsal",
                "a real job cannot be watched in test mode",
            )),
        }
    }

    /// How far a rehearsal is, from its name alone.
    fn elapsed(request: &RequestId) -> Option<Duration> {
        let began = request.0.strip_prefix(REHEARSAL)?.split('_').next()?;
        let began = i64::from_str_radix(began, 16).ok()?;
        Some(Duration::from_secs(u64::try_from(Utc::now().timestamp() - began).unwrap_or_default()))
    }
}

impl fmt::Debug for Rehearsal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rehearsal").field("takes", &self.takes).finish_non_exhaustive()
    }
}

/// What a real training would buy, except that nobody calls us back.
#[must_use]
pub fn rehearsed(catalogue: &Catalogue, kind: TrainingType, avatar: AvatarId, steps: i32) -> Plan {
    Plan { learning_rate: None, ..plan(catalogue, kind, avatar, steps) }
}

#[async_trait]
impl Trainer for Rehearsal {
    fn plan(&self, kind: TrainingType, avatar: AvatarId) -> Plan {
        rehearsed(&self.catalogue, kind, avatar, self.steps)
    }

    fn price(&self, _: &Plan) -> Option<Usd> {
        Some(Usd::default())
    }

    fn read(&self, body: &Value) -> News {
        news(body)
    }

    async fn upload(&self, _: &Archive) -> Result<FileUrl, TrainerError> {
        Ok(FileUrl("https://rehearsal.invalid/photos.zip".into()))
    }

    async fn submit(&self, _: &Order, _: &FileUrl) -> SubmitAnswer {
        let (began, chance) = (Utc::now().timestamp(), Uuid::new_v4().as_fields().0);
        SubmitAnswer::Accepted(RequestId(format!("{REHEARSAL}{began:08x}_{chance:08x}").into()))
    }

    async fn history(&self, _: &str, _: &FileUrl, _: DateTime<Utc>) -> History {
        Self::no_history()
    }

    async fn delete_payloads(&self, _: &RequestId) -> DeleteAnswer {
        DeleteAnswer::Unreachable { why: "FAL is not asked in test mode".to_owned() }
    }

    async fn status(&self, _: &str, request: &RequestId) -> StatusAnswer {
        self.progress(request)
    }

    async fn result(&self, _: &str, _: &RequestId) -> ResultAnswer {
        let file = json!({ "url": WEIGHTS_URL });
        ResultAnswer::Files {
            files: Some(Files::of_training(FileUrl(WEIGHTS_URL.into()), None, None)),
            answer: json!({ "diffusers_lora_file": file }),
        }
    }

    async fn cancel(&self, _: &str, _: &RequestId) -> CancelAnswer {
        CancelAnswer::Answered("a rehearsal".to_owned())
    }
}

#[async_trait]
impl Weights for Rehearsal {
    async fn store(&self, avatar: AvatarId, attempt: i32, _: &Files) -> StoreAnswer {
        let bytes = tiny_weights();
        let sha256 = hex::encode(Sha256::digest(&bytes));
        let key = ObjectKey(format!("loras/{avatar}/{attempt}/{sha256}.safetensors"));
        let byte_size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        match self.objects.put(&key, ObjectBody::Bytes(bytes)).await {
            Ok(()) => {
                let source = FileUrl(WEIGHTS_URL.into());
                let weights = StoredFile {
                    name: WEIGHTS,
                    key,
                    sha256,
                    byte_size,
                    source,
                    details: Value::Null,
                };
                StoreAnswer::Stored(StoredFiles { files: vec![weights], missing: None })
            }
            Err(error) => StoreAnswer::NotStored {
                reason: MissingReason::StoreFailed,
                detail: error.to_string(),
            },
        }
    }
}

/// A valid safetensors file with one tensor holding one zero.
fn tiny_weights() -> Bytes {
    let header = br#"{"rehearsal":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(header);
    file.extend_from_slice(&0_f32.to_le_bytes());
    file.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rehearsed_weights_are_a_real_file_of_their_kind() {
        let file = tiny_weights();
        let tensors = safetensors::SafeTensors::deserialize(&file).unwrap();
        assert_eq!(tensors.names(), ["rehearsal"]);
    }

    #[test]
    fn a_rehearsal_knows_when_it_began() {
        let request = |began: i64| RequestId(format!("test_{began:08x}_0a1b2c3d").into());
        let minute_ago = Rehearsal::elapsed(&request(Utc::now().timestamp() - 60)).unwrap();
        assert!((60..65).contains(&minute_ago.as_secs()));
        assert_eq!(Rehearsal::elapsed(&RequestId("019e8887".into())), None);
    }
}
