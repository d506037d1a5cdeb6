//! What all contenders share: one PostgreSQL, and the trainings that FAL calls about.

use crate::pgbench;
use crate::requests::JOBS;
use aisha::postgres::private::PrivateServer;
use aisha::postgres::{connect, migrate};
use anyhow::{Context, bail};
use slog::{Discard, Logger, o};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio_postgres::config::Host;
use tokio_postgres::{Client, NoTls};

/// Added to the private server's usual settings, for all contenders alike: room for 128
/// connections, and a WAL that is not checkpointed in the middle of a run.
const SETTINGS: [&str; 2] =
    ["ALTER SYSTEM SET max_connections = 200", "ALTER SYSTEM SET max_wal_size = '4GB'"];

/// The database's name.
pub(crate) const DATABASE: &str = "aisha";

/// The database and its folder.
pub(crate) struct Ground {
    directory: TempDir,
    server: PrivateServer,
    pub(crate) client: Client,
}

impl Ground {
    /// Starts the server, applies the schema, adds the trainings. Leaves no server behind if it
    /// fails.
    pub(crate) async fn lay() -> anyhow::Result<Self> {
        let directory = tempfile::Builder::new().prefix("bench-intake-").tempdir()?;
        let server = open(directory.path()).await?;
        let set = set(&server).await;
        // They take effect at the next start.
        server.stop().await;
        set?;
        let server = open(directory.path()).await?;
        match prepare(&server, directory.path()).await {
            Ok(client) => Ok(Self { directory, server, client }),
            Err(error) => {
                server.stop().await;
                Err(error)
            }
        }
    }

    /// The folder for the run's files.
    pub(crate) fn folder(&self) -> &Path {
        self.directory.path()
    }

    /// pgbench's script.
    pub(crate) fn script(&self) -> PathBuf {
        script(self.folder())
    }

    /// Environment variables for libpq.
    pub(crate) fn reach(&self) -> anyhow::Result<[(&'static str, String); 2]> {
        let config = self.server.config();
        let [Host::Unix(socket)] = config.get_hosts() else { bail!("the server has no socket") };
        let user = config.get_user().context("the server has no user")?;
        Ok([("PGHOST", socket.display().to_string()), ("PGUSER", user.to_owned())])
    }

    /// `DATABASE_URL`: the same database over the same socket for everybody.
    pub(crate) fn url(&self) -> anyhow::Result<String> {
        let [(_, socket), (_, user)] = self.reach()?;
        Ok(format!("postgresql:///{DATABASE}?host={socket}&user={user}"))
    }

    /// The versions of everything involved.
    pub(crate) async fn versions(&self) -> anyhow::Result<String> {
        let row = self.client.query_one("SHOW server_version", &[]).await?;
        let cores = std::thread::available_parallelism()?;
        let version = env!("CARGO_PKG_VERSION");
        Ok(format!("aisha {version}, PostgreSQL {}, {cores} cores", row.get::<_, &str>(0)))
    }

    /// Empties what a run has filled, and flushes everything before the next.
    pub(crate) async fn reset(&self, empty: &str) -> anyhow::Result<()> {
        for statement in [empty, "CHECKPOINT"] {
            self.client.batch_execute(statement).await?;
        }
        Ok(())
    }

    /// The server's first process.
    pub(crate) fn postmaster(&self) -> anyhow::Result<u32> {
        let file = self.folder().join("postgres/postmaster.pid");
        let text = std::fs::read_to_string(file)?;
        Ok(text.lines().next().context("an empty postmaster.pid")?.trim().parse()?)
    }

    /// Stops the server and removes everything.
    pub(crate) async fn clear(self) {
        drop(self.client);
        self.server.stop().await;
    }
}

fn script(folder: &Path) -> PathBuf {
    folder.join("pgbench.sql")
}

async fn open(directory: &Path) -> anyhow::Result<PrivateServer> {
    Ok(PrivateServer::open(directory, &Logger::root(Discard, o!())).await?)
}

async fn set(server: &PrivateServer) -> anyhow::Result<()> {
    let client = reach(server).await?;
    for setting in SETTINGS {
        client.batch_execute(setting).await?;
    }
    Ok(())
}

async fn prepare(server: &PrivateServer, folder: &Path) -> anyhow::Result<Client> {
    let client = reach(server).await?;
    let pool = connect(server.config(), 2)?;
    migrate(&pool).await?;
    pool.close();
    let insert = "
        WITH owner AS (INSERT INTO users (telegram_id) VALUES (1) RETURNING id)
        INSERT INTO avatars (user_id, name, status, attempt, fal_endpoint, fal_request_id,
                             submit_nonce, submit_sent_at, training_started_at)
        SELECT owner.id, 'bench', 'training', 1, 'fal-ai/flux-lora-portrait-trainer',
               '019e8887-0000-7000-8000-' || lpad(i::text, 12, '0'),
               ('019e8887-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, now(), now()
        FROM owner, generate_series(1, $1::bigint) AS series (i)";
    client.execute(insert, &[&i64::try_from(JOBS)?]).await?;
    client.batch_execute("VACUUM ANALYZE").await?;
    std::fs::write(script(folder), pgbench::script()?)?;
    Ok(client)
}

async fn reach(server: &PrivateServer) -> anyhow::Result<Client> {
    let (client, connection) = server.config().connect(NoTls).await?;
    // Ends with the client; its result does not matter.
    tokio::spawn(async { connection.await.unwrap_or_default() });
    Ok(client)
}
