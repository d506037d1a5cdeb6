//! Trainings in flight: age against typical durations, the last news, and who checks next and when.

use super::super::facts::{At, Facts};
use super::super::moment::ago;
use super::super::texts::Texts;
use super::age::age;
use super::{chip, short, watcher};
use crate::postgres::overview::{InFlight, Overview};
use actors::ports::Kind;
use maud::{Markup, html};

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
                        td data-label=(texts.age) { (age(training.started_at, training.typical, facts.at, texts)) }
                        td data-label=(texts.news) { (news(training, facts.at, texts)) }
                        td data-label=(texts.next_check) { (next_check(training, facts, texts)) }
                        td data-label=(texts.watched_by) { (watcher(training.watcher, texts)) }
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
