//! Why a job failed, sorted by what its owner can do.

use serde_json::Value;

/// The kind of a failure, by what somebody can do about it.
///
/// Each kind has its own sentence in both languages, with the next step; failures without a
/// specific next step are [`FailureKind::Other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// All kinds.
    pub const ALL: [Self; 12] = [
        Self::TooFewPhotos,
        Self::TooManyPhotos,
        Self::BadArchive,
        Self::BadPhoto,
        Self::PhotoTooSmall,
        Self::PhotoTooLarge,
        Self::NoFace,
        Self::ContentPolicy,
        Self::TrainerDown,
        Self::Stopped,
        Self::OurMistake,
        Self::Other,
    ];

    /// The word in the notice's payload.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::TooFewPhotos => "too_few_photos",
            Self::TooManyPhotos => "too_many_photos",
            Self::BadArchive => "bad_archive",
            Self::BadPhoto => "bad_photo",
            Self::PhotoTooSmall => "photo_too_small",
            Self::PhotoTooLarge => "photo_too_large",
            Self::NoFace => "no_face",
            Self::ContentPolicy => "content_policy",
            Self::TrainerDown => "trainer_down",
            Self::Stopped => "stopped",
            Self::OurMistake => "our_mistake",
            Self::Other => "other",
        }
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
