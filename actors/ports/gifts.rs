//! The first pictures of a finished avatar, which come by themselves, once.

use super::{PictureOrder, Sitter, StoreError};
use crate::avatar::{AvatarId, Shard};
use crate::spending::Usd;
use async_trait::async_trait;
use std::time::Duration;

/// An avatar whose first pictures are due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueGift {
    /// What has to be known of it.
    pub sitter: Sitter,
    /// The epoch of its shard.
    pub epoch: i64,
}

/// What is ordered for one of them.
#[derive(Clone, Debug, PartialEq)]
pub struct GiftOrders {
    /// Where the pictures are made.
    pub endpoint: String,
    /// The address for FAL's calls, without a nonce.
    pub webhook: Option<String>,
    /// Each with its expected cost.
    pub orders: Vec<(PictureOrder, Usd)>,
}

/// The rows of first pictures.
#[async_trait]
pub trait Gifts: Send + Sync {
    /// Those that are due in these shards, the longest waiting first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: ask again.
    async fn due(&self, held: &[(Shard, i64)], most: u32) -> Result<Vec<DueGift>, StoreError>;

    /// Starts all of the orders, or none: nothing is due any more in the same statement. False when
    /// the limits have no room, its owner may not order, starts are paused, or the lease is over.
    ///
    /// After a crash either all of them run, or all of it is still due.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: perhaps they run; then it is no longer due.
    async fn give(&self, gift: &DueGift, orders: &GiftOrders) -> Result<bool, StoreError>;

    /// Puts it off; after `most` since it might have been given, for good, which is told by `true`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: it is due at once again.
    async fn later(
        &self,
        avatar: AvatarId,
        wait: Duration,
        most: Duration,
    ) -> Result<bool, StoreError>;
}
