//! Known names that have no effect yet.

use super::Reader;

/// Known names that have no effect yet.
pub(in crate::config) const NOT_YET: &[&str] = &[
    "FAL_DEFAULT_MODE",
    "MINIO_BUCKET_TRANSCRIPTS",
    "DATABASE_DIRECT_URL",
    "DEFAULT_LANGUAGE",
    "TRANSCRIBE_PROVIDER",
    "TRANSCRIBE_MODEL",
    "TRANSCRIBE_MAX_MINUTES",
    "CHAT_CONTEXT_TOKENS",
    "AUDIO_RETENTION_HOURS",
    "TRANSCRIPT_RETENTION_DAYS",
    "TELEGRAM_FILES_DIR",
    "LIMIT_AUDIO_MINUTES_PER_DAY",
    "PRICE_AUDIO_MINUTE",
    "STARS_PACKAGES",
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
