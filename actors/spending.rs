//! Spending limits: per person, overall, and for what a person may accumulate.

use std::fmt;

/// An estimated amount of money in millionths of a US dollar, because FAL's prices have that many
/// digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usd(pub i64);

/// Millionths of a dollar.
const MILLION: f64 = 1_000_000.0;

impl Usd {
    /// From dollars, rounded up to a millionth; saturates.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a cast from f64 saturates")]
    pub fn of_dollars(dollars: f64) -> Self {
        // A further digit is noise: 0.0024 × 1000 is 2.4000000000000004.
        Self((dollars * MILLION - 1e-3).ceil().max(0.0) as i64)
    }

    /// In dollars.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "nobody spends the seventeenth digit")]
    pub fn dollars(self) -> f64 {
        self.0 as f64 / MILLION
    }
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${:.2}", self.dollars())
    }
}

/// Limits for 24 rolling hours; `None` means unlimited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpendingLimits {
    /// Trainings that one person may start. `LIMIT_TRAININGS_PER_DAY`.
    pub trainings: Option<u32>,
    /// Pictures that one person may order. `LIMIT_IMAGES_PER_DAY`.
    pub pictures: Option<u32>,
    /// What everybody together may spend, estimated. `SPEND_LIMIT_PER_DAY`.
    pub usd: Option<Usd>,
}

/// Unfinished avatars per person. A person finishes one or two at a time; each further one costs us
/// photos that nobody trains with.
pub const UNFINISHED_AVATARS: i64 = 10;

/// Photos of one person over all of their avatars: fifty avatars of twenty.
pub const PHOTOS_HELD: i64 = 1000;

/// Bytes of one person's photos: fifty avatars of twenty photos of 4 MiB, which is what phones make.
pub const PHOTO_BYTES_HELD: i64 = 50 * 20 * (4 << 20);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_counted_in_millionths_and_read_in_cents() {
        assert_eq!(Usd::of_dollars(0.0024 * 1000.0), Usd(2_400_000));
        assert_eq!(Usd::of_dollars(2.4).to_string(), "$2.40");
        assert_eq!(Usd::of_dollars(-1.0), Usd(0));
        assert_eq!(Usd::of_dollars(0.000_000_1), Usd(1), "never free by rounding");
    }
}
