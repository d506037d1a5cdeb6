//! Other job queues on PostgreSQL, each behind the web server that its users would choose.
//!
//! Each is installed by package name, newest version, below `target/bench/peers`, and stays there
//! for the next run. None checks signatures, so they have less to do than Aisha.

use crate::binary::free_address;
use crate::contender::Contender;
use crate::ground::{DATABASE, Ground};
use crate::report::say;
use anyhow::{Context, ensure};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;

/// Written below `peers`: our part of each.
const FILES: [(&str, &str); 7] = [
    ("python/procrastinate_app.py", include_str!("peers/procrastinate_app.py")),
    ("python/sqlalchemy_app.py", include_str!("peers/sqlalchemy_app.py")),
    ("node/server.mjs", include_str!("peers/server.mjs")),
    ("node/graphile.mjs", include_str!("peers/graphile.mjs")),
    ("node/pgboss.mjs", include_str!("peers/pgboss.mjs")),
    ("apalis/Cargo.toml", include_str!("peers/apalis/Cargo.toml")),
    ("apalis/src/main.rs", include_str!("peers/apalis/main.rs")),
];

/// From the Python package index.
const PYTHON: [&str; 8] = [
    "procrastinate",
    "fastapi",
    "uvicorn",
    "uvloop",
    "httptools",
    "sqlalchemy[asyncio]",
    "asyncpg",
    "psycopg[binary,pool]",
];

/// Installs what is missing and returns how to start each.
pub(crate) async fn install(ground: &Ground) -> anyhow::Result<Vec<Contender>> {
    let example = std::env::current_exe()?;
    let target = example.ancestors().nth(3).context("the benchmark lies nowhere")?;
    let peers = Peers { folder: target.join("bench/peers"), ground };
    for (name, text) in FILES {
        let path = peers.folder.join(name);
        fs::create_dir_all(path.parent().context("a file without a folder")?)?;
        fs::write(path, text)?;
    }
    say("installing the peers: packages of pip, npm and cargo, below target/bench/peers");
    let python = peers.folder.join("python");
    if !python.join("bin/uvicorn").exists() {
        peers.run("python", "python3", &["-m", "venv", "."]).await?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        peers.run("python", "bin/python", &[&pip[..], &PYTHON[..]].concat()).await?;
    }
    if !peers.folder.join("node/node_modules/pg-boss").exists() {
        let names = ["install", "--no-fund", "--no-audit", "graphile-worker", "pg-boss@^10", "pg"];
        peers.run("node", "npm", &names).await?;
    }
    peers
        .run("apalis", "cargo", &["build", "--quiet", "--release", "--target-dir", "target"])
        .await?;
    peers.all().await
}

struct Peers<'a> {
    folder: PathBuf,
    ground: &'a Ground,
}

