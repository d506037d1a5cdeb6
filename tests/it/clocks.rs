//! Clocks that are wrong, and clocks that jump. The database's clock decides; ours only times
//! waits.

use crate::world::{Crowd, EVERYTHING, World};
use standins::fal::Webhooks;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Fakes the wall clock of a process and leaves the monotonic one alone.
fn faketime() -> PathBuf {
    let mut folders = std::fs::read_dir("/usr/lib").unwrap().flatten();
    let library = folders.find_map(|folder| {
        let library = folder.path().join("faketime/libfaketimeMT.so.1");
        library.exists().then_some(library)
    });
    library.expect("libfaketime; `.ci/prepare faketime` installs it")
}

/// From now on the clock that reads this file is off by this much.
fn jumps(clock: &Path, by: &str) {
    // Replaced atomically, because it may be read at any moment.
    let next = clock.with_extension("next");
    std::fs::write(&next, by).unwrap();
    std::fs::rename(next, clock).unwrap();
}

/// Services started from now on use this clock.
fn lives_by(world: &mut World, clock: &Path) {
    for (name, value) in [
        ("LD_PRELOAD", faketime().display().to_string()),
        ("FAKETIME_TIMESTAMP_FILE", clock.display().to_string()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
    ] {
        world.environment.insert(name.to_owned(), value);
    }
}

#[tokio::test]
async fn clocks_that_are_wrong_or_jump_end_no_training_and_cost_no_lease() {
    let mut world = World::of_several().await;
    world.fal.set(|settings| {
        settings.training = Duration::from_secs(6);
        settings.webhooks = Webhooks::Lost;
    });
    let (ahead, jumping) = (world.data("ahead"), world.data("jumping"));
    jumps(&ahead, "+3d"); // Further than FAL_TRAINING_TIMEOUT.
    jumps(&jumping, "+0");
    lives_by(&mut world, &ahead);
    let first = world.joins("first", EVERYTHING).await;
    lives_by(&mut world, &jumping);
    let second = world.joins_where_fal_calls("second", EVERYTHING).await;
    world.until_shared(&[(&first, 128), (&second, 128)]).await;
    let crowd = Crowd::gathers(&world, 8).await;
    crowd.starts().await;
    let saved = "SELECT bool_and(fal_request_id IS NOT NULL) FROM avatars";
    world.until("FAL's ids are saved", saved).await;
    let epochs = "SELECT sum(epoch)::bigint FROM leases";
    let before: i64 = world.row(epochs, &[]).await.get(0);

    for by in ["+2h", "-1h", "+3d", "-3d"] {
        jumps(&jumping, by);
        let polls = world.fal.ledger().count(standins::fal::Kind::Status);
        let more = |ledger: &standins::fal::Ledger| {
            (ledger.count(standins::fal::Kind::Status) > polls + 4).then_some(())
        };
        world.fal.until("polls go on", more, crate::world::PATIENCE).await;
    }
    crowd.all_hear_once().await;
    let after: i64 = world.row(epochs, &[]).await.get(0);
    assert_eq!(before, after, "no lease changed hands");
    first.service.stop().await;
    world.close_with(second).await;
}
