//! The older database, which is only read.
//!
//! Whole rows are read as JSON, because columns came and went between its versions; a missing
//! column counts as empty.

use crate::postgres::{Address, tls};
use actors::error_chain::in_full;
use actors::ports::without_nul;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use thiserror::Error;
use tokio::task::JoinHandle;
use tokio_postgres::config::Host;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Row};
use tokio_postgres_rustls::MakeRustlsConnect;
use uuid::Uuid;

/// Longest wait for the connection.
const CONNECT: Duration = Duration::from_secs(5);

/// Why it cannot be imported.
#[derive(Debug, Error)]
pub enum NotOlder {
    /// The server does not answer.
    #[error("the older database cannot be reached: {0}; check --from, the user and the password")]
    Unreachable(String),
    /// A table is missing.
    #[error("there is no table {0}; --from must name the database of an older Aisha")]
    NoTable(&'static str),
    /// It is one of our own databases.
    #[error(
        "this is a database of this Aisha, not of an older one; --from and DATABASE_URL differ"
    )]
    Ours,
}

impl NotOlder {
    /// Whether waiting may help.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable(_))
    }
}

/// A connection that cannot write.
#[derive(Debug)]
pub struct Older {
    client: Client,
    connection: JoinHandle<()>,
    source: String,
    has_photos: bool,
    has_pictures: bool,
}

impl Older {
    /// Connects and checks that it is an older Aisha's.
    ///
    /// # Errors
    /// [`NotOlder`]
    pub async fn open(address: Address) -> Result<Self, NotOlder> {
        let Address { mut config, trust } = address;
        let tls = tls::client(&trust).map_err(NotOlder::Unreachable)?;
        let source = name_of(&config);
        config.connect_timeout(CONNECT).application_name("aisha import");
        let options = "-c default_transaction_read_only=on -c TimeZone=UTC";
        let given = config.get_options().map(|given| format!("{given} {options}"));
        config.options(given.unwrap_or_else(|| options.to_owned()));
        let unreachable = |error: tokio_postgres::Error| NotOlder::Unreachable(in_full(&error));
        let (client, connection) =
            config.connect(MakeRustlsConnect::new(tls)).await.map_err(unreachable)?;
        // A connection error is reported by the statement that waits for it.
        let connection = tokio::spawn(async move { connection.await.unwrap_or_default() });
        let tables = client.query(TABLES, &[]).await.map_err(unreachable)?;
        let has = |name: &str| tables.iter().any(|row| row.get::<_, &str>("name") == name);
        if has("refinery_schema_history") {
            return Err(NotOlder::Ours);
        }
        for name in ["users", "avatars"] {
            if !has(name) {
                return Err(NotOlder::NoTable(name));
            }
        }
        let (has_photos, has_pictures) = (has("avatar_photos"), has("image_generations"));
        Ok(Self { client, connection, source, has_photos, has_pictures })
    }

    /// Its name, without user and password.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// How many rows there are to import; only for showing how far we are.
    pub(super) async fn size(&self, with_pictures: bool) -> Result<u64, String> {
        let counted = if with_pictures && self.has_pictures {
            "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM avatars)
                    + (SELECT count(*) FROM image_generations) AS rows"
        } else {
            "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM avatars) AS rows"
        };
        let row = self.client.query_one(counted, &[]).await.map_err(|error| in_full(&error))?;
        Ok(u64::try_from(row.get::<_, i64>("rows")).unwrap_or_default())
    }

    pub(super) async fn people(
        &self,
        after: Option<Uuid>,
        most: i64,
    ) -> Result<Vec<Value>, String> {
        let page = "SELECT to_json(u) AS row FROM users u WHERE $1::uuid IS NULL OR u.id > $1
                    ORDER BY u.id LIMIT $2";
        self.page(page, &[&after, &most]).await
    }

    /// With their owner's number and the number of their photos.
    pub(super) async fn avatars(
        &self,
        after: Option<Uuid>,
        most: i64,
    ) -> Result<Vec<Value>, String> {
        let page = "SELECT to_json(a) AS row, u.telegram_id::text, u.id IS NOT NULL AS owner_there
                    FROM avatars a LEFT JOIN users u ON u.id = a.user_id
                    WHERE $1::uuid IS NULL OR a.id > $1
                    ORDER BY a.id LIMIT $2";
        let read = self.client.query(page, &[&after, &most]).await;
        let read = read.map_err(|error| in_full(&error))?;
        let mut rows: Vec<Value> = read.iter().map(with_owner).collect();
        let ids: Vec<Uuid> = rows.iter().filter_map(id_of).collect();
        if self.has_photos {
            let counted = "SELECT avatar_id, count(*) AS photos FROM avatar_photos
                           WHERE avatar_id = ANY ($1) GROUP BY avatar_id";
            let counted = self.client.query(counted, &[&ids]).await;
            let counted = counted.map_err(|error| in_full(&error))?;
            let photos: HashMap<Uuid, i64> =
                counted.iter().map(|row| (row.get("avatar_id"), row.get("photos"))).collect();
            for row in &mut rows {
                let number = id_of(row).and_then(|id| photos.get(&id)).copied().unwrap_or_default();
                row["photos"] = number.into();
            }
        }
        Ok(rows)
    }

