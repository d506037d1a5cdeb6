//! The world as the giver of first pictures sees it.

use crate::generation::styles::Catalogue;
use crate::ports::{Generator, Gifts};
use crate::process::Process;
use std::fmt;
use std::sync::Arc;

/// What the actor of first pictures is given.
#[expect(missing_docs, reason = "the others are the port or the part whose type describes it")]
pub struct GiftWorld {
    pub process: Arc<Process>,
    pub gifts: Arc<dyn Gifts>,
    /// Asked for endpoints and prices only.
    pub generator: Arc<dyn Generator>,
    pub styles: Arc<Catalogue>,
    /// Pictures that a finished avatar comes with. `GIFT_IMAGES`.
    pub pictures: u8,
    /// Most pictures of one order. `IMAGES_PER_REQUEST`.
    pub most: u8,
}

impl fmt::Debug for GiftWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GiftWorld").finish_non_exhaustive()
    }
}
