//! Limits for photos, sweeps and leases.

use super::Reader;
use actors::bot::Limits;
use actors::notification::Delivery;
use actors::recovery;
use std::time::Duration;

/// Upper bound on the delay of an update that one instance stored for another, if the wake is lost.
const UPDATES_SWEEP: Duration = Duration::from_secs(1);

impl Reader<'_> {
    pub(super) fn limits(&mut self) -> Limits {
        let min_photos = self.value("AVATAR_MIN_PHOTOS", 10, 1, 100);
        let max_photos = self.value("AVATAR_MAX_PHOTOS", 20, 1, 100);
        if min_photos > max_photos {
            self.mistake(
                "AVATAR_MIN_PHOTOS",
                format!("{min_photos} is more than AVATAR_MAX_PHOTOS = {max_photos}"),
                "make it the smaller of the two",
            );
        }
        Limits {
            min_photos,
            max_photos,
            photo_pixels: self.value("PHOTO_MIN_RESOLUTION", 512, 1, 4096),
            photo_bytes: self.value("PHOTO_MAX_SIZE", 20_971_520, 1024, 20_971_520),
            updates_sweep: self.text("TELEGRAM_WEBHOOK_URL").map(|_| UPDATES_SWEEP),
        }
    }

    pub(super) fn recovery(&mut self) -> recovery::Limits {
        recovery::Limits {
            interval: self.seconds("RECOVERY_INTERVAL", 60, 1),
            lease: self.seconds("LEASE_SECONDS", 8, 2),
        }
    }

    pub(super) fn delivery(&mut self) -> Delivery {
        let uncertain = self.text("NOTIFY_UNCERTAIN").map(str::to_lowercase);
        let repeats_unknown = match uncertain.as_deref() {
            None | Some("edit") => false,
            Some("resend") => true,
            Some(other) => {
                let problem = format!("«{other}» is unknown");
                self.mistake("NOTIFY_UNCERTAIN", problem, "write edit or resend");
                false
            }
        };
        // Two days, so that a weekend with a revoked token costs no notice.
        let give_up_after = self.seconds("NOTIFY_GIVE_UP_AFTER", 172_800, 1);
        Delivery { give_up_after, repeats_unknown }
    }
}
