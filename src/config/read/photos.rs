//! What the operator expects of photos.

use super::Reader;
use actors::coach::{Hard, Remark, Rules};
use strum::IntoEnumIterator as _;

impl Reader<'_> {
    pub(super) fn rules(&mut self) -> Rules {
        let typical = Rules::default();
        let rules = Rules {
            sharpness: self.value("PHOTO_MIN_SHARPNESS", typical.sharpness, 0.0, 10_000.0),
            face: self.value("PHOTO_MIN_FACE", typical.face, 0, 4096),
            darkest: self.value("PHOTO_MIN_BRIGHTNESS", typical.darkest, 0.0, 255.0),
            brightest: self.value("PHOTO_MAX_BRIGHTNESS", typical.brightest, 0.0, 255.0),
            contrast: self.value("PHOTO_MIN_CONTRAST", typical.contrast, 0.0, 127.0),
            twin_bits: self.value("PHOTO_TWIN_BITS", typical.twin_bits, 0, 64),
            hard: self.hard(),
        };
        if rules.darkest > rules.brightest {
            self.mistake(
                "PHOTO_MIN_BRIGHTNESS",
                format!(
                    "{} is more than PHOTO_MAX_BRIGHTNESS = {}",
                    rules.darkest, rules.brightest
                ),
                "make it the smaller of the two",
            );
        }
        rules
    }

    /// The remarks that are refusals, separated by commas.
    fn hard(&mut self) -> Hard {
        let text = self.text("PHOTO_REFUSE").unwrap_or_default().to_lowercase();
        let mut hard = Hard::default();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            if let Some(remark) = Remark::of_word(word) {
                hard = hard.and(remark);
                continue;
            }
            let known: Vec<&str> = Remark::iter().map(Remark::word).collect();
            let known = known.join(", ");
            self.mistake(
                "PHOTO_REFUSE",
                format!("«{word}» is unknown"),
                format!("use any of {known}, separated by commas"),
            );
        }
        hard
    }
}
