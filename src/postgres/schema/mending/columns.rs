//! Columns.

use super::{Plan, Turn, mentions};
use crate::postgres::schema::catalog::{Column, Table, Value};
use std::collections::BTreeSet;

/// Returns the columns whose indexes and checks must be dropped meanwhile.
pub(super) fn mend(
    table: &str,
    there: &Table,
    due: &Table,
    rebuilt: &BTreeSet<String>,
    plan: &mut Plan,
) -> BTreeSet<String> {
    let mut touched = retyped(there, due, rebuilt);
    let made_anew = |column: &&Column, touched: &BTreeSet<String>| match &column.value {
        Value::Generated(expression) => {
            due.column(&column.name) != Some(*column)
                || touched.iter().any(|name| mentions(expression, name))
        }
        Value::Nothing | Value::Default(_) | Value::Identity(_) => {
            due.column(&column.name).is_some_and(Column::is_generated)
        }
    };
    let anew: BTreeSet<String> = there
        .columns
        .iter()
        .filter(|column| made_anew(column, &touched))
        .filter(|column| due.column(&column.name).is_some() || column.is_generated())
        .map(|column| column.name.clone())
        .collect();
    for name in &anew {
        plan.add(Turn::GeneratedOff, format!("ALTER TABLE {table} DROP COLUMN {name}"));
    }
    touched.extend(anew.iter().cloned());
    for column in &due.columns {
        match there.column(&column.name).filter(|_| !anew.contains(&column.name)) {
            None => add(table, column, plan),
            Some(now) => alter(table, now, column, rebuilt, plan),
        }
    }
    for column in &there.columns {
        if due.column(&column.name).is_some() || anew.contains(&column.name) {
            continue;
        }
        // Not ours, but of one of our types: it must change before the type can go.
        if rebuilt.contains(&column.kind) {
            retype(table, column, column, rebuilt, plan);
        }
        plan.lose(format!("ALTER TABLE {table} DROP COLUMN {}", column.name));
    }
    touched
}

/// Columns that get another type, or a type of the same name that was created again.
fn retyped(there: &Table, due: &Table, rebuilt: &BTreeSet<String>) -> BTreeSet<String> {
    let changes = |now: &&Column| match due.column(&now.name) {
        Some(column) => is_retyped(now, column, rebuilt),
        None => rebuilt.contains(&now.kind),
    };
    there.columns.iter().filter(changes).map(|column| column.name.clone()).collect()
}

fn is_retyped(now: &Column, column: &Column, rebuilt: &BTreeSet<String>) -> bool {
    now.kind != column.kind || now.collation != column.collation || rebuilt.contains(&column.kind)
}

fn add(table: &str, column: &Column, plan: &mut Plan) {
    let turn = if column.is_generated() { Turn::GeneratedOn } else { Turn::Columns };
    let (name, definition) = (&column.name, column.definition());
    plan.add(turn, format!("ALTER TABLE {table} ADD COLUMN {name} {definition}"));
}

fn alter(table: &str, now: &Column, column: &Column, rebuilt: &BTreeSet<String>, plan: &mut Plan) {
    let retypes = is_retyped(now, column, rebuilt);
    let revalues = now.value != column.value;
    let name = &column.name;
    let mut change = |what: String| {
        plan.add(Turn::Columns, format!("ALTER TABLE {table} ALTER COLUMN {name} {what}"));
    };
    if revalues || retypes {
        match &now.value {
            Value::Nothing | Value::Identity(_) if !revalues => {}
            Value::Nothing => {}
            Value::Default(_) => change("DROP DEFAULT".to_owned()),
            Value::Identity(_) => change("DROP IDENTITY".to_owned()),
            Value::Generated(_) => change("DROP EXPRESSION".to_owned()),
        }
    }
    if retypes {
        retype(table, now, column, rebuilt, plan);
    }
    let mut change = |what: String| {
        plan.add(Turn::Columns, format!("ALTER TABLE {table} ALTER COLUMN {name} {what}"));
    };
    match &column.value {
        Value::Default(value) if revalues || retypes => change(format!("SET DEFAULT {value}")),
        Value::Nothing | Value::Default(_) | Value::Generated(_) | Value::Identity(_) => {}
    }
    if now.not_null && !column.not_null {
        change("DROP NOT NULL".to_owned());
    } else if column.not_null && !now.not_null {
        fill(table, column, plan);
    }
    if let Value::Identity(when) = column.value
        && revalues
    {
        number(table, name, when, plan);
    }
}

fn retype(table: &str, now: &Column, column: &Column, rebuilt: &BTreeSet<String>, plan: &mut Plan) {
    let (name, kind) = (&column.name, &column.kind);
    // The older Aisha wrote its words in either case; ours are all lowercase.
    let value = if rebuilt.contains(kind) || kind.starts_with("avatar_") || kind.starts_with("fal_")
    {
        format!("lower({name}::text)::{kind}")
    } else if now.kind == *kind {
        name.clone()
    } else {
        format!("{name}::{kind}")
    };
    let collation = column
        .collation
        .as_ref()
        .map(|collation| format!(" COLLATE {collation}"))
        .unwrap_or_default();
    if now == column && matches!(now.value, Value::Default(_)) {
        let off = format!("ALTER TABLE {table} ALTER COLUMN {name} DROP DEFAULT");
        plan.add(Turn::Columns, off);
    }
    plan.add(
        Turn::Columns,
        format!("ALTER TABLE {table} ALTER COLUMN {name} TYPE {kind}{collation} USING {value}"),
    );
}

/// Rows without a value get the default first.
fn fill(table: &str, column: &Column, plan: &mut Plan) {
    let name = &column.name;
    if let Value::Default(value) = &column.value {
        let filled = format!("UPDATE {table} SET {name} = {value} WHERE {name} IS NULL");
        plan.add(Turn::Columns, filled);
    }
    plan.add(Turn::Columns, format!("ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL"));
}

/// Numbers of its own, after those already used.
fn number(table: &str, name: &str, when: &str, plan: &mut Plan) {
    plan.add(
        Turn::Columns,
        format!("ALTER TABLE {table} ALTER COLUMN {name} ADD GENERATED {when} AS IDENTITY"),
    );
    let (table_name, column) = (table.replace('\'', "''"), name.trim_matches('"'));
    plan.add(
        Turn::Columns,
        format!(
            "SELECT setval(pg_get_serial_sequence('{table_name}', '{column}'), \
             (SELECT coalesce(max({name}), 0) + 1 FROM {table}), false)"
        ),
    );
}
