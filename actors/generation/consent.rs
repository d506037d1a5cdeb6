//! Consent to pictures: asked once per avatar of a person, kept with its version and its time.

use crate::avatar::TrainingType;

/// The version of the sentence that people agree to (`pictures-consent-ask`).
///
/// It is counted up when the meaning of the sentence changes; everybody is then asked again before
/// their next picture. Better words for the same meaning keep the version.
pub const VERSION: i32 = 1;

/// Whether the question has to be asked before this avatar's next picture. `agreed` is the column
/// `avatars.consent_version`. Styles and things are nobody's face.
#[must_use]
pub fn is_due(kind: TrainingType, agreed: Option<i32>) -> bool {
    kind == TrainingType::Portrait && agreed.is_none_or(|version| version < VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_face_is_asked_about_once_per_version() {
        assert!(is_due(TrainingType::Portrait, None));
        assert!(is_due(TrainingType::Portrait, Some(VERSION - 1)));
        assert!(!is_due(TrainingType::Portrait, Some(VERSION)));
        assert!(!is_due(TrainingType::Style, None));
        assert!(!is_due(TrainingType::Object, None));
    }
}
