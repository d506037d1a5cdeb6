//! What only a training has: its order, its photos, its weights.

use super::{Fence, ObjectKey, Order, StoreError};
use crate::avatar::AvatarId;
use async_trait::async_trait;

/// The rows beside the life cycle of a training.
#[async_trait]
pub trait Trainings: Send + Sync {
    /// What is to be bought: the parameters as they were saved at the start.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: ask again; nothing was changed.
    async fn order(&self, fence: Fence) -> Result<Option<Order>, StoreError>;

    /// Where the weights of a completed attempt are kept, and how many bytes they have.
    ///
    /// # Errors
    /// As [`Trainings::order`].
    async fn held(&self, fence: Fence) -> Result<Option<(ObjectKey, u64)>, StoreError>;

    /// Where the photos of the avatar are kept, in their order.
    ///
    /// # Errors
    /// As [`Trainings::order`].
    async fn photos(&self, avatar: AvatarId) -> Result<Vec<ObjectKey>, StoreError>;
}
