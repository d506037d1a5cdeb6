//! The pictures that we hold.

use super::{JobId, ObjectKey, ShownAs, StoreError};
use crate::avatar::AvatarId;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// A picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ImageId(pub Uuid);

impl fmt::Display for ImageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A picture as its row has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageCard {
    /// The row.
    pub id: ImageId,
    /// The order that it was made for.
    pub job: JobId,
    /// Whom it shows; `None` when the avatar is gone.
    pub avatar: Option<AvatarId>,
    /// Its number within the order, from 1.
    pub position: i32,
    /// The provider's bytes, as they were made.
    pub key: ObjectKey,
    /// A small JPEG of it.
    pub thumbnail: Option<ObjectKey>,
    /// Bytes.
    pub byte_size: u64,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Its media type.
    pub content_type: String,
    /// Its owner marked it.
    pub is_favorite: bool,
    /// Telegram's name of it as a photo, if it was ever sent so.
    pub telegram_file_id: Option<String>,
    /// Telegram's name of it as a document, if it was ever sent so.
    pub telegram_document_id: Option<String>,
    /// When we had it.
    pub created_at: DateTime<Utc>,
}

impl ImageCard {
    /// The name of its file for people: `aisha-1.jpg`.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("aisha-{}.{}", self.position, extension(&self.content_type))
    }

    /// The name of its file among those of other orders: `aisha-2026-11-21-1.jpg`.
    #[must_use]
    pub fn dated_name(&self) -> String {
        let day = self.created_at.format("%Y-%m-%d");
        format!("aisha-{day}-{}.{}", self.position, extension(&self.content_type))
    }

    /// Telegram's name of it when it is shown so.
    #[must_use]
    pub fn known_as(&self, shown_as: ShownAs) -> Option<&str> {
        match shown_as {
            ShownAs::Photo => self.telegram_file_id.as_deref(),
            ShownAs::Document => self.telegram_document_id.as_deref(),
        }
    }
}

/// How the name of a file of this media type ends.
pub(super) fn extension(content_type: &str) -> &'static str {
    match content_type {
        "image/png" => "png",
        "image/webp" => "webp",
        _ => "jpg",
    }
}

/// A picture that Telegram now knows by a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFile {
    /// Which picture.
    pub image: ImageId,
    /// In which form: each has a name of its own.
    pub shown_as: ShownAs,
    /// Telegram's name.
    pub file: String,
}

/// The rows of pictures. A row exists only while we hold the picture's bytes.
#[async_trait]
pub trait Images: Send + Sync {
    /// The pictures of an order that were not deleted, by position.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: ask again.
    async fn of_job(&self, job: JobId) -> Result<Vec<ImageCard>, StoreError>;

    /// Remembers Telegram's names of pictures, so that they are not uploaded again. Those that were
    /// deleted meanwhile are left out.
    ///
    /// After a crash before it they are uploaded once more when they are next shown.
    ///
    /// # Errors
    /// [`StoreError`]: the same, and nothing else is lost.
    async fn remember(&self, files: &[KnownFile]) -> Result<(), StoreError>;
}
