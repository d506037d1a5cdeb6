//! Full disks: of the objects, and of the private database. Each has a small disk of its own,
//! mounted where only the service sees it.

use crate::world::{Crowd, PATIENCE, Service, World};
use serde_json::json;
use standins::fal::{Ledger, Webhooks};
use std::fs::{File, create_dir_all, remove_file};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A service that sees a disk of this many MiB at this place.
fn starts_on_a_small_disk(world: &World, place: &Path, size: u32) -> Service {
    create_dir_all(place).unwrap();
    // Without root, a process may mount in a namespace of its own.
    let private = if nix::unistd::geteuid().is_root() { "-m" } else { "-Urm" };
    let mount = r#"mount -t tmpfs -o "size=$1m,mode=711" aisha "$2" && shift 2 && exec "$@""#;
    let (size, place) = (size.to_string(), place.to_str().unwrap());
    let before = ["unshare", private, "sh", "-c", mount, "sh", &size, place];
    Service::start_behind(&before, &world.environment, &["serve"])
}

/// A file that takes all remaining space, and frees it when dropped.
struct Ballast(PathBuf);

impl Ballast {
    /// On the disk as the service sees it.
    fn fills(service: &Service, place: &Path) -> Self {
        let seen = format!("/proc/{}/root{}/ballast", service.pid(), place.display());
        let mut file = File::create(&seen).unwrap();
        for piece in [1 << 20, 1 << 12, 1] {
            while file.write_all(&vec![1; piece]).is_ok() {}
        }
        Self(seen.into())
    }
}

impl Drop for Ballast {
    fn drop(&mut self) {
        remove_file(&self.0).unwrap();
    }
}

#[tokio::test]
async fn weights_that_find_no_room_are_held_when_there_is_some() {
    let world = World::of_several().await;
    world.fal.set(|settings| settings.webhooks = Webhooks::Lost);
    let objects = world.data("objects");
    let service = starts_on_a_small_disk(&world, &objects, 8);
    service.ready(world.public).await;
    let crowd = Crowd::gathers(&world, 4).await;
    let ballast = Ballast::fills(&service, &objects);
    crowd.starts().await;
    let tried = "SELECT count(DISTINCT avatar_id) = 4 FROM training_events
        WHERE kind = 'result_missing'";
    world.until("all have been tried to be held", tried).await;
    let open = "SELECT bool_and(status = 'training') FROM avatars";
    assert!(world.row(open, &[]).await.get::<_, bool>(0), "our own disk ends no training");

    drop(ballast);
    let room = Instant::now();
    crowd.all_hear_once().await;
    eprintln!("objects full: all held {:?} after there was room", room.elapsed());
    world.close(service).await;
}

/// Sends a signed webhook of FAL for an unknown job; returns the answer's status.
async fn webhook(world: &World, id: &str) -> u16 {
    let body =
        json!({ "request_id": id, "status": "OK", "payload": "a".repeat(100_000) }).to_string();
    let mut request =
        reqwest::Client::new().post(format!("http://127.0.0.1:{}/webhooks/fal", world.public));
    for (name, value) in world.fal.sign(body.as_bytes(), id, chrono::Utc::now().timestamp()) {
        request = request.header(name, value);
    }
    request.body(body).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_database_without_room_acknowledges_nothing_that_it_does_not_keep() {
    let mut world = World::new().await.of_small_sets();
    world.environment.remove("DATABASE_URL");
    world.fal.set(|settings| settings.training = Duration::from_secs(2));
    let data = world.data("small");
    world.environment.insert("AISHA_DATA_DIR".to_owned(), data.display().to_string());
    let service = starts_on_a_small_disk(&world, &data, 160);
    service.ready(world.public).await;
    let crowd = Crowd::gathers(&world, 2).await;
    crowd.starts().await;

    let ballast = Ballast::fills(&service, &data);
    let (mut kept, mut refused) = (Vec::new(), 0);
    let full = Instant::now();
    while refused < 20 {
        assert!(full.elapsed() < PATIENCE, "{} calls found room on a full disk", kept.len());
        let id = format!("call-{}", kept.len() + refused);
        match webhook(&world, &id).await {
            200 => kept.push(id),
            503 => refused += 1,
            other => panic!("{id}: {other}"),
        }
    }
    let ended = |ledger: &Ledger| ledger.jobs.iter().all(|job| job.outcome.is_some()).then_some(());
    world.fal.until("both trainings ended at FAL", ended, PATIENCE).await;

    drop(ballast);
    let room = Instant::now();
    crowd.all_hear_once().await;
    assert_eq!(webhook(&world, "after").await, 200);
    eprintln!(
        "database full: {} calls kept, {refused} told to come again; all ready {:?} after there \
         was room",
        kept.len(),
        room.elapsed()
    );
    assert_eq!(world.fal.ledger().jobs.len(), 2, "bought once");
    for id in &kept {
        let again = webhook(&world, id).await; // The same row, if it is still there.
        assert_eq!(again, 200);
    }
    let log = service.stop().await;
    let repeated = log.matches(r#""repeated":true"#).count();
    assert!(repeated >= kept.len(), "{repeated} of {} kept calls were there\n{log}", kept.len());
    assert!(!log.contains("a defect ended"), "{log}");
}
