//! A schema as described by the server's catalogs. Names are quoted for SQL.

use crate::postgres::sql;
use deadpool_postgres::Transaction;
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::{Error, Row};

/// Everything in one schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Catalog {
    /// Enumerations and their labels.
    pub(super) types: BTreeMap<String, Vec<String>>,
    pub(super) tables: BTreeMap<String, Table>,
    /// Views, functions, triggers and the like, by kind and name.
    pub(super) others: BTreeMap<(String, String), Other>,
    /// Resources that the migrations put into `leases`; a shard without its row belongs to nobody.
    pub(super) leases: BTreeSet<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) unlogged: bool,
    pub(super) row_security: bool,
    /// In order.
    pub(super) columns: Vec<Column>,
    pub(super) constraints: BTreeMap<String, Constraint>,
    pub(super) indexes: BTreeMap<String, Index>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) collation: Option<String>,
    pub(super) not_null: bool,
    pub(super) value: Value,
}

/// The source of a value that is not given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Nothing,
    Default(String),
    Generated(String),
    /// `ALWAYS` or `BY DEFAULT`.
    Identity(&'static str),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Constraint {
    /// The catalog's letter: p, u, f, c, x.
    pub(super) kind: String,
    pub(super) definition: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Index {
    pub(super) definition: String,
    /// Not left over from a failed build.
    pub(super) valid: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Other {
    pub(super) makes: String,
    pub(super) removes: String,
}

impl Catalog {
    /// Reads a schema. During the transaction only this schema is on the search path, so that types
    /// are written the same for either schema.
    pub(super) async fn of(transaction: &Transaction<'_>, schema: &str) -> Result<Self, Error> {
        let path: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&schema];
        let set = "SELECT set_config('search_path', quote_ident($1), true)";
        transaction.query_one(set, &path).await?;
        let mut catalog = Self::default();
        for row in transaction.query(sql::SCHEMA_TYPES.text, &path).await? {
            catalog.types.insert(row.get("name"), row.get("labels"));
        }
        for row in transaction.query(sql::SCHEMA_TABLES.text, &path).await? {
            let (unlogged, row_security) = (row.get("unlogged"), row.get("row_security"));
            let table = Table { unlogged, row_security, ..Table::default() };
            catalog.tables.insert(row.get("name"), table);
        }
        for row in transaction.query(sql::SCHEMA_COLUMNS.text, &path).await? {
            if let Some(table) = catalog.table(&row) {
                table.columns.push(Column::of(&row));
            }
        }
        for row in transaction.query(sql::SCHEMA_CONSTRAINTS.text, &path).await? {
            let constraint =
                Constraint { kind: row.get("kind"), definition: row.get("definition") };
            if let Some(table) = catalog.table(&row) {
                table.constraints.insert(row.get("name"), constraint);
            }
        }
        for row in transaction.query(sql::SCHEMA_INDEXES.text, &path).await? {
            let index = Index { definition: row.get("definition"), valid: row.get("valid") };
            if let Some(table) = catalog.table(&row) {
                table.indexes.insert(row.get("name"), index);
            }
        }
        for row in transaction.query(sql::SCHEMA_OTHERS.text, &path).await? {
            let other = Other { makes: row.get("makes"), removes: row.get("removes") };
            catalog.others.insert((row.get("kind"), row.get("name")), other);
        }
        let leases = catalog.tables.get("leases");
        if leases.is_some_and(|table| table.column("resource").is_some()) {
            let rows = transaction.query("SELECT resource::text FROM leases", &[]).await?;
            catalog.leases = rows.iter().map(|row| row.get("resource")).collect();
        }
        Ok(catalog)
    }

    fn table(&mut self, row: &Row) -> Option<&mut Table> {
        self.tables.get_mut(row.get::<_, &str>("table"))
    }
}

impl Table {
    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl Column {
    fn of(row: &Row) -> Self {
        let (generated, identity): (&str, &str) = (row.get("generated"), row.get("identity"));
        let expression: Option<String> = row.get("expression");
        let value = match (generated, identity, expression) {
            (_, "a", _) => Value::Identity("ALWAYS"),
            (_, "d", _) => Value::Identity("BY DEFAULT"),
            ("", _, Some(expression)) => Value::Default(expression),
            (_, _, Some(expression)) => Value::Generated(expression),
            (_, _, None) => Value::Nothing,
        };
        Self {
            name: row.get("name"),
            kind: row.get("type"),
            collation: row.get("collation"),
            not_null: row.get("not_null"),
            value,
        }
    }

    pub(super) fn is_generated(&self) -> bool {
        matches!(self.value, Value::Generated(_))
    }

    /// As in `CREATE TABLE`, after the name.
    pub(super) fn definition(&self) -> String {
        let collation = self.collation.as_ref().map(|name| format!(" COLLATE {name}"));
        let not_null = if self.not_null { " NOT NULL" } else { "" };
        let value = match &self.value {
            Value::Nothing => String::new(),
            Value::Default(value) => format!(" DEFAULT {value}"),
            Value::Generated(value) => format!(" GENERATED ALWAYS AS ({value}) STORED"),
            Value::Identity(when) => format!(" GENERATED {when} AS IDENTITY"),
        };
        format!("{}{}{not_null}{value}", self.kind, collation.unwrap_or_default())
    }
}
