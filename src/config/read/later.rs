//! Known names that nothing reads yet.

use super::Reader;

/// Known names that nothing reads yet.
const NOT_YET: [&str; 5] = [
    "FAL_DEFAULT_MODE",
    "MINIO_BUCKET_TRANSCRIPTS",
    "OPENAI_API_KEY",
    "OPENAI_API_URL",
    "TELEGRAM_WEBHOOK_SECRET",
];

impl Reader<'_> {
    /// Values that would be silently without effect are refused instead.
    pub(super) fn not_yet(&mut self) {
        for name in NOT_YET.iter().filter(|name| self.source.get(name).is_some()) {
            self.remarks.push(format!("{name} has no effect in this version"));
        }
        if self.text("TELEGRAM_WEBHOOK_URL").is_some() {
            self.mistake(
                "TELEGRAM_WEBHOOK_URL",
                "it is not available in this version",
                "leave it unset: updates come by long polling, which works everywhere",
            );
        }
    }
}