impl Peers<'_> {
    async fn all(&self) -> anyhow::Result<Vec<Contender>> {
        let [(_, socket), (_, user)] = self.ground.reach()?;
        let conninfo = format!("host={socket} user={user} dbname={DATABASE}");
        let asyncpg = format!("postgresql+asyncpg://{user}@/{DATABASE}?host={socket}");
        let apply = ["-m", "procrastinate", "--app=procrastinate_app.jobs", "schema", "--apply"];
        let mut schema = self.command("python", Path::new("bin/python"));
        self.finish(schema.args(apply).env("PEER_URL", &conninfo)).await?;
        Ok(vec![
            self.apalis()?,
            self.uvicorn(
                ("FastAPI + SQLAlchemy", "sqlalchemy"),
                ("sqlalchemy_app:app", asyncpg),
                ("TRUNCATE webhook_inbox", "SELECT count(*) FROM webhook_inbox"),
            )?,
            self.uvicorn(
                ("procrastinate", "procrastinate"),
                ("procrastinate_app:app", conninfo),
                ("TRUNCATE procrastinate_jobs CASCADE", "SELECT count(*) FROM procrastinate_jobs"),
            )?,
            self.node(
                ("graphile-worker", "graphile.mjs"),
                (
                    "TRUNCATE graphile_worker._private_jobs",
                    "SELECT count(*) FROM graphile_worker._private_jobs",
                ),
            )?,
            self.node(
                ("pg-boss", "pgboss.mjs"),
                ("TRUNCATE pgboss.job", "SELECT count(*) FROM pgboss.job"),
            )?,
        ])
    }

    fn apalis(&self) -> anyhow::Result<Contender> {
        let lock = fs::read_to_string(self.folder.join("apalis/Cargo.lock"))?;
        let of = lock.split("name = \"apalis-postgres\"\nversion = \"").nth(1);
        let version = of.and_then(|rest| rest.split('"').next()).context("no version")?;
        Ok(self.contender(
            ("apalis-postgres", version.to_owned()),
            ("apalis/target/release/peer-apalis", Vec::new()),
            self.ground.url()?,
            ("TRUNCATE apalis.jobs", "SELECT count(*) FROM apalis.jobs"),
        ))
    }

    fn uvicorn(
        &self,
        (name, package): (&'static str, &str),
        (app, url): (&str, String),
        sql: (&'static str, &'static str),
    ) -> anyhow::Result<Contender> {
        // The installer names the folders package-version.dist-info.
        let mut version = String::new();
        for lib in fs::read_dir(self.folder.join("python/lib"))? {
            for entry in fs::read_dir(lib?.path().join("site-packages"))? {
                let entry = entry?.file_name().to_string_lossy().to_lowercase();
                let rest = entry.strip_prefix(package).and_then(|rest| rest.strip_prefix('-'));
                if let Some(rest) = rest.and_then(|rest| rest.strip_suffix(".dist-info")) {
                    rest.clone_into(&mut version);
                }
            }
        }
        let words = format!(
            "-m uvicorn {app} --workers 2 --loop uvloop --http httptools --no-access-log \
             --log-level warning --port"
        );
        let words = words.split(' ').map(OsString::from).collect();
        Ok(self.contender((name, version), ("python/bin/python", words), url, sql))
    }

    fn node(
        &self,
        (name, file): (&'static str, &str),
        sql: (&'static str, &'static str),
    ) -> anyhow::Result<Contender> {
        let manifest = self.folder.join("node/node_modules").join(name).join("package.json");
        let manifest: serde_json::Value = serde_json::from_str(&fs::read_to_string(manifest)?)?;
        let version = manifest["version"].as_str().unwrap_or_default().to_owned();
        let script = self.folder.join("node").join(file).into_os_string();
        Ok(self.contender((name, version), ("node", vec![script]), self.ground.url()?, sql))
    }

    /// The port is in its environment; commands that want it as an argument get it as the last one.
    fn contender(
        &self,
        (name, version): (&'static str, String),
        (program, mut arguments): (&str, Vec<OsString>),
        url: String,
        (empty, count): (&'static str, &'static str),
    ) -> Contender {
        let address = free_address();
        let port = address.port().to_string();
        if arguments.last().is_some_and(|last| last == "--port") {
            arguments.push(OsString::from(&port));
        }
        let program = match program {
            "node" => PathBuf::from(program),
            other => self.folder.join(other),
        };
        let python = self.folder.join("python").display().to_string();
        Contender {
            name,
            version,
            way: "no signature; one job or row each",
            program,
            arguments,
            environment: vec![("PEER_URL", url), ("PEER_PORT", port), ("PYTHONPATH", python)],
            address,
            log: self.ground.folder().join("peer.log"),
            empty,
            count,
        }
    }

    fn command(&self, folder: &str, program: &Path) -> Command {
        let mut command = match program.parent() {
            Some(parent) if parent != Path::new("") => {
                Command::new(self.folder.join(folder).join(program))
            }
            _ => Command::new(program),
        };
        command.current_dir(self.folder.join(folder)).stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    async fn run(&self, folder: &str, program: &str, words: &[&str]) -> anyhow::Result<()> {
        self.finish(self.command(folder, Path::new(program)).args(words)).await
    }

    async fn finish(&self, command: &mut Command) -> anyhow::Result<()> {
        let out = command.output().await.with_context(|| format!("cannot run {command:?}"))?;
        let error = String::from_utf8_lossy(&out.stderr);
        ensure!(out.status.success(), "{command:?} ended with {}: {error}", out.status);
        Ok(())
    }
}
