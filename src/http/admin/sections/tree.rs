//! The supervision tree of this instance, and the other instances.

use super::super::facts::Facts;
use super::super::moment::{ago, lasting};
use super::super::texts::Texts;
use super::short;
use crate::postgres::overview::Overview;
use crate::redaction::redacted;
use actors::supervisor::{Node, NodeState};
use maud::{Markup, html};

pub(super) fn section(facts: &Facts, texts: &Texts) -> Markup {
    html! {
        h2 { (texts.tree) }
        @match &facts.tree {
            None => p { strong.bad { (texts.silent) } },
            Some(root) => table {
                thead { tr {
                    th { (texts.actor) } th { (texts.state) } th { (texts.restarts) }
                    th { (texts.mailbox) } th { (texts.last_error) }
                } }
                tbody { (rows(root, 0, facts, texts)) }
            }
        }
        @if let Some(overview) = &facts.rows { (instances(overview, facts, texts)) }
    }
}

/// A node and those below it; of trainings only those with problems, because all are in their own
/// section.
fn rows(node: &Node, depth: usize, facts: &Facts, texts: &Texts) -> Markup {
    let tells = |child: &&Node| {
        depth == 0
            || child.restarts > 0
            || child.last_error.is_some()
            || child.state != NodeState::Running
    };
    let told: Vec<&Node> = node.children.iter().filter(tells).collect();
    let well = node.children.len() - told.len() + node.unnamed;
    html! {
        tr {
            td data-label=(texts.actor) class={ "deep" (depth) } {
                (node.name)
                @if well > 0 { span.dim { " + " (well) } }
            }
            td data-label=(texts.state) {
                @match node.state {
                    NodeState::Running => span.good { "running" },
                    NodeState::Silent => strong.bad { "silent" },
                    NodeState::Restarting => strong.bad { "restarting" },
                    NodeState::Parked => strong.bad { "parked" },
                }
            }
            td data-label=(texts.restarts) { (node.restarts) }
            td data-label=(texts.mailbox) { (node.mailbox) }
            td data-label=(texts.last_error) {
                @match &node.last_error {
                    Some(words) => {
                        (redacted(words))
                        @if let Some(at) = node.last_error_at { ", " (ago(at, facts.at, texts)) }
                    },
                    None => "—",
                }
            }
        }
        @for child in told { (rows(child, depth + 1, facts, texts)) }
    }
}

fn instances(overview: &Overview, facts: &Facts, texts: &Texts) -> Markup {
    html! {
        h3 { (texts.instances) }
        table {
            thead { tr {
                th { (texts.instances) } th { (texts.roles) } th { (texts.shards) }
                th { (texts.heartbeat) }
            } }
            tbody {
                @for instance in &overview.instances {
                    tr {
                        td data-label=(texts.instances) {
                            code { (short(instance.id)) } span.dim { " " (instance.version) }
                        }
                        td data-label=(texts.roles) {
                            @if instance.roles.is_empty() { "—" } @else { (instance.roles) }
                        }
                        td data-label=(texts.shards) { (instance.shards) }
                        td data-label=(texts.heartbeat) {
                            @if instance.living {
                                span.good { (texts.works) } ", "
                                (lasting(instance.started_at, facts.at, texts))
                            } @else {
                                span.dim { (texts.gone) } ", "
                                (ago(instance.heartbeat_at, facts.at, texts))
                            }
                        }
                    }
                }
            }
        }
    }
}
