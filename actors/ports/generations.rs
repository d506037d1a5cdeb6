//! What only an order of pictures has in its row.

use super::{Fence, FileUrl, ObjectKey, PictureOrder, StoreError, Uploaded};
use crate::avatar::AvatarId;
use async_trait::async_trait;
use std::time::Duration;

/// An order that runs, and the weights that it is made with.
#[derive(Clone, Debug, PartialEq)]
pub struct RunningOrder {
    /// What was bought.
    pub order: PictureOrder,
    /// The address for FAL's calls, with the nonce of the job.
    pub webhook: Option<String>,
    /// The avatar's weights; `None` when the avatar is gone or has none.
    pub weights: Option<WeightsCopies>,
    /// Our copy of the picture that the order names as its source; `None` when there is none, or
    /// its owner has deleted it since.
    pub source: Option<SourcePicture>,
}

/// A picture of ours that others are to be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePicture {
    /// In our own store.
    pub key: ObjectKey,
    /// By its first bytes.
    pub content_type: String,
}

/// Where weights are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightsCopies {
    /// Whose they are.
    pub avatar: AvatarId,
    /// In our own store: the copy that counts.
    pub key: ObjectKey,
    /// Hex digest of the bytes.
    pub sha256: String,
    /// FAL's copy of these very bytes, and how long it stays.
    pub at_fal: Option<(FileUrl, Duration)>,
}

/// The rows of orders of pictures, beside the port of all jobs.
#[async_trait]
pub trait Generations: Send + Sync {
    /// The order as it was saved; `None` when it is over.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: ask again.
    async fn order(&self, fence: Fence) -> Result<Option<RunningOrder>, StoreError>;

    /// Remembers FAL's copy of an avatar's weights, so that the next orders use it again.
    ///
    /// After a crash before it the copy expires unused, and the next order uploads another.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: the address can be used all the same.
    async fn uploaded(
        &self,
        avatar: AvatarId,
        sha256: &str,
        copy: &Uploaded,
    ) -> Result<(), StoreError>;
}
