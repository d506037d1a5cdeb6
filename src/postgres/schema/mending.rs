//! From differences to the statements that repair them. Pure.
//!
//! What depends on a changing column (generated columns, indexes, checks) is dropped before and
//! created again after, so that the statements run in the given order.

mod columns;
mod types;

use super::catalog::{Catalog, Constraint, Table};
use serde::Serialize;
use std::collections::BTreeSet;

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remedy {
    /// Without its semicolon.
    pub sql: String,
    /// It removes what cannot be made again: rows, a column, somebody's view.
    pub loses: bool,
}

impl Remedy {
    /// A statement that loses nothing.
    pub(in crate::postgres) fn harmless(sql: String) -> Self {
        Self { sql, loses: false }
    }
}

/// When a statement runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Triggers,
    ForeignKeysOff,
    Off,
    GeneratedOff,
    Types,
    Tables,
    Columns,
    GeneratedOn,
    Keys,
    Checks,
    ForeignKeysOn,
    Indexes,
    Others,
    Rows,
    Left,
}

/// Statements with their turns.
#[derive(Default)]
struct Plan(Vec<(Turn, Remedy)>);

impl Plan {
    fn add(&mut self, turn: Turn, sql: impl Into<String>) {
        self.0.push((turn, Remedy::harmless(sql.into())));
    }

    fn lose(&mut self, sql: impl Into<String>) {
        self.0.push((Turn::Left, Remedy { sql: sql.into(), loses: true }));
    }
}

/// The statements, in execution order.
pub(super) fn mend(found: &Catalog, wanted: &Catalog) -> Vec<Remedy> {
    let (mut plan, mut stirred) = (Plan::default(), BTreeSet::new());
    let rebuilt = types::mend(found, wanted, &mut plan);
    for (name, due) in &wanted.tables {
        let Some(there) = found.tables.get(name) else {
            create(name, due, &mut plan);
            parts(name, &Table::default(), due, &BTreeSet::new(), &mut plan);
            continue;
        };
        nature(name, there, due, &mut plan);
        let touched = columns::mend(name, there, due, &rebuilt, &mut plan);
        parts(name, there, due, &touched, &mut plan);
        if !touched.is_empty() {
            stirred.insert(name.clone());
        }
    }
    for name in found.tables.keys().filter(|name| !wanted.tables.contains_key(*name)) {
        plan.lose(format!("DROP TABLE {name}"));
    }
    keys_that_others_point_at(found, wanted, &mut plan);
    others(found, wanted, &stirred, &mut plan);
    for resource in wanted.leases.difference(&found.leases) {
        plan.add(Turn::Rows, format!("INSERT INTO leases (resource) VALUES ('{resource}')"));
    }
    let Plan(mut statements) = plan;
    statements.sort_by_key(|(turn, _)| *turn); // stable: within a turn as they were added
    let mut seen = BTreeSet::new();
    let statements = statements.into_iter().map(|(_, remedy)| remedy);
    statements.filter(|remedy| seen.insert(remedy.sql.clone())).collect()
}

fn create(name: &str, due: &Table, plan: &mut Plan) {
    let columns: Vec<String> =
        due.columns.iter().map(|c| format!("{} {}", c.name, c.definition())).collect();
    let kind = if due.unlogged { "UNLOGGED TABLE" } else { "TABLE" };
    plan.add(Turn::Tables, format!("CREATE {kind} {name} ({})", columns.join(", ")));
}

fn nature(name: &str, there: &Table, due: &Table, plan: &mut Plan) {
    if there.unlogged != due.unlogged {
        let kind = if due.unlogged { "UNLOGGED" } else { "LOGGED" };
        plan.add(Turn::Left, format!("ALTER TABLE {name} SET {kind}"));
    }
    if there.row_security != due.row_security {
        let verb = if due.row_security { "ENABLE" } else { "DISABLE" };
        plan.add(Turn::Tables, format!("ALTER TABLE {name} {verb} ROW LEVEL SECURITY"));
    }
}

