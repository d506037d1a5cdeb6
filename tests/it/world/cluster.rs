//! A PostgreSQL for one test, which can be stopped, started and replaced.

use super::{free_port, ground};
use crate::postgres::{client, janitor};
use aisha::postgres::{connect, migrate};
use nix::unistd::{User, geteuid};
use std::fmt::Write;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use tokio::process::Command;
use tokio_postgres::Config;

/// Name of the user and of the database.
const AISHA: &str = "aisha";

/// Settings of the servers: TCP only, and no protection against power loss.
const SETTINGS: &str = "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off";

/// A cluster and its server, on TCP.
pub(crate) struct Cluster {
    pub(crate) port: u16,
    data: PathBuf,
    settings: String,
    /// Stops the server and removes everything when this is dropped, or this process is killed.
    janitor: Child,
}

impl Cluster {
    /// A running server with the schema.
    pub(crate) async fn new() -> Self {
        Self::of(Self::prepare()).await
    }

    /// Like [`Cluster::new`], with this certificate for TLS.
    pub(crate) async fn showing(certificate: &str, key: &str) -> Self {
        let mut cluster = Self::prepare();
        for (name, text) in [("cert", certificate), ("key", key)] {
            let path = cluster.data.with_file_name(format!("{name}.pem"));
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
            if let Some(user) = other_user() {
                chown(&path, Some(user.uid.as_raw()), Some(user.gid.as_raw())).unwrap();
            }
            write!(cluster.settings, " -c ssl_{name}_file={}", path.display()).unwrap();
        }
        cluster.settings.push_str(" -c ssl=on");
        Self::of(cluster).await
    }

    async fn of(cluster: Self) -> Self {
        let arguments = ["-U", AISHA, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"];
        cluster.run("initdb", &arguments).await;
        cluster.starts().await;
        let mut config = cluster.config();
        config.dbname("postgres");
        client(&config).await.batch_execute("CREATE DATABASE aisha").await.unwrap();
        let pool = connect(cluster.config(), 1).unwrap();
        migrate(&pool).await.expect("the schema");
        pool.close();
        cluster
    }

    /// A running standby that has everything its primary confirms.
    pub(crate) async fn standby_of(primary: &Self) -> Self {
        let standby = Self::prepare();
        let port = primary.port.to_string();
        let arguments = ["-h", "127.0.0.1", "-p", &port, "-U", AISHA, "-R", "-c", "fast", "-N"];
        standby.run("pg_basebackup", &arguments).await;
        standby.starts().await;
        let rows = client(&primary.config()).await;
        rows.batch_execute("ALTER SYSTEM SET synchronous_standby_names = '*'").await.unwrap();
        rows.batch_execute("SELECT pg_reload_conf()").await.unwrap();
        standby
    }

    fn prepare() -> Self {
        let port = free_port();
        let directory = ground().join(format!("cluster-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        if let Some(user) = other_user() {
            chown(&directory, Some(user.uid.as_raw()), Some(user.gid.as_raw())).unwrap();
        }
        let data = directory.join("data");
        let janitor = janitor(&directory, &data);
        Self { port, data, settings: SETTINGS.to_owned(), janitor }
    }

    /// Starts the server and waits until it answers.
    pub(crate) async fn starts(&self) {
        let options = format!("-p {} {}", self.port, self.settings);
        let log = self.data.with_file_name("log");
        let log = log.to_str().unwrap();
        self.run("pg_ctl", &["start", "-w", "-s", "-l", log, "-o", &options]).await;
    }

    /// Stops it abruptly, as a crash does.
    pub(crate) async fn crashes(&self) {
        self.run("pg_ctl", &["stop", "-w", "-s", "-m", "immediate"]).await;
    }

    /// Turns a standby into the primary.
    pub(crate) async fn is_promoted(&self) {
        self.run("pg_ctl", &["promote", "-w", "-s"]).await;
    }

    /// How to reach it.
    pub(crate) fn config(&self) -> Config {
        Self::url_by(&[self.port]).parse().unwrap()
    }

    /// `DATABASE_URL` over these ports of this machine.
    pub(crate) fn url_by(ports: &[u16]) -> String {
        let hosts: Vec<String> = ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
        // Unencrypted, because the proxy reads the traffic.
        let options = "connect_timeout=5&sslmode=disable";
        format!("postgresql://{AISHA}@{}/{AISHA}?{options}", hosts.join(","))
    }

    async fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(installed(program));
        command.args(arguments).arg("-D").arg(&self.data).current_dir("/").stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::inherit());
        if let Some(user) = other_user() {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        let status = command.status().await.unwrap();
        assert!(status.success(), "{program} {arguments:?}: {status}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.janitor.stdin.take());
    }
}

/// PostgreSQL refuses to run as root.
fn other_user() -> Option<User> {
    geteuid().is_root().then(|| {
        let of_name = |name| User::from_name(name).unwrap();
        of_name("postgres").or_else(|| of_name("nobody")).expect("a user that is not root")
    })
}

/// Debian keeps the server's programs off PATH.
fn installed(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<_> = versions.flatten().map(|entry| entry.path()).collect();
        versions.sort();
        // The same version for all: the newest installed one.
        folders.splice(0..0, versions.into_iter().rev().map(|version| version.join("bin")));
    }
    let found = folders.into_iter().map(|folder| folder.join(program)).find(|file| file.exists());
    found.unwrap_or_else(|| panic!("{program} is not installed"))
}
