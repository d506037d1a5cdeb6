//! The shipped alerts and dashboard use only existing metrics.

use actors::metrics::{ALL, Kind, Metric};
use serde_json::Value;
use std::collections::BTreeSet;
use yaml_rust2::{Yaml, YamlLoader};

const ALERTS: &str = include_str!("../../../systemd/alerts.yml");
const DASHBOARD: &str = include_str!("../../../systemd/grafana.json");
const RUNBOOK: &str = include_str!("../../../systemd/RUNBOOK.md");

/// Every alert: its name, its expression, its chapter.
fn alerts() -> Vec<(String, String, String)> {
    let file = YamlLoader::load_from_str(ALERTS).unwrap();
    let word = |value: &Yaml| value.as_str().unwrap_or_else(|| panic!("{value:?}")).to_owned();
    let rules = file[0]["groups"].as_vec().unwrap().iter();
    let rules = rules.flat_map(|group| group["rules"].as_vec().unwrap());
    let rule = |rule: &Yaml| {
        let chapter = &rule["annotations"]["runbook"];
        assert!(!word(&rule["annotations"]["summary"]).is_empty());
        (word(&rule["alert"]), word(&rule["expr"]), word(chapter))
    };
    rules.map(rule).collect()
}

fn shown() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().unwrap());
    targets.map(|target| target["expr"].as_str().unwrap().to_owned()).collect()
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The metric that this series belongs to.
fn metric(series: &str) -> &'static Metric {
    let of = |metric: &&&Metric| match metric.kind {
        Kind::Counter | Kind::Gauge => metric.name == series,
        Kind::Seconds => ["_bucket", "_count", "_sum"]
            .iter()
            .any(|suffix| series.strip_suffix(suffix) == Some(metric.name)),
    };
    ALL.iter().find(of).unwrap_or_else(|| panic!("nothing counts {series}"))
}

/// Checks that every series of an expression exists, and every label that it selects or groups by.
fn check(expression: &str) -> BTreeSet<&'static str> {
    let mut named = BTreeSet::new();
    let mut labels: BTreeSet<&str> = BTreeSet::from(["le"]);
    for (at, _) in expression.match_indices("aisha_") {
        let rest = &expression[at..];
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let metric = metric(&rest[..end]);
        named.insert(metric.name);
        labels.extend(metric.label.split(", "));
        let Some(picked) = rest[end..].strip_prefix('{') else { continue };
        for pick in picked.split('}').next().unwrap().split(',') {
            let (label, value) = pick.split_once('=').unwrap();
            assert!(
                metric.label.split(", ").any(|known| known == label),
                "{label} of {expression}"
            );
            let value = value.trim_matches('"');
            assert!(metric.meaning.contains(value), "{value} is no value in {expression}");
        }
    }
    assert!(!named.is_empty(), "{expression} asks for nothing of ours");
    for (at, _) in expression.match_indices("by (") {
        for label in expression[at + 4..].split(')').next().unwrap().split(", ") {
            assert!(labels.contains(label), "nothing in {expression} has {label}");
        }
    }
    named
}

#[test]
fn every_alert_asks_for_what_is_counted_and_leads_to_a_chapter_of_the_runbook() {
    let alerts = alerts();
    assert!(alerts.len() >= 15);
    let chapters = RUNBOOK.lines().filter_map(|line| line.strip_prefix("## "));
    let chapters: BTreeSet<String> =
        chapters.map(|title| title.to_lowercase().replace(' ', "-")).collect();
    for (name, expression, chapter) in &alerts {
        check(expression);
        let anchor = chapter.strip_prefix("RUNBOOK.md#").unwrap();
        assert!(chapters.contains(anchor), "{name}: there is no chapter {anchor}");
    }
    let led_to: BTreeSet<&str> =
        alerts.iter().filter_map(|(_, _, chapter)| chapter.split('#').nth(1)).collect();
    assert_eq!(led_to.len(), chapters.len(), "a chapter to which no alert leads");
}

#[test]
fn every_graph_shows_what_is_counted_and_everything_is_shown() {
    let shown: BTreeSet<&str> = shown().iter().flat_map(|expression| check(expression)).collect();
    let counted: BTreeSet<&str> = ALL.iter().map(|metric| metric.name).collect();
    let unseen: Vec<_> = counted.difference(&shown).collect();
    assert!(unseen.is_empty(), "nobody sees {unseen:?}");
}
