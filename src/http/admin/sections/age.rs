//! The age of a job in flight, against typical durations.

use super::super::facts::At;
use super::super::moment::{lasting, span};
use super::super::texts::Texts;
use maud::{Markup, html};
use std::time::Duration;

/// The bar moves in steps of this many percent: smaller changes are not visible, and every change
/// is sent to every page.
const NOTCH: u128 = 5;

/// The age, beside a bar that is full at the slow end of the typical durations.
pub(super) fn age(
    started_at: At,
    typical: Option<(Duration, Duration)>,
    now: At,
    texts: &Texts,
) -> Markup {
    let aged = (now - started_at).to_std().unwrap_or_default();
    html! {
        (lasting(started_at, now, texts)) " "
        @match typical {
            None => span.dim { (texts.not_usual_yet) },
            Some((low, high)) => {
                @let part = part(aged, high);
                metric min="0" max="200" low="101" high="199" optimum="0" value=(part) { (part) " %" }
                br;
                span.dim { (texts.typical) " " (span(low, texts)) " – " (span(high, texts)) }
            }
        }
    }
}

/// In percent of the typical duration, in notches.
fn part(aged: Duration, high: Duration) -> u128 {
    (aged.as_millis() * 100 / high.as_millis().max(1) / NOTCH * NOTCH).min(200)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_half_full_at_the_slowest_of_the_usual_and_full_at_twice_that() {
        let of = |seconds| part(Duration::from_secs(seconds), Duration::from_secs(100));
        assert_eq!([of(0), of(4), of(99), of(100), of(250)], [0, 0, 95, 100, 200]);
        assert_eq!(part(Duration::from_secs(1), Duration::ZERO), 200);
    }
}
