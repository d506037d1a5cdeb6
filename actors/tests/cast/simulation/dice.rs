//! Chance from a seed. Our own few lines, so that a seed found today replays after every update
//! of a crate.

use std::time::Duration;

/// `SplitMix64`.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// True `per_mille` times in a thousand.
    pub(crate) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// A time up to `most`, in milliseconds.
    pub(crate) fn up_to(&mut self, most: Duration) -> Duration {
        let millis = u64::try_from(most.as_millis()).unwrap_or(u64::MAX).max(1);
        Duration::from_millis(self.below(millis))
    }

    /// How long a call takes: mostly nothing, now and then long enough for anything to happen.
    pub(crate) fn latency(&mut self, bad_times: bool) -> Duration {
        let slow = bad_times && self.chance(30);
        let most = if slow { Duration::from_secs(40) } else { Duration::from_millis(90) };
        Duration::from_millis(1) + self.up_to(most)
    }
}
