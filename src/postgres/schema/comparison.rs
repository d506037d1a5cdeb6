//! Two schemas, object by object. Pure.

use super::catalog::{Catalog, Table};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// One object that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its kind and name.
    pub object: String,
    /// What the migrations make; `None` if it should not exist.
    pub wanted: Option<String>,
    /// What is there; `None` if it is missing.
    pub found: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.wanted, &self.found) {
            (Some(wanted), None) => write!(f, "{} is missing: {wanted}", self.object),
            (None, Some(found)) => write!(f, "{} is not of ours: {found}", self.object),
            (Some(wanted), Some(found)) => {
                write!(f, "{} is {found}, and should be {wanted}", self.object)
            }
            (None, None) => f.write_str(&self.object),
        }
    }
}

/// Every object that differs; for a table that is missing or not ours, only the table itself.
pub(super) fn compare(found: &Catalog, wanted: &Catalog) -> Vec<Difference> {
    let both = |name: &String| found.tables.contains_key(name) && wanted.tables.contains_key(name);
    let (mut there, mut due) = (objects(found, &both), objects(wanted, &both));
    // An extra lease does no harm.
    there.retain(|object, _| !object.starts_with("row ") || due.contains_key(object));
    due.retain(|object, definition| there.get(object) != Some(definition));
    let mut differences: Vec<_> = due
        .iter()
        .map(|(object, definition)| Difference {
            object: object.clone(),
            wanted: Some(definition.clone()),
            found: there.get(object).cloned(),
        })
        .collect();
    let known = objects(wanted, &both);
    there.retain(|object, _| !known.contains_key(object));
    differences.extend(there.into_iter().map(|(object, definition)| Difference {
        object,
        wanted: None,
        found: Some(definition),
    }));
    differences.sort_by(|a, b| a.object.cmp(&b.object));
    differences
}

fn objects(catalog: &Catalog, in_both: &dyn Fn(&String) -> bool) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (name, labels) in &catalog.types {
        all.insert(format!("type {name}"), format!("enum ({})", labels.join(", ")));
    }
    for (name, table) in &catalog.tables {
        all.insert(format!("table {name}"), nature(table));
        if in_both(name) {
            parts(name, table, &mut all);
        }
    }
    for ((kind, name), other) in &catalog.others {
        all.insert(format!("{kind} {name}"), one_line(&other.makes));
    }
    for resource in catalog.leases.iter().filter(|_| in_both(&"leases".to_owned())) {
        all.insert(format!("row leases {resource}"), "what it leases is nobody's".to_owned());
    }
    all
}

fn nature(table: &Table) -> String {
    let nature = if table.unlogged { "an unlogged table" } else { "a table" };
    let guarded = if table.row_security { " with row security" } else { "" };
    format!("{nature}{guarded}")
}

fn parts(name: &str, table: &Table, all: &mut BTreeMap<String, String>) {
    for column in &table.columns {
        all.insert(format!("column {name}.{}", column.name), column.definition());
    }
    for (constraint, about) in &table.constraints {
        all.insert(format!("constraint {name}.{constraint}"), about.definition.clone());
    }
    for (index, about) in &table.indexes {
        let broken = if about.valid { "" } else { ", INVALID" };
        all.insert(format!("index {name}.{index}"), format!("{}{broken}", about.definition));
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
