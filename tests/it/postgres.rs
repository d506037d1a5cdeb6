//! One PostgreSQL for all tests, one database for each.

use crate::world::ground;
use aisha::postgres::private::PrivateServer;
use aisha::postgres::{connect, migrate};
use slog::{Discard, Logger, o};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::runtime::Runtime;
use tokio::sync::{Mutex, OnceCell};
use tokio_postgres::{Client, Config, NoTls};

/// Lives as long as the tests; runs the server's supervision.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
});

static SERVER: OnceCell<Config> = OnceCell::const_new();

/// A template must not be in use while it is copied.
static COPYING: Mutex<()> = Mutex::const_new(());

static COUNT: AtomicU32 = AtomicU32::new(0);

const TEMPLATE: &str = "template_aisha";

/// Settings of the server that differ from those of a service's own: many services use it at once,
/// and nothing of it outlives a loss of power. Stories in which a database crashes have their own.
const FOR_MANY: [&str; 2] =
    ["ALTER SYSTEM SET max_connections = 400", "ALTER SYSTEM SET fsync = off"];

/// Settings of the server, which the first caller starts.
pub(crate) async fn server() -> Config {
    SERVER
        .get_or_init(|| async { RUNTIME.spawn(start()).await.expect("the server starts") })
        .await
        .clone()
}

async fn start() -> Config {
    let directory = ground().join(format!("postgres-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let log = Logger::root(Discard, o!());
    let open = || PrivateServer::open(&directory, &log);
    let server = open().await.expect("a private server");
    for setting in FOR_MANY {
        query(&server.config(), "postgres", setting).await;
    }
    // Only a start allows more connections.
    server.stop().await;
    let server = open().await.expect("the same server with its settings");
    let config = server.config();
    watch_over(&directory);
    // The tests end without destructors, so the janitor stops the server, not we.
    std::mem::forget(server);
    query(&config, "postgres", &format!("CREATE DATABASE {TEMPLATE}")).await;
    let mut template = config.clone();
    template.dbname(TEMPLATE);
    let pool = connect(template, 2).unwrap();
    migrate(&pool).await.expect("the schema");
    pool.close();
    config
}

/// Stops the server and removes it when this process is gone, however it ends, because the pipe
/// then closes.
fn watch_over(directory: &Path) {
    std::mem::forget(janitor(directory, &directory.join("postgres")));
}

/// Stops the server of a cluster and removes a directory when its standard input closes: when this
/// process ends, however it ends, or earlier.
pub(crate) fn janitor(directory: &Path, cluster: &Path) -> Child {
    let script = format!(
        "cat >/dev/null; kill -QUIT $(head -n 1 '{1}/postmaster.pid'); \
         while kill -0 $(head -n 1 '{1}/postmaster.pid' 2>/dev/null) 2>/dev/null; \
         do sleep 0.1; done; rm -rf '{0}'",
        directory.display(),
        cluster.display()
    );
    Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a janitor")
}

/// A new database with the current schema; also returns the address for a service.
pub(crate) async fn database() -> (Config, String) {
    let mut config = server().await;
    let name = format!("it_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let copying = COPYING.lock().await;
    query(&config, "postgres", &format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")).await;
    drop(copying);
    config.dbname(&name);
    let url = address(&config);
    (config, url)
}

/// An empty database, without the schema.
pub(crate) async fn empty_database() -> (Config, String) {
    let mut config = server().await;
    let name = format!("it_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    query(&config, "postgres", &format!("CREATE DATABASE {name}")).await;
    config.dbname(&name);
    let url = address(&config);
    (config, url)
}

fn address(config: &Config) -> String {
    let [tokio_postgres::config::Host::Unix(socket)] = config.get_hosts() else {
        panic!("a private server has one socket");
    };
    let (user, name) = (config.get_user().unwrap(), config.get_dbname().unwrap());
    format!("postgresql:///{name}?host={}&user={user}", socket.display())
}

/// A connection for a test's own queries.
pub(crate) async fn client(config: &Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.expect("the test's own connection");
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            eprintln!("the test's connection ended: {error}");
        }
    });
    client
}

async fn query(config: &Config, database: &str, statement: &str) {
    let mut config = config.clone();
    config.dbname(database);
    client(&config).await.batch_execute(statement).await.unwrap();
}
