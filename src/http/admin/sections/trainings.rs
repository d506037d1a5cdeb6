//! Trainings in flight: age against typical durations, the last news, and who checks next and when.

use super::super::facts::{At, Facts};
use super::super::moment::{ago, lasting, span};
use super::super::texts::Texts;
use super::{chip, short};
use crate::postgres::overview::{InFlight, Overview};
use actors::ports::Kind;
use maud::{Markup, html};
use std::time::Duration;

/// The bar moves in steps of this many percent: smaller changes are not visible, and every change
/// is sent to every page.
const NOTCH: u128 = 5;

pub(super) fn section(facts: &Facts, texts: &Texts) -> Markup {
    html! {
        h2 { (texts.trainings) }
        @if let Some(rows) = &facts.rows {
            p.chips {
                @for stage in rows.stages.iter().filter(|stage| stage.kind == Kind::TRAINING.word()) {
                    (chip("some", texts.stage(&stage.word), stage.count))
                }
            }
            @if rows.trainings.is_empty() {
                p.dim { (texts.none_in_flight) }
            } @else {
                (table(facts, rows, texts))
            }
        } @else {
            p.dim { (texts.unknown) }
        }
    }
}

fn table(facts: &Facts, rows: &Overview, texts: &Texts) -> Markup {
    let shown = i64::try_from(rows.trainings.len()).unwrap_or(i64::MAX);
    html! {
        table {
            thead { tr {
                th { (texts.avatar) } th { (texts.stage) } th { (texts.age) } th { (texts.news) }
                th { (texts.next_check) } th { (texts.watched_by) }
            } }
            tbody {
                @for training in &rows.trainings {
                    tr {
                        td data-label=(texts.avatar) { (avatar(training, texts)) }
                        td data-label=(texts.stage) { (stage(training, texts)) }
                        td data-label=(texts.age) { (age(training, facts.at, texts)) }
                        td data-label=(texts.news) { (news(training, facts.at, texts)) }
                        td data-label=(texts.next_check) { (next_check(training, facts, texts)) }
                        td data-label=(texts.watched_by) {
                            @match training.watcher {
                                Some(instance) => code { (short(instance)) },
                                None => strong.bad { (texts.nobody) },
                            }
                        }
                    }
                }
            }
        }
        @if rows.in_flight > shown { p.dim { (rows.in_flight - shown) " " (texts.more) } }
    }
}

fn avatar(training: &InFlight, texts: &Texts) -> Markup {
    html! {
        a href=(texts.link(&format!("/admin/avatars/{}", training.id))) { code { (short(training.id)) } }
        " " (training.training_type)
        @if training.attempt > 1 { span.dim { ", " (texts.attempt) " " (training.attempt) } }
    }
}

fn stage(training: &InFlight, texts: &Texts) -> Markup {
    // That FAL has just accepted it is told its owner alone.
    let word = if training.stage == "accepted" { "working" } else { &training.stage };
    html! {
        (texts.stage(word))
        @if let Some(place) = training.queue_position {
            span.dim { ", " (texts.place) ": " (place) }
        } @else if training.progress > 0 {
            " " (training.progress) " %"
        }
    }
}

/// The age, beside a bar that is full at the slow end of the typical durations.
fn age(training: &InFlight, now: At, texts: &Texts) -> Markup {
    let aged = (now - training.started_at).to_std().unwrap_or_default();
    html! {
        (lasting(training.started_at, now, texts)) " "
        @match training.typical {
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

/// The last news and its source: an event, or a check that brought nothing new.
fn news(training: &InFlight, now: At, texts: &Texts) -> Markup {
    let said = training.said.as_ref();
    let looked = training.last_status_check.filter(|at| said.is_none_or(|said| *at >= said.0));
    html! {
        @if let Some(at) = looked {
            (texts.source("status-checker")) ": "
            (training.fal_word.as_deref().unwrap_or(texts.unknown))
            ", " (ago(at, now, texts))
        } @else if let Some((at, source, kind)) = said {
            (texts.source(source)) ": " (kind.replace('_', " ")) ", " (ago(*at, now, texts))
        } @else {
            (texts.never)
        }
    }
}

/// Not before this; the polling budget may make it later.
fn next_check(training: &InFlight, facts: &Facts, texts: &Texts) -> Markup {
    if facts.breaker_open {
        return html! { (texts.when_fal_is_back) };
    }
    let first = training.submit_sent_at.map(|at| at + facts.policy.first_check);
    let next = training.last_status_check.map(|at| at + facts.policy.interval).or(first);
    html! {
        @match next.filter(|_| training.named) {
            Some(next) if next > facts.at => (ago(next, facts.at, texts)),
            Some(_) => (texts.just_now),
            None => "—",
        }
    }
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
