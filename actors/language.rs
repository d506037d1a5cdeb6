//! The languages of the people.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoStaticStr};

/// A language that we speak completely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, EnumIter)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Language {
    /// Russian, also for whom Telegram tells us nothing that we speak.
    Ru,
    /// English.
    En,
}

impl Language {
    /// The person's own choice, else Telegram's `language_code`, else Russian.
    #[must_use]
    pub fn of(chosen: Option<&str>, language_code: Option<&str>) -> Self {
        let code = chosen.or(language_code).unwrap_or_default();
        let primary = code.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("en") { Self::En } else { Self::Ru }
    }

    /// The word of `users.language`.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }
}
