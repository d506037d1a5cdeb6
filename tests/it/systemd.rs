//! What systemd sees: units that verify, a socket that outlives restarts, a process that reports
//! its state.

use crate::world::{PATIENCE, Service, World, free_port};
use chrono::Utc;
use nix::sys::signal::Signal;
use serde_json::json;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tokio::net::UnixDatagram;

/// Restarts, and webhooks sent during them.
const RESTARTS: usize = 20;
const WEBHOOKS: usize = 500;

/// Highest exposure that a unit may have, in tenths: `systemd-analyze security` counts to 10.
const EXPOSURE: &str = "--threshold=15";

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd")
}

fn units(suffix: &str) -> Vec<PathBuf> {
    let mut units: Vec<PathBuf> = fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == suffix))
        .collect();
    units.sort();
    units
}

fn succeeds(command: &mut Command) {
    let output = command.output().expect("systemd-analyze is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    let words = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.is_empty(), "{command:?}:\n{said}{words}");
}

#[test]
fn every_unit_is_understood_by_systemd() {
    let root = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (binaries, system) = (root.path().join("usr/bin"), "usr/lib/systemd/system");
    fs::create_dir_all(&binaries).unwrap();
    fs::create_dir_all(root.path().join(system)).unwrap();
    for entry in fs::read_dir(Path::new("/").join(system)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, root.path().join(system).join(path.file_name().unwrap())).unwrap();
        }
    }
    for unit in units("service").iter().chain(&units("socket")) {
        fs::copy(unit, root.path().join(system).join(unit.file_name().unwrap())).unwrap();
    }
    fs::copy(env!("CARGO_BIN_EXE_aisha"), binaries.join("aisha")).unwrap();
    std::os::unix::fs::symlink("usr/bin", root.path().join("bin")).unwrap();
    fs::copy("/bin/kill", binaries.join("kill")).unwrap();
    for unit in units("service").iter().chain(&units("socket")) {
        let mut verify = Command::new("systemd-analyze");
        verify.args(["verify", "--man=no", "--root"]).arg(root.path());
        succeeds(verify.arg(unit.file_name().unwrap()));
    }
}

#[test]
fn every_service_is_caged_alike_and_well() {
    let cage = |unit: &PathBuf| {
        let text = fs::read_to_string(unit).unwrap();
        let from = text.find("# The cage").unwrap_or_else(|| panic!("{unit:?} has no cage"));
        text[from..].split("\n\n[").next().unwrap().trim().to_owned()
    };
    let all = units("service");
    assert_eq!(all.len(), 4, "{all:?}");
    for unit in &all {
        assert_eq!(cage(unit), cage(&all[0]), "{unit:?}");
        let mut security = Command::new("systemd-analyze");
        succeeds(security.args(["security", "--offline=true", EXPOSURE]).arg(unit));
    }
}

/// Sends a webhook as FAL does, on a new connection; returns the answer's status.
async fn webhook(world: &World, port: u16, number: usize) -> Option<u16> {
    let request = format!("r{number}");
    let body = json!({ "request_id": request, "status": "OK", "payload": null }).to_string();
    let mut call = reqwest::Client::builder()
        .timeout(PATIENCE)
        .build()
        .unwrap()
        .post(format!("http://127.0.0.1:{port}/webhooks/fal"));
    for (name, value) in world.fal.sign(body.as_bytes(), &request, Utc::now().timestamp()) {
        call = call.header(name, value);
    }
    call.body(body).send().await.ok().map(|answer| answer.status().as_u16())
}

#[tokio::test]
async fn a_restart_on_the_socket_loses_no_webhook() {
    let world = World::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let restarts = async {
        let mut service = Service::start_on(&listener, &world.environment);
        service.ready(port).await;
        for _ in 0..RESTARTS {
            service.stop().await;
            service = Service::start_on(&listener, &world.environment);
            service.ready(port).await;
        }
        service
    };
    let gap = Duration::from_millis(10);
    let calls = async {
        let mut answers = Vec::new();
        for number in 0..WEBHOOKS {
            // Spread over the restarts, so that this tests the service and not a burst.
            tokio::time::sleep(gap).await;
            answers.push(webhook(&world, port, number));
            if answers.len() % 20 == 0 {
                let done = futures_util::future::join_all(answers.drain(..)).await;
                assert!(done.iter().all(|status| *status == Some(200)), "{done:?}");
            }
        }
    };
    let (service, ()) = tokio::join!(restarts, calls);
    let stored = world.row("SELECT count(DISTINCT request_id) FROM webhook_inbox", &[]).await;
    assert_eq!(stored.get::<_, i64>(0), i64::try_from(WEBHOOKS).unwrap());
    world.close(service).await;
}

/// Everything sent to the notification socket until these words came.
async fn told(socket: &UnixDatagram, words: &str) -> String {
    let mut all = String::new();
    let mut message = [0; 4096];
    while !all.contains(words) {
        let read = tokio::time::timeout(PATIENCE, socket.recv(&mut message)).await;
        let length = read.unwrap_or_else(|_| panic!("no «{words}» in:\n{all}")).unwrap();
        all.push_str(std::str::from_utf8(&message[..length]).unwrap());
        all.push('\n');
    }
    all
}

#[tokio::test]
async fn systemd_hears_how_the_service_is() {
    let mut world = World::new().await;
    let path = world.data("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    world = world.with("NOTIFY_SOCKET", path.to_str().unwrap()).with("WATCHDOG_USEC", "600000");
    let service = world.serve().await;
    told(&socket, "READY=1").await;
    told(&socket, "WATCHDOG=1").await;
    told(&socket, "STATUS=0 training, outbox 0").await;
    service.signal(Signal::SIGHUP);
    let reload = told(&socket, "READY=1").await;
    assert!(reload.contains("RELOADING=1") && reload.contains("MONOTONIC_USEC="), "{reload}");
    service.signal(Signal::SIGTERM);
    told(&socket, "STOPPING=1").await;
    world.close(service).await;
}

#[tokio::test]
async fn a_reload_takes_the_log_level_and_names_what_must_wait() {
    let mut world = World::new().await;
    let file = world.data("aisha.toml");
    fs::write(&file, "LOG_LEVEL = \"info\"\nRECOVERY_INTERVAL = 7\n").unwrap();
    world.environment.remove("LOG_LEVEL");
    world.environment.remove("RECOVERY_INTERVAL");
    world = world.with("AISHA_CONFIG", file.to_str().unwrap());
    let service = world.serve().await;
    fs::write(&file, "LOG_LEVEL = \"loud\"\n").unwrap();
    service.signal(Signal::SIGHUP);
    service.says("the configuration is not taken: LOG_LEVEL").await;
    fs::write(&file, "LOG_LEVEL = \"warning\"\nRECOVERY_INTERVAL = 9\n").unwrap();
    service.signal(Signal::SIGHUP);
    service.says("waiting for a restart: RECOVERY_INTERVAL").await;
    let log = service.stop().await;
    assert!(!log.contains("stopping in good order"), "«info» is not written any more:\n{log}");
}

#[tokio::test]
async fn the_listener_of_the_socket_unit_wins() {
    let world = World::new().await;
    let taken = TcpListener::bind(("127.0.0.1", free_port())).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let address = taken.local_addr().unwrap().to_string();
    let world = world.with("AISHA_LISTEN", &address);
    let service = Service::start_on(&listener, &world.environment);
    service.ready(port).await;
    world.close(service).await;
}
