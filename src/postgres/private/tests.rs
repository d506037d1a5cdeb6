//! The private server with the real Postgres, the real kernel and real kills.
//!
//! They need an installed Postgres, and cover most when run as root, because only then does the
//! server run as another user.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};
use slog::{Discard, Logger, o};
use tokio_postgres::NoTls;

use super::ending::is_alive;
use super::guard::{Alive, Users};
use super::programs::Search;
use super::site::Site;
use super::{Health, PrivateError, PrivateServer, postmaster};

mod refusals;

/// Upper bound on any wait; a test that reaches it has failed.
const LIMIT: Duration = Duration::from_secs(30);

/// A data directory as `mktemp -d` makes it. Dropping it ends the servers that were left in it.
struct Scratch {
    base: PathBuf,
    data_dir: PathBuf,
}

impl Scratch {
    fn new(name: &str) -> Self {
        let base = std::env::temp_dir().join(format!("aisha-test-{}-{name}", std::process::id()));
        fs::create_dir(&base).unwrap();
        fs::set_permissions(&base, PermissionsExt::from_mode(0o700)).unwrap();
        Self { data_dir: base.clone(), base }
    }

    async fn open(&self) -> Result<PrivateServer, PrivateError> {
        tokio::time::timeout(LIMIT, PrivateServer::open(&self.data_dir, &log())).await.unwrap()
    }

    async fn site(&self) -> Site {
        Site::prepare(&self.data_dir, &Search::typical(), &log()).await.unwrap()
    }

    /// The process id that Postgres wrote down.
    fn pid(&self) -> Option<Pid> {
        let text = fs::read_to_string(self.data_dir.join("postgres/postmaster.pid")).ok()?;
        Some(Pid::from_raw(text.lines().next()?.parse().ok()?))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Processes with the directory in their command line were started by this test.
        let mark = self.base.as_os_str().as_encoded_bytes();
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let pid = entry.file_name().to_str().and_then(|name| name.parse().ok());
            if line.windows(mark.len()).any(|part| part == mark)
                && let Some(pid) = pid.filter(|&pid| pid != std::process::id().cast_signed())
            {
                kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap_or_default();
            }
        }
        // The children of a killed postmaster follow it; the lock is free when the last one is gone.
        if let Ok(alive) = File::open(self.data_dir.join("postgres.alive.lock")) {
            alive.lock().unwrap_or_default();
        }
        fs::remove_dir_all(&self.base).unwrap_or_default();
    }
}

fn log() -> Logger {
    Logger::root(Discard, o!())
}

