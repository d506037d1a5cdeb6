//! Paid jobs in flight that are no trainings: age against typical durations, the last news, and who
//! watches.

use super::super::facts::{At, Facts};
use super::super::moment::ago;
use super::super::texts::Texts;
use super::age::age;
use super::{chip, page_of, short, watcher};
use crate::postgres::overview::{OtherJob, Overview, Stage};
use actors::ports::Kind;
use maud::{Markup, html};

pub(super) fn section(facts: &Facts, texts: &Texts) -> Markup {
    let Some(rows) = &facts.rows else {
        return html! { h2 { (texts.jobs) } p.dim { (texts.unknown) } };
    };
    html! {
        h2 { (texts.jobs) }
        p.chips {
            @for stage in rows.stages.iter().filter(|stage| stage.kind != Kind::TRAINING.word()) {
                (chip("some", &words(stage, texts), stage.count))
            }
        }
        p.chips {
            span.dim { (texts.pictures_today) ": " }
            @for (word, many) in rows.pictures.by_word() {
                (chip("some", texts.pictures_word(word), many))
            }
        }
        @if rows.jobs.is_empty() {
            p.dim { (texts.no_jobs) }
        } @else {
            (table(facts, rows, texts))
        }
    }
}

fn words(stage: &Stage, texts: &Texts) -> String {
    format!("{}, {}", texts.job_kind(&stage.kind), texts.job_stage(&stage.word))
}

fn table(facts: &Facts, rows: &Overview, texts: &Texts) -> Markup {
    let shown = i64::try_from(rows.jobs.len()).unwrap_or(i64::MAX);
    let all: i64 = rows.firsts().map(|job| job.total).sum();
    html! {
        table {
            thead { tr {
                th { (texts.job) } th { (texts.stage) } th { (texts.age) } th { (texts.news) }
                th { (texts.watched_by) }
            } }
            tbody { @for job in &rows.jobs { (row(job, facts.at, texts)) } }
        }
        @if all > shown { p.dim { (all - shown) " " (texts.more) } }
    }
}

fn row(job: &OtherJob, now: At, texts: &Texts) -> Markup {
    // That FAL has just accepted it is told its owner alone.
    let stage = if job.stage == "accepted" { "working" } else { &job.stage };
    html! {
        tr {
            td data-label=(texts.job) {
                a href=(page_of(&job.kind, job.id, texts)) { code { (short(job.id)) } }
                " " (texts.job_kind(&job.kind))
            }
            td data-label=(texts.stage) {
                (texts.job_stage(stage))
                @if let Some(place) = job.queue_position {
                    span.dim { ", " (texts.place) ": " (place) }
                }
            }
            td data-label=(texts.age) {
                @if job.late { strong.bad { (texts.overdue) } " " }
                (age(job.started_at, job.typical, now, texts))
            }
            td data-label=(texts.news) { (news(job, now, texts)) }
            td data-label=(texts.watched_by) { (watcher(job.watcher, texts)) }
        }
    }
}

/// The last news and its source: an event, or a check that brought nothing new.
fn news(job: &OtherJob, now: At, texts: &Texts) -> Markup {
    let said = job.said.as_ref();
    let looked = job.looked_at.filter(|at| said.is_none_or(|said| *at >= said.0));
    html! {
        @if let Some(at) = looked {
            (texts.source("status-checker")) ": " (texts.nothing_new) ", " (ago(at, now, texts))
        } @else if let Some((at, source, kind)) = said {
            (texts.source(source)) ": " (kind.replace('_', " ")) ", " (ago(*at, now, texts))
        } @else {
            (texts.never)
        }
    }
}
