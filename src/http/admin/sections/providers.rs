//! The providers we depend on, and how they answer this instance.

use super::super::facts::{At, Facts};
use super::super::moment::{ago, lasting, span};
use super::super::texts::Texts;
use crate::providers::Condition;
use crate::telegram::PollHealth;
use maud::{Markup, html};

pub(super) fn section(facts: &Facts, texts: &Texts) -> Markup {
    html! {
        h2 { (texts.providers) }
        table {
            thead { tr {
                th { (texts.provider) } th { (texts.state) } th { (texts.latency) }
                th { (texts.last_answer) }
            } }
            tbody {
                (row("FAL", &fal(facts, texts), &facts.fal, facts.at, texts))
                (row("Telegram", &telegram(facts, texts), &facts.telegram, facts.at, texts))
                (row(texts.store, &standing(&facts.store, texts), &facts.store, facts.at, texts))
                (database(facts, texts))
            }
        }
        (webhooks(facts, texts))
    }
}

fn row(name: &str, state: &Markup, standing: &Condition, now: At, texts: &Texts) -> Markup {
    html! {
        tr {
            td data-label=(texts.provider) { (name) }
            td data-label=(texts.state) { (state) }
            td data-label=(texts.latency) {
                @match (standing.typical, standing.slowest) {
                    (Some(typical), Some(slowest)) => {
                        (span(typical, texts)) span.dim { ", " (texts.slowest) " " (span(slowest, texts)) }
                    },
                    _ => "—",
                }
            }
            td data-label=(texts.last_answer) {
                @match standing.answered_at {
                    Some(at) => (ago(at, now, texts)),
                    None => "—",
                }
            }
        }
    }
}

fn standing(standing: &Condition, texts: &Texts) -> Markup {
    match (&standing.failing, standing.answered_at) {
        (Some((_, why)), _) => html! { strong.bad { (texts.fails) } ": " (why) },
        (None, Some(_)) => html! { span.good { (texts.works) } },
        (None, None) => html! { span.dim { (texts.not_asked) } },
    }
}

fn fal(facts: &Facts, texts: &Texts) -> Markup {
    html! {
        (standing(&facts.fal, texts))
        @if facts.breaker_open { br; strong.bad { (texts.breaker) } }
    }
}

fn telegram(facts: &Facts, texts: &Texts) -> Markup {
    html! {
        (standing(&facts.telegram, texts))
        @match &facts.polling {
            None => {},
            Some(PollHealth::Ok) => { br; span.good { (texts.polling) } },
            Some(PollHealth::NotMine) => { br; span.dim { (texts.polling_elsewhere) } },
            Some(PollHealth::Starting) => { br; span.dim { (texts.polling_starting) } },
            Some(health) => {
                br; strong.bad { (health.reason().unwrap_or_default()) }
            },
        }
    }
}

fn database(facts: &Facts, texts: &Texts) -> Markup {
    let took = facts.rows.as_ref().map(|rows| rows.took);
    html! {
        tr {
            td data-label=(texts.provider) { "PostgreSQL" }
            td data-label=(texts.state) {
                @match &facts.rows_away {
                    Some((_, why)) => { strong.bad { (texts.fails) } ": " (why) },
                    None => span.good { (texts.works) },
                }
                span.dim { ", " (texts.connections) ": " (facts.pool) }
            }
            // Rounded, so that a number that moves with every reading does not count as a change.
            td data-label=(texts.latency) {
                @match took {
                    Some(took) if took.as_millis() < 50 => { "< 50 " (texts.units[4]) },
                    Some(took) if took.as_millis() < 500 => { "< 500 " (texts.units[4]) },
                    Some(took) => (span(took, texts)),
                    None => "—",
                }
            }
            td data-label=(texts.last_answer) {
                // While it works, this is the page's own age.
                @match facts.rows.as_ref().filter(|_| facts.rows_away.is_some()) {
                    Some(rows) => (ago(rows.counts.now, facts.at, texts)),
                    None => (texts.just_now),
                }
            }
        }
    }
}

fn webhooks(facts: &Facts, texts: &Texts) -> Markup {
    let stored = facts.rows.as_ref().and_then(|rows| rows.counts.webhook_at);
    let last = |at: Option<At>| {
        html! {
            @match at {
                Some(at) => (ago(at, facts.at, texts)),
                None => (texts.never),
            }
        }
    };
    html! {
        dl {
            dt { (texts.last_webhook) }
            dd {
                (last(stored))
                span.dim {
                    "; " (texts.this_one) ": " (texts.verified) " " (last(facts.webhooks.verified_at))
                    @if let Some(at) = facts.webhooks.forged_at {
                        ", " (texts.refused) " " (ago(at, facts.at, texts))
                    }
                }
            }
            dt { (texts.keys_age) }
            dd {
                @match facts.keys_age {
                    Some(age) => (lasting(facts.at - age, facts.at, texts)),
                    None => (texts.keys_none),
                }
            }
        }
    }
}
