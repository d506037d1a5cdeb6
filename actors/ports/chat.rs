//! A chat model: one question, one answer as data.

use super::StoreError;
use crate::avatar::UserId;
use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use std::time::Duration;
use strum::IntoStaticStr;
use thiserror::Error;

/// The form of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerForm {
    /// Its name, of at most 64 letters, digits, dashes and underscores.
    pub name: &'static str,
    /// Its JSON schema: an object whose fields are all required, and no others.
    pub schema: Value,
}

/// A question for a chat model.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatQuestion {
    /// What the model has to do. Ours alone; nothing of a person's belongs here.
    pub task: &'static str,
    /// What it has to do it with: a person's own words. They reach the model marked as material,
    /// never as instructions.
    pub material: String,
    /// A picture to look at: a JPEG.
    pub picture: Option<Bytes>,
    /// The form of the answer.
    pub form: AnswerForm,
    /// Longest answer, in tokens. Models that think before they answer need some for that.
    pub most_tokens: u32,
    /// For everything, repetitions included.
    pub within: Duration,
}

/// Why there is no answer, by remedy.
#[derive(Clone, Debug, PartialEq, Eq, Error, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ChatError {
    /// The key is not accepted, or its quota is used up. An operator has to act.
    #[error("the server refuses our key: {0}")]
    Key(String),
    /// The server does not have this model. An operator has to act.
    #[error("the server does not have the model: {0}")]
    Model(String),
    /// The question does not fit. Shorten it.
    #[error("the question is too long: {0}")]
    TooLong(String),
    /// The model cannot look at pictures.
    #[error("the model cannot see pictures: {0}")]
    Blind(String),
    /// The model does not want to answer this. Ask something else.
    #[error("the model declines to answer")]
    Declined,
    /// The server refuses the question for another reason: a defect of ours or its own dialect.
    #[error("the server refuses the question: {0}")]
    Refused(String),
    /// No answer in time, or none that can be read. Later may be better.
    #[error("the model gives no answer: {0}")]
    Unavailable(String),
}

impl ChatError {
    /// The word in metrics.
    #[must_use]
    pub fn word(&self) -> &'static str {
        self.into()
    }
}

/// How often a chat model was asked for whom.
#[async_trait]
pub trait ChatCalls: Send + Sync {
    /// Counts one more call for a person, unless there were `most` in the last 24 hours. Whether it
    /// may be made. Counted before the call: a crash between the two costs the person one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: ask again; repeated, it may count twice.
    async fn count_call(&self, user: UserId, most: u32) -> Result<bool, StoreError>;
}

/// A chat model.
#[async_trait]
pub trait Chat: Send + Sync {
    /// Asks, and waits for the answer: a JSON object, of which nothing is certain but that the model
    /// was asked for this form. What people pay for is never decided by it.
    ///
    /// Each call may cost a little, also one whose answer was lost.
    ///
    /// # Errors
    /// By remedy, see [`ChatError`].
    async fn ask(&self, question: &ChatQuestion) -> Result<Value, ChatError>;
}