/// Constraints and indexes: drop what is wrong or in the way, then create what is missing.
fn parts(name: &str, there: &Table, due: &Table, touched: &BTreeSet<String>, plan: &mut Plan) {
    let hangs = |definition: &str| touched.iter().any(|column| mentions(definition, column));
    for (constraint, about) in &there.constraints {
        let wanted = due.constraints.get(constraint) == Some(about);
        let in_the_way = about.kind == "c" && hangs(&about.definition);
        if !wanted || in_the_way {
            drop_constraint(name, constraint, about, plan);
        }
    }
    for (constraint, about) in &due.constraints {
        let kept = there.constraints.get(constraint) == Some(about)
            && !(about.kind == "c" && hangs(&about.definition));
        if !kept {
            add_constraint(name, constraint, about, plan);
        }
    }
    for (index, about) in &there.indexes {
        if due.indexes.get(index) != Some(about) || hangs(&about.definition) {
            plan.add(Turn::Off, format!("DROP INDEX IF EXISTS {index}"));
        }
    }
    for (index, about) in &due.indexes {
        if there.indexes.get(index) != Some(about) || hangs(&about.definition) {
            plan.add(Turn::Indexes, about.definition.clone());
        }
    }
}

fn drop_constraint(table: &str, name: &str, about: &Constraint, plan: &mut Plan) {
    let turn = if about.kind == "f" { Turn::ForeignKeysOff } else { Turn::Off };
    plan.add(turn, format!("ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}"));
}

fn add_constraint(table: &str, name: &str, about: &Constraint, plan: &mut Plan) {
    let turn = match about.kind.as_str() {
        "f" => Turn::ForeignKeysOn,
        "c" => Turn::Checks,
        _ => Turn::Keys,
    };
    plan.add(turn, format!("ALTER TABLE {table} ADD CONSTRAINT {name} {}", about.definition));
}

/// Dropping a key takes the foreign keys that refer to it along; they are created again.
fn keys_that_others_point_at(found: &Catalog, wanted: &Catalog, plan: &mut Plan) {
    let is_key = |about: &Constraint| matches!(about.kind.as_str(), "p" | "u");
    for (target, there) in &found.tables {
        let due = wanted.tables.get(target);
        let stays = |name: &String, about: &Constraint| {
            due.is_some_and(|due| due.constraints.get(name) == Some(about))
        };
        if there.constraints.iter().all(|(name, about)| !is_key(about) || stays(name, about)) {
            continue;
        }
        let points = |about: &Constraint| {
            about.kind == "f" && about.definition.contains(&format!(" REFERENCES {target}("))
        };
        for (table, about) in &found.tables {
            for (name, key) in about.constraints.iter().filter(|(_, about)| points(about)) {
                drop_constraint(table, name, key, plan);
            }
        }
        for (table, about) in &wanted.tables {
            for (name, key) in about.constraints.iter().filter(|(_, about)| points(about)) {
                add_constraint(table, name, key, plan);
            }
        }
    }
}

/// Views, functions, triggers. A trigger pins the columns of its table and a view those that it
/// shows, so both are dropped while these change; a function is replaced in place, because triggers depend on it.
fn others(found: &Catalog, wanted: &Catalog, stirred: &BTreeSet<String>, plan: &mut Plan) {
    let is_off = |(kind, name): &(String, String)| match kind.as_str() {
        "trigger" => name.split('.').next().is_some_and(|table| stirred.contains(table)),
        "view" => wanted
            .others
            .get(&(kind.clone(), name.clone()))
            .is_some_and(|due| stirred.iter().any(|table| mentions(&due.makes, table))),
        _ => false,
    };
    for (key, there) in &found.others {
        match wanted.others.get(key) {
            Some(due) if due == there && !is_off(key) => {}
            Some(_) if key.0 == "function" => {}
            // A trigger changes what all our statements do.
            Some(_) => plan.add(Turn::Triggers, there.removes.clone()),
            None if key.0 == "trigger" => plan.add(Turn::Triggers, there.removes.clone()),
            None => plan.lose(there.removes.clone()),
        }
    }
    for (key, due) in &wanted.others {
        if found.others.get(key) != Some(due) || is_off(key) {
            plan.add(Turn::Others, due.makes.trim_end_matches(';'));
        }
    }
}

/// Whether an expression contains this word.
fn mentions(text: &str, word: &str) -> bool {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(part_of_word);
        let after = text[at + word.len()..].chars().next().is_some_and(part_of_word);
        !before && !after
    })
}
