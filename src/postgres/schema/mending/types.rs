//! Enumerations.

use super::{Plan, Turn};
use crate::postgres::schema::catalog::Catalog;
use std::collections::BTreeSet;

/// Returns the enumerations that are created again, because PostgreSQL cannot remove a label.
pub(super) fn mend(found: &Catalog, wanted: &Catalog, plan: &mut Plan) -> BTreeSet<String> {
    let mut rebuilt = BTreeSet::new();
    for (name, due) in &wanted.types {
        match found.types.get(name) {
            Some(there) if there == due => {}
            Some(there) if is_part_of(there, due) => add_labels(name, there, due, plan),
            Some(_) => {
                plan.add(Turn::Types, format!("ALTER TYPE {name} RENAME TO {}", former(name)));
                plan.add(Turn::Types, create(name, due));
                plan.add(Turn::Left, format!("DROP TYPE {}", former(name)));
                rebuilt.insert(name.clone());
            }
            None => plan.add(Turn::Types, create(name, due)),
        }
    }
    for name in found.types.keys().filter(|name| !wanted.types.contains_key(*name)) {
        plan.lose(format!("DROP TYPE {name}"));
    }
    rebuilt
}

fn former(name: &str) -> String {
    format!("{}_former", name.trim_matches('"'))
}

fn create(name: &str, labels: &[String]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| text(label)).collect();
    format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", "))
}

fn text(label: &str) -> String {
    format!("'{}'", label.replace('\'', "''"))
}

/// The labels of `some` stand in `all` in the same order.
fn is_part_of(some: &[String], all: &[String]) -> bool {
    let mut rest = all.iter();
    some.iter().all(|label| rest.any(|other| other == label))
}

fn add_labels(name: &str, there: &[String], due: &[String], plan: &mut Plan) {
    for (at, label) in due.iter().enumerate().filter(|(_, label)| !there.contains(label)) {
        // The previous label exists by then: it was there, or the previous statement added it.
        let place = match at.checked_sub(1).and_then(|before| due.get(before)) {
            Some(before) => format!("AFTER {}", text(before)),
            None => {
                there.first().map(|first| format!("BEFORE {}", text(first))).unwrap_or_default()
            }
        };
        plan.add(Turn::Types, format!("ALTER TYPE {name} ADD VALUE {} {place}", text(label)));
    }
}
