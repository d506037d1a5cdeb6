//! The plan, without a server; `tests/it` runs such plans against a real one.

use super::catalog::{Catalog, Column, Other, Table, Value};
use super::{comparison, mending};
use std::collections::BTreeMap;

fn column(name: &str, kind: &str, value: Value) -> Column {
    Column { name: name.into(), kind: kind.into(), collation: None, not_null: false, value }
}

fn schema(labels: &[&str], columns: Vec<Column>) -> Catalog {
    let labels = labels.iter().map(|label| (*label).to_owned()).collect();
    Catalog {
        types: BTreeMap::from([("mood".to_owned(), labels)]),
        tables: BTreeMap::from([("t".to_owned(), Table { columns, ..Table::default() })]),
        ..Catalog::default()
    }
}

fn statements(found: &Catalog, wanted: &Catalog) -> Vec<String> {
    assert_eq!(
        comparison::compare(found, wanted).is_empty(),
        mending::mend(found, wanted).is_empty(),
        "whoever finds something knows what to do"
    );
    mending::mend(found, wanted).into_iter().map(|remedy| remedy.sql).collect()
}

#[test]
fn equal_schemas_need_nothing() {
    let one = schema(&["a"], vec![column("x", "text", Value::Nothing)]);
    assert!(statements(&one, &one).is_empty());
}

#[test]
fn a_label_is_added_in_its_place_and_never_taken_away_in_place() {
    let two = schema(&["b", "d"], vec![]);
    let four = schema(&["a", "b", "c", "d"], vec![]);
    assert_eq!(
        statements(&two, &four),
        ["ALTER TYPE mood ADD VALUE 'a' BEFORE 'b'", "ALTER TYPE mood ADD VALUE 'c' AFTER 'b'"]
    );
    assert!(statements(&four, &two)[0].contains("RENAME TO mood_former"));
}

#[test]
fn what_is_computed_from_a_column_is_taken_off_while_its_type_changes() {
    let gained = Value::Generated("x || 'y'".to_owned());
    let found = schema(
        &["a"],
        vec![column("x", "integer", Value::Nothing), column("g", "text", gained.clone())],
    );
    let wanted =
        schema(&["a"], vec![column("x", "text", Value::Nothing), column("g", "text", gained)]);
    assert_eq!(
        statements(&found, &wanted),
        [
            "ALTER TABLE t DROP COLUMN g",
            "ALTER TABLE t ALTER COLUMN x TYPE text USING x::text",
            "ALTER TABLE t ADD COLUMN g text GENERATED ALWAYS AS (x || 'y') STORED",
        ]
    );
}

#[test]
fn a_trigger_is_off_while_the_columns_of_its_table_change() {
    let with_trigger = |kind| {
        let mut schema = schema(&["a"], vec![column("x", kind, Value::Nothing)]);
        let (makes, removes) = ("CREATE TRIGGER g".to_owned(), "DROP TRIGGER g ON t".to_owned());
        schema.others.insert(("trigger".into(), "t.g".into()), Other { makes, removes });
        schema
    };
    assert_eq!(
        statements(&with_trigger("integer"), &with_trigger("text")),
        [
            "DROP TRIGGER g ON t",
            "ALTER TABLE t ALTER COLUMN x TYPE text USING x::text",
            "CREATE TRIGGER g",
        ]
    );
}

#[test]
fn only_what_cannot_be_made_again_is_called_a_loss() {
    let found = schema(&["a"], vec![column("x", "text", Value::Nothing)]);
    let wanted = schema(&["a"], vec![]);
    let plan = mending::mend(&found, &wanted);
    assert_eq!((plan.len(), plan[0].loses), (1, true));
}
