//! What the service runs on: a PostgreSQL of its own with any number of trainings.

use aisha::postgres::private::PrivateServer;
use aisha::postgres::{connect, migrate};
use anyhow::{Context, bail};
use slog::{Discard, Logger, o};
use std::collections::BTreeMap;
use std::path::Path;
use tempfile::TempDir;
use tokio_postgres::config::Host;
use tokio_postgres::{Client, NoTls};

/// The database and its folder.
pub(crate) struct Ground {
    directory: TempDir,
    server: PrivateServer,
    pub(crate) client: Client,
    /// Whether statements are counted.
    counts: bool,
}

/// How often a statement ran, and how long all its runs took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ran {
    pub(crate) calls: i64,
    pub(crate) millis: f64,
}

impl Ground {
    /// Starts the server, applies the schema, and enables statement counters if the server has
    /// them. Leaves no server behind if it fails.
    pub(crate) async fn lay() -> anyhow::Result<Self> {
        let directory = tempfile::Builder::new().prefix("bench-recovery-").tempdir()?;
        let server = open(directory.path()).await?;
        let counts = has_counters(&server).await;
        // The counters exist from the next start on.
        server.stop().await;
        let counts = counts?;
        let server = open(directory.path()).await?;
        match prepare(&server, counts).await {
            Ok(client) => Ok(Self { directory, server, client, counts }),
            Err(error) => {
                server.stop().await;
                Err(error)
            }
        }
    }

    /// Where the service keeps its files.
    pub(crate) fn folder(&self) -> &Path {
        self.directory.path()
    }

    /// `DATABASE_URL` for the service.
    pub(crate) fn url(&self) -> anyhow::Result<String> {
        let config = self.server.config();
        let [Host::Unix(socket)] = config.get_hosts() else { bail!("the server has no socket") };
        let (user, name) = (config.get_user().unwrap_or("aisha"), config.get_dbname());
        let name = name.context("the server has no database")?;
        Ok(format!("postgresql:///{name}?host={}&user={user}", socket.display()))
    }

    /// The versions of everything involved.
    pub(crate) async fn versions(&self) -> anyhow::Result<String> {
        let row = self.client.query_one("SHOW server_version", &[]).await?;
        let cores = std::thread::available_parallelism()?;
        let version = env!("CARGO_PKG_VERSION");
        Ok(format!("aisha {version}, PostgreSQL {}, {cores} cores", row.get::<_, &str>(0)))
    }

    /// Adds trainings until there are this many, as an import or manual inserts would: FAL has them
    /// all, and the last of them started at most an hour ago.
    pub(crate) async fn grow(&self, trainings: u32) -> anyhow::Result<()> {
        let insert = "
            WITH owner AS (
                -- They blocked the bot, so nobody is shown a progress.
                INSERT INTO users (telegram_id, blocked_at) VALUES (1, now())
                ON CONFLICT (telegram_id) DO UPDATE SET first_name = 'bench' RETURNING id
            ), there AS (SELECT count(*) AS n FROM avatars)
            INSERT INTO avatars (user_id, name, status, attempt, fal_endpoint, fal_request_id,
                                 submit_nonce, submit_sent_at, training_started_at)
            SELECT owner.id, 'bench', 'training', 1, 'fal-ai/flux-lora-portrait-trainer',
                   gen_random_uuid()::text, gen_random_uuid(), now(), now() - i * interval '36 ms'
            FROM owner, there, generate_series(there.n + 1, $1::bigint) AS series (i)";
        self.client.execute(insert, &[&i64::from(trainings)]).await?;
        // Autovacuum would have done this while so many accumulated.
        self.client.batch_execute("VACUUM ANALYZE").await?;
        Ok(())
    }

    /// Resets the counters.
    pub(crate) async fn reset(&self) -> anyhow::Result<()> {
        if self.counts {
            self.client.batch_execute("SELECT pg_stat_statements_reset()").await?;
        }
        Ok(())
    }

    /// What ran since the last reset, by file name; empty if statements are not counted.
    pub(crate) async fn ran(&self) -> anyhow::Result<BTreeMap<&'static str, Ran>> {
        let mut ran = BTreeMap::new();
        if !self.counts {
            return Ok(ran);
        }
        let counted = "SELECT query, calls, total_exec_time FROM pg_stat_statements";
        for row in &self.client.query(counted, &[]).await? {
            // The server may have replaced constants by parameters; it keeps the comment at the
            // top.
            let text: &str = row.get(0);
            let top = text.trim_start().lines().next();
            let queries = aisha::postgres::QUERIES;
            let file = queries.iter().find(|query| query.text.lines().next() == top);
            if let Some(file) = file {
                let sum: &mut Ran = ran.entry(file.name).or_default();
                sum.calls += row.get::<_, i64>(1);
                sum.millis += row.get::<_, f64>(2);
            }
        }
        Ok(ran)
    }

    /// Stops the server and removes everything.
    pub(crate) async fn clear(self) {
        drop(self.client);
        self.server.stop().await;
    }
}

async fn open(directory: &Path) -> anyhow::Result<PrivateServer> {
    Ok(PrivateServer::open(directory, &Logger::root(Discard, o!())).await?)
}

/// Enables statement counters, if this server has them.
async fn has_counters(server: &PrivateServer) -> anyhow::Result<bool> {
    let client = reach(server).await?;
    let available = "SELECT EXISTS (SELECT FROM pg_available_extensions \
        WHERE name = 'pg_stat_statements')";
    let available = client.query_one(available, &[]).await?.get(0);
    if available {
        client
            .batch_execute("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
            .await?;
    }
    Ok(available)
}

async fn prepare(server: &PrivateServer, counts: bool) -> anyhow::Result<Client> {
    let client = reach(server).await?;
    if counts {
        client.batch_execute("CREATE EXTENSION pg_stat_statements").await?;
    }
    let pool = connect(server.config(), 2)?;
    migrate(&pool).await?;
    pool.close();
    Ok(client)
}

async fn reach(server: &PrivateServer) -> anyhow::Result<Client> {
    let (client, connection) = server.config().connect(NoTls).await?;
    // Ends with the client; its result does not matter.
    tokio::spawn(async { connection.await.unwrap_or_default() });
    Ok(client)
}
