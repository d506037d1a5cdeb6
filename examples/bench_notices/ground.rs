//! What the service runs on: a PostgreSQL of its own.

use crate::service::Service;
use aisha::postgres::private::PrivateServer;
use aisha::postgres::{connect, migrate};
use anyhow::{Context, bail};
use slog::{Discard, Logger, o};
use standins::fal::Fal;
use standins::telegram::Telegram;
use tempfile::TempDir;
use tokio_postgres::config::Host;
use tokio_postgres::{Client, NoTls};

/// The database and its folder.
pub(crate) struct Ground {
    directory: TempDir,
    server: PrivateServer,
    pub(crate) rows: Client,
}

impl Ground {
    /// Starts the server and applies the schema. Leaves no server behind if it fails.
    pub(crate) async fn lay() -> anyhow::Result<Self> {
        let directory = tempfile::Builder::new().prefix("bench-notices-").tempdir()?;
        let log = Logger::root(Discard, o!());
        let server = PrivateServer::open(directory.path(), &log).await?;
        match prepare(&server).await {
            Ok(rows) => Ok(Self { directory, server, rows }),
            Err(error) => {
                server.stop().await;
                Err(error)
            }
        }
    }

    /// Starts one more service on this machine, between these stand-ins.
    pub(crate) async fn serves(&self, telegram: &Telegram, fal: &Fal) -> anyhow::Result<Service> {
        let environment = vec![
            ("DATABASE_URL", self.url()?),
            ("TELEGRAM_BOT_TOKEN", telegram.token().to_owned()),
            ("TELEGRAM_API_URL", telegram.url()),
            ("FAL_API_KEY", fal.key().to_owned()),
            ("FAL_QUEUE_URL", fal.url().to_owned()),
            ("FAL_REST_URL", fal.url().to_owned()),
            ("FAL_PLATFORM_URL", fal.url().to_owned()),
        ];
        // All share one folder, because the objects of one database are in one place.
        Service::start(&self.directory.path().join("service"), environment).await
    }

    /// `DATABASE_URL` for the service.
    fn url(&self) -> anyhow::Result<String> {
        let config = self.server.config();
        let [Host::Unix(socket)] = config.get_hosts() else { bail!("the server has no socket") };
        let (user, name) = (config.get_user().unwrap_or("aisha"), config.get_dbname());
        let name = name.context("the server has no database")?;
        Ok(format!("postgresql:///{name}?host={}&user={user}", socket.display()))
    }

    /// Deletes everybody and everything.
    pub(crate) async fn is_emptied(&self) -> anyhow::Result<()> {
        let empty = "TRUNCATE users, avatars, outbox, telegram_updates, webhook_inbox CASCADE";
        Ok(self.rows.batch_execute(empty).await?)
    }

    /// How many notices meet a condition.
    pub(crate) async fn count(&self, condition: &str) -> anyhow::Result<i64> {
        let count = format!("SELECT count(*) FROM outbox WHERE {condition}");
        Ok(self.rows.query_one(&count, &[]).await?.get(0))
    }

    /// Stops the server and removes everything.
    pub(crate) async fn clear(self) {
        drop(self.rows);
        self.server.stop().await;
    }
}

async fn prepare(server: &PrivateServer) -> anyhow::Result<Client> {
    let pool = connect(server.config(), 2)?;
    migrate(&pool).await?;
    pool.close();
    let (client, connection) = server.config().connect(NoTls).await?;
    // Ends with the client; its result does not matter.
    tokio::spawn(async { connection.await.unwrap_or_default() });
    Ok(client)
}
