//! How far a job is, as far as FAL tells.

use actors::ports::Progress;
use serde_json::Value;

/// A body of the status endpoint while the job is queued or running.
pub(super) fn progress(word: &str, body: &Value) -> Progress {
    let position = body.get("queue_position").and_then(Value::as_u64);
    let queue_position = position
        .filter(|_| word == "IN_QUEUE")
        .map(|position| i32::try_from(position).unwrap_or(i32::MAX));
    let percent = body.get("logs").and_then(percent);
    Progress { queue_position, percent, word: word.to_owned() }
}

/// The last «n/m» in the log lines, as a percentage below 100. FAL reports no percentage, so this
/// is a guess and never shown as certain.
fn percent(logs: &Value) -> Option<i32> {
    let lines = logs.as_array()?;
    lines.iter().rev().find_map(|line| fraction(line.get("message")?.as_str()?))
}

fn fraction(message: &str) -> Option<i32> {
    let (before, after) = message.split_once('/')?;
    let done: u64 = digits(before.chars().rev())?.chars().rev().collect::<String>().parse().ok()?;
    let all: u64 = digits(after.chars())?.parse().ok()?;
    if all == 0 || done > all {
        return None;
    }
    i32::try_from(done.saturating_mul(100) / all).ok().map(|percent| percent.min(99))
}

fn digits(chars: impl Iterator<Item = char>) -> Option<String> {
    let digits: String = chars.take_while(char::is_ascii_digit).take(9).collect();
    (!digits.is_empty()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_percentage_is_read_from_the_newest_line_that_has_one() {
        let logs =
            |lines: &[&str]| json!(lines.iter().map(|m| json!({"message": m})).collect::<Vec<_>>());
        for (lines, expected) in [
            (&["step 120/1000", "saving"][..], Some(12)),
            (&[" 50%|█████     | 500/1000 [01:00<01:00]"], Some(50)),
            (&["1000/1000"], Some(99)),
            (&["7/0", "a/b", "and/or"], None),
            (&["99999999999999999999/3"], None),
            (&[], None),
        ] {
            assert_eq!(percent(&logs(lines)), expected, "{lines:?}");
        }
    }

    #[test]
    fn a_place_in_the_queue_is_a_number_from_zero() {
        let place =
            |position| progress("IN_QUEUE", &json!({ "queue_position": position })).queue_position;
        assert_eq!(place(json!(0)), Some(0));
        assert_eq!(place(json!(17_454_220_438_242_315_174_u64)), Some(i32::MAX));
        for odd in [json!(-1), json!(null), json!("2"), json!(1.5)] {
            assert_eq!(place(odd), None);
        }
    }
}
