//! What things cost their owners in credits. Whole numbers; there is no part of a credit.

/// The prices, with `CREDITS=on`. Without them nothing costs credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// Credits of a training. `PRICE_TRAINING`.
    pub training: i64,
    /// Credits of one picture. `PRICE_IMAGE`.
    pub picture: i64,
    /// Credits of a minute of speech. `PRICE_AUDIO_MINUTE`.
    pub audio_minute: i64,
    /// Credits that everybody gets once. `CREDITS_WELCOME`.
    pub welcome: i64,
    /// Where what is taken goes.
    pub earner: Earner,
}

/// The account that earns what people pay with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earner {
    /// The income.
    Income,
    /// A rehearsal makes nothing, so it earns nothing: what it takes goes where gifts come from.
    Promo,
}

impl Earner {
    /// Its word in `holds.goes_to`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Income => "income",
            Self::Promo => "promo",
        }
    }
}

impl Prices {
    /// Credits of this many pictures.
    #[must_use]
    pub fn pictures(&self, count: u8) -> i64 {
        self.picture.saturating_mul(i64::from(count))
    }
}

/// Why credits do not cover a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// What it costs.
    pub need: i64,
    /// What the person has and nothing holds.
    pub have: i64,
    /// What they owe, because a payment was taken back after its credits were spent. Nothing starts
    /// before it is settled.
    pub owed: i64,
}

impl Shortfall {
    /// Credits to add before it can start.
    #[must_use]
    pub fn missing(&self) -> i64 {
        self.need.saturating_add(self.owed).saturating_sub(self.have).max(self.owed).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_includes_what_is_owed() {
        for (need, have, owed, missing) in
            [(300, 180, 0, 120), (300, 180, 40, 160), (5, 100, 40, 40), (i64::MAX, 0, 1, i64::MAX)]
        {
            assert_eq!(Shortfall { need, have, owed }.missing(), missing);
        }
    }
}
