//! Known names that have no effect yet.

use super::Reader;

/// Known names that have no effect yet.
const NOT_YET: [&str; 7] = [
    "FAL_DEFAULT_MODE",
    "MINIO_BUCKET_TRANSCRIPTS",
    "OPENAI_API_KEY",
    "OPENAI_API_URL",
    "SUPPORT_CONTACT",
    "TERMS_URL",
    "PRIVACY_URL",
];

impl Reader<'_> {
    /// Reports the values that have no effect.
    pub(super) fn not_yet(&mut self) {
        for name in NOT_YET.iter().filter(|name| self.source.get(name).is_some()) {
            self.remarks.push(format!("{name} has no effect in this version"));
        }
    }
}