/// Asks the server for a number.
async fn number(server: &PrivateServer, sql: &str) -> i32 {
    let (client, connection) = server.config().connect(NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let number = client.query_one(sql, &[]).await.unwrap().get(0);
    drop(client);
    connection.await.unwrap().unwrap();
    number
}

async fn run(server: &PrivateServer, sql: &str) {
    let (client, connection) = server.config().connect(NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
}

/// Waits until the supervision has seen `wanted`.
async fn until(server: &PrivateServer, wanted: fn(&Health) -> bool) {
    let mut health = server.watch();
    tokio::time::timeout(LIMIT, health.wait_for(wanted)).await.unwrap().unwrap();
}

fn restarting(health: &Health) -> bool {
    matches!(health, Health::Restarting { .. })
}

/// An unrelated process of the server's user; it ends when its input does.
fn bystander() -> Child {
    let mut cat = Command::new("cat");
    cat.stdin(Stdio::piped()).stdout(Stdio::null());
    if geteuid().is_root() {
        let user = nix::unistd::User::from_name("postgres").unwrap().unwrap();
        std::os::unix::process::CommandExt::uid(&mut cat, user.uid.as_raw());
    }
    cat.spawn().unwrap()
}

/// Kills everything at once, as a loss of power would.
async fn kill_all(scratch: &Scratch, server: PrivateServer) {
    drop(server);
    let site = scratch.site().await;
    for pid in postmaster::members(&site.place).unwrap() {
        kill(pid, Signal::SIGKILL).unwrap_or_default();
    }
    tokio::task::spawn_blocking(move || {
        File::open(site.place.data_dir.join("postgres.alive.lock")).unwrap().lock().unwrap();
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_fresh_directory_becomes_a_server() {
    let scratch = Scratch::new("fresh, with \"odd\" name");
    let began = Instant::now();
    let server = scratch.open().await.unwrap();
    eprintln!("fresh: {:?}", began.elapsed());
    assert_eq!(server.health(), Health::Running);
    assert_eq!(number(&server, "select 40 + 2").await, 42);
    let sound = "select count(*)::int4 from pg_settings where (name, setting) in (('fsync', 'on'), \
                 ('synchronous_commit', 'on'), ('data_checksums', 'on'), ('listen_addresses', ''), \
                 ('jit', 'off'), ('server_encoding', 'UTF8'))";
    assert_eq!(number(&server, sound).await, 6);
    assert_eq!(number(&server, "select ('Я' > 'А' and lower('Я') = 'я')::int4").await, 1);
    server.stop().await;
    assert_eq!(scratch.pid(), None, "stopped in order");
}

#[tokio::test]
async fn a_second_start_finds_the_rows() {
    let scratch = Scratch::new("second");
    let server = scratch.open().await.unwrap();
    run(&server, "create table t as select 7 as n").await;
    server.stop().await;

    let began = Instant::now();
    let server = scratch.open().await.unwrap();
    eprintln!("existing: {:?}", began.elapsed());
    assert_eq!(number(&server, "select n from t").await, 7);
    server.stop().await;
}

#[tokio::test]
async fn after_a_kill_of_everything_the_rows_are_there() {
    let scratch = Scratch::new("crash");
    let server = scratch.open().await.unwrap();
    run(&server, "create table t as select n from generate_series(1, 100000) n").await;
    kill_all(&scratch, server).await;

    let began = Instant::now();
    let server = scratch.open().await.unwrap();
    eprintln!("after a crash: {:?}", began.elapsed());
    assert_eq!(number(&server, "select count(*)::int4 from t").await, 100_000);
    server.stop().await;
}

#[tokio::test]
async fn a_killed_postmaster_is_started_again() {
    let scratch = Scratch::new("killed");
    let server = scratch.open().await.unwrap();
    run(&server, "create table t as select 7 as n").await;
    let first = scratch.pid().unwrap();
    let began = Instant::now();
    kill(first, Signal::SIGKILL).unwrap();
    until(&server, restarting).await;
    until(&server, |health| *health == Health::Running).await;
    eprintln!("restarted: {:?}", began.elapsed());
    assert_ne!(scratch.pid().unwrap(), first);
    assert_eq!(number(&server, "select n from t").await, 7);
    server.stop().await;
}

#[tokio::test]
async fn an_orphan_is_adopted_and_supervised() {
    let scratch = Scratch::new("orphan");
    drop(scratch.open().await.unwrap());
    let orphan = scratch.pid().unwrap();

    let began = Instant::now();
    let server = scratch.open().await.unwrap();
    eprintln!("adopted: {:?}", began.elapsed());
    assert_eq!(scratch.pid(), Some(orphan));
    kill(orphan, Signal::SIGKILL).unwrap();
    until(&server, restarting).await;
    until(&server, |health| *health == Health::Running).await;
    assert_eq!(number(&server, "select 1").await, 1);
    server.stop().await;
    assert_eq!(scratch.pid(), None);
}

#[tokio::test]
async fn an_orphan_that_does_not_answer_is_replaced() {
    let scratch = Scratch::new("hung");
    drop(scratch.open().await.unwrap());
    let hung = scratch.pid().unwrap();
    kill(hung, Signal::SIGSTOP).unwrap();
    let server = scratch.open().await.unwrap();
    assert_ne!(scratch.pid(), Some(hung));
    assert_eq!(number(&server, "select 1").await, 1);
    server.stop().await;
}

#[tokio::test]
async fn a_process_that_got_the_old_id_is_left_alone() {
    let scratch = Scratch::new("stale");
    let server = scratch.open().await.unwrap();
    let socket = server.config().get_hosts()[0].clone();
    kill_all(&scratch, server).await;

    let mut bystander = bystander();
    let tokio_postgres::config::Host::Unix(socket) = socket else { panic!("not a socket") };
    for file in
        [scratch.data_dir.join("postgres/postmaster.pid"), socket.join(".s.PGSQL.5432.lock")]
    {
        let stale = fs::read_to_string(&file).unwrap();
        let (_, rest) = stale.split_once('\n').unwrap();
        fs::write(&file, format!("{}\n{rest}", bystander.id())).unwrap();
    }
    let server = scratch.open().await.unwrap();
    assert_eq!(number(&server, "select 1").await, 1);
    server.stop().await;
    assert_eq!(bystander.try_wait().unwrap(), None, "it was killed");
    drop(bystander.stdin.take());
    assert!(bystander.wait().unwrap().success());
}

#[tokio::test]
async fn what_a_crashed_initdb_left_is_thrown_away() {
    let scratch = Scratch::new("initdb");
    let half = scratch.data_dir.join("postgres.new");
    fs::create_dir_all(half.join("base/1")).unwrap();
    fs::write(half.join("PG_VERSION"), "15\n").unwrap();
    let server = scratch.open().await.unwrap();
    assert_eq!(number(&server, "select 1").await, 1);
    assert!(!half.exists());
    server.stop().await;
}

#[tokio::test]
async fn a_crash_between_initdb_and_the_database_is_made_good() {
    let scratch = Scratch::new("database");
    let server = scratch.open().await.unwrap();
    let mut config = server.config();
    let (client, connection) = config.dbname("postgres").connect(NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute("drop database aisha").await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
    drop(server);
    let server = scratch.open().await.unwrap();
    assert_eq!(number(&server, "select 1").await, 1);
    server.stop().await;
}

#[tokio::test]
async fn a_deep_data_directory_gets_a_short_socket() {
    let mut scratch = Scratch::new("deep");
    scratch.data_dir = scratch.base.join("d".repeat(60)).join("e".repeat(60));
    fs::set_permissions(&scratch.base, PermissionsExt::from_mode(0o711)).unwrap();
    let server = scratch.open().await.unwrap();
    assert_eq!(number(&server, "select 1").await, 1);
    server.stop().await;

    // Another user's symlink in its place is not followed.
    let site = scratch.site().await;
    let (directory, trap) = (site.place.socket_dir, scratch.base.join("trap"));
    assert!(directory.as_os_str().len() < 60, "{}", directory.display());
    fs::create_dir(&trap).unwrap();
    fs::remove_dir(&directory).unwrap();
    symlink(&trap, &directory).unwrap();
    let refused = scratch.open().await.unwrap_err();
    fs::remove_file(&directory).unwrap();
    assert!(matches!(refused, PrivateError::SocketDirTaken { .. }), "{refused}");
    assert_eq!(fs::read_dir(&trap).unwrap().count(), 0);
}

#[tokio::test]
async fn the_last_one_out_turns_off_the_light() {
    let scratch = Scratch::new("shared");
    let (first, second) = tokio::join!(scratch.open(), scratch.open());
    let (first, second) = (first.unwrap(), second.unwrap());
    let pid = scratch.pid();
    first.stop().await;
    assert_eq!(scratch.pid(), pid, "still in use");
    assert_eq!(number(&second, "select 1").await, 1);
    assert_eq!(second.health(), Health::Running);
    second.stop().await;
    assert_eq!(scratch.pid(), None);
}

#[tokio::test]
async fn both_users_survive_a_killed_server() {
    let scratch = Scratch::new("both");
    let (first, second) = (scratch.open().await.unwrap(), scratch.open().await.unwrap());
    kill(scratch.pid().unwrap(), Signal::SIGKILL).unwrap();
    // The second checks only now and then, and may miss that the first restarted it.
    until(&first, restarting).await;
    for server in [&first, &second] {
        until(server, |health| *health == Health::Running).await;
        assert_eq!(number(server, "select 1").await, 1);
    }
    first.stop().await;
    second.stop().await;
    assert_eq!(scratch.pid(), None);
}

#[tokio::test]
async fn only_we_get_in() {
    let scratch = Scratch::new("peer");
    let server = scratch.open().await.unwrap();
    let rule = "select count(*)::int4 from pg_hba_file_rules where type = 'local' \
                and auth_method = 'peer' and options = '{map=aisha}' and user_name = '{aisha}'";
    assert_eq!(number(&server, rule).await, 1);
    assert_eq!(number(&server, "select count(*)::int4 from pg_hba_file_rules").await, 1);
    let site = scratch.site().await;
    let mode = fs::metadata(&site.place.socket_dir).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    server.stop().await;
}

#[tokio::test]
async fn the_lock_lives_as_long_as_the_last_process_of_the_server() {
    let scratch = Scratch::new("alive");
    let server = scratch.open().await.unwrap();
    let site = scratch.site().await;
    let alive = Alive::open(&site.place).unwrap();
    assert!(alive.is_held().unwrap());
    assert!(is_alive(&site).await.unwrap());
    let second = Users::enter(&site.place).await.unwrap();
    assert!(second.leave().unwrap().is_none(), "the server has another user");
    server.stop().await;
    assert!(!alive.is_held().unwrap());
    assert!(postmaster::members(&site.place).unwrap().is_empty());
}

#[tokio::test]
async fn root_and_the_owner_of_the_directory_share_a_server() {
    if !geteuid().is_root() {
        return; // Only root can be two users.
    }
    let scratch = Scratch::new("owner");
    let nobody = nix::unistd::User::from_name("nobody").unwrap().unwrap();
    std::os::unix::fs::chown(&scratch.data_dir, Some(nobody.uid.as_raw()), None).unwrap();
    let server = scratch.open().await.unwrap();
    let site = scratch.site().await;
    assert_eq!(site.place.identity.server, "nobody");
    assert_eq!(number(&server, "select 1").await, 1);
    for name in ["postgres", "postgres.run", "postgres.lock", "postgres.conf", "postgres.log"] {
        let owner = std::os::unix::fs::MetadataExt::uid(
            &fs::metadata(Path::new(&scratch.data_dir).join(name)).unwrap(),
        );
        assert_eq!(owner, nobody.uid.as_raw(), "{name}");
    }
    server.stop().await;
}
