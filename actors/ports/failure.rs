//! Why a job failed, sorted by what its owner can do.

use serde_json::Value;
use strum::{EnumIter, IntoStaticStr};

/// The kind of a failure, by what somebody can do about it.
///
/// Each kind has a sentence of its own in both languages, with the next step; a kind without a
/// next step of its own is [`FailureKind::Other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum FailureKind {
    /// FAL wants more photos.
    TooFewPhotos,
    /// FAL wants fewer photos.
    TooManyPhotos,
    /// FAL could not open the archive or download it.
    BadArchive,
    /// A photo could not be read.
    BadPhoto,
    /// A photo has too few pixels.
    PhotoTooSmall,
    /// A photo, or all of them together, are too large.
    PhotoTooLarge,
    /// No face was found.
    NoFace,
    /// The content policy refused the photos.
    ContentPolicy,
    /// FAL's machines broke or were too busy: the same photos may work later.
    TrainerDown,
    /// The job was stopped early at FAL, but not by its owner here.
    Stopped,
    /// We requested something that the trainer does not do. Only an operator can help.
    OurMistake,
    /// Anything else.
    Other,
}

impl FailureKind {
    /// The word in the notice's payload.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// Why a job failed for good.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// For the owner.
    pub kind: FailureKind,
    /// FAL's type or HTTP status, for operators.
    pub code: String,
    /// FAL's own words, at most 500 characters and without addresses.
    pub message: String,
    /// FAL's whole answer.
    pub answer: Value,
}