    /// Rows of orders of pictures, with their owner's number.
    pub(super) async fn orders(
        &self,
        after: Option<Uuid>,
        most: i64,
    ) -> Result<Vec<Value>, String> {
        if !self.has_pictures {
            return Ok(Vec::new());
        }
        let page = "SELECT to_json(g) AS row, u.telegram_id::text, u.id IS NOT NULL AS owner_there
                    FROM image_generations g LEFT JOIN users u ON u.id = g.user_id
                    WHERE $1::uuid IS NULL OR g.id > $1
                    ORDER BY g.id LIMIT $2";
        let read = self.client.query(page, &[&after, &most]).await;
        Ok(read.map_err(|error| in_full(&error))?.iter().map(with_owner).collect())
    }

    /// About how many pictures those orders name; only for showing how far we are.
    pub(super) async fn pictures(&self) -> Result<u64, String> {
        if !self.has_pictures {
            return Ok(0);
        }
        // The column may be missing, or hold anything.
        let counted = "SELECT coalesce(sum(CASE json_typeof(urls)
                           WHEN 'array' THEN json_array_length(urls) ELSE 0 END), 0)::bigint AS named
                       FROM (SELECT to_json(g) -> 'result_urls' AS urls FROM image_generations g
                             WHERE lower(to_json(g) ->> 'status') = 'completed') completed";
        let row = self.client.query_one(counted, &[]).await.map_err(|error| in_full(&error))?;
        Ok(u64::try_from(row.get::<_, i64>("named")).unwrap_or_default())
    }

    pub(super) async fn mains(&self, after: Option<Uuid>, most: i64) -> Result<Vec<Value>, String> {
        let page = "SELECT json_build_object('id', id) AS row FROM avatars
                    WHERE is_main AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2";
        self.page(page, &[&after, &most]).await
    }

    /// For request ids that several rows have, the row that keeps it: the newest.
    pub(super) async fn keepers(&self) -> Result<HashMap<String, Uuid>, String> {
        let repeated = "SELECT fal_request_id::text,
                               (array_agg(id ORDER BY created_at DESC NULLS LAST, id DESC))[1] AS id
                        FROM avatars WHERE fal_request_id <> ''
                        GROUP BY fal_request_id HAVING count(*) > 1";
        let rows = self.client.query(repeated, &[]).await.map_err(|error| in_full(&error))?;
        Ok(rows.iter().map(|row| (row.get("fal_request_id"), row.get("id"))).collect())
    }

    /// Tables that have no place here, with their number of rows.
    pub(super) async fn left(&self) -> Result<BTreeMap<String, i64>, String> {
        let mut left = BTreeMap::new();
        for row in self.client.query(TABLES, &[]).await.map_err(|error| in_full(&error))? {
            let (name, quoted): (String, String) = (row.get("name"), row.get("quoted"));
            if matches!(name.as_str(), "users" | "avatars" | "alembic_version") {
                continue;
            }
            let counted = format!("SELECT count(*) AS rows FROM {quoted}");
            let counted = self.client.query_one(&counted, &[]).await;
            left.insert(name, counted.map_err(|error| in_full(&error))?.get("rows"));
        }
        left.retain(|_, rows| *rows > 0);
        Ok(left)
    }

    async fn page(&self, page: &str, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<Value>, String> {
        let rows = self.client.query(page, params).await.map_err(|error| in_full(&error))?;
        Ok(rows.iter().map(value).collect())
    }
}

impl Drop for Older {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

const TABLES: &str =
    "SELECT c.relname::text AS name, quote_ident(c.relname) AS quoted FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
    ORDER BY c.relname";

/// A row. The older Aisha kept JSON as text, in which a NUL does not concern our columns.
fn value(row: &Row) -> Value {
    let mut value = row.get("row");
    without_nul(&mut value);
    value
}

fn with_owner(row: &Row) -> Value {
    let mut owned = value(row);
    owned["owner_telegram_id"] = row.get::<_, Option<String>>("telegram_id").into();
    owned["owner_there"] = row.get::<_, bool>("owner_there").into();
    owned
}

pub(super) fn id_of(row: &Value) -> Option<Uuid> {
    row["id"].as_str().and_then(|id| Uuid::try_parse(id).ok())
}

fn name_of(config: &Config) -> String {
    let hosts: Vec<String> = config
        .get_hosts()
        .iter()
        .map(|host| match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(path) => path.display().to_string(),
        })
        .collect();
    let ports: Vec<String> = config.get_ports().iter().map(u16::to_string).collect();
    let name = config.get_dbname().or(config.get_user()).unwrap_or_default();
    format!("{}:{}/{name}", hosts.join(","), ports.join(","))
}
