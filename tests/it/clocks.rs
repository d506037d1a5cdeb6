//! Clocks that are wrong, and clocks that jump. The database's decides; ours only waits.

use crate::town::{Crowd, EVERYTHING, Town};
use standins::fal::Webhooks;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Fakes the wall's clock of a process and leaves the monotonic one alone.
fn faketime() -> PathBuf {
    let mut folders = std::fs::read_dir("/usr/lib").unwrap().flatten();
    let library = folders.find_map(|folder| {
        let library = folder.path().join("faketime/libfaketimeMT.so.1");
        library.exists().then_some(library)
    });
    library.expect("libfaketime; `.ci/prepare faketime` installs it")
}

/// From now on the clock that reads this file is wrong by so much.
fn jumps(clock: &Path, by: &str) {
    // Whole or not at all: it is read at any moment.
    let next = clock.with_extension("next");
    std::fs::write(&next, by).unwrap();
    std::fs::rename(next, clock).unwrap();
}

/// Services started from now on live by this clock.
fn lives_by(town: &mut Town, clock: &Path) {
    for (name, value) in [
        ("LD_PRELOAD", faketime().display().to_string()),
        ("FAKETIME_TIMESTAMP_FILE", clock.display().to_string()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
    ] {
        town.environment.insert(name.to_owned(), value);
    }
}

#[tokio::test]
async fn clocks_that_are_wrong_or_jump_end_no_training_and_cost_no_lease() {
    let mut town = Town::of_several().await;
    town.fal.set(|settings| {
        settings.training = Duration::from_secs(6);
        settings.webhooks = Webhooks::Lost;
    });
    let (ahead, jumping) = (town.data("ahead"), town.data("jumping"));
    jumps(&ahead, "+3d"); // Further than FAL_TRAINING_TIMEOUT.
    jumps(&jumping, "+0");
    lives_by(&mut town, &ahead);
    let first = town.joins("first", EVERYTHING).await;
    lives_by(&mut town, &jumping);
    let second = town.joins_where_fal_calls("second", EVERYTHING).await;
    town.until_shared(&[(&first, 128), (&second, 128)]).await;
    let crowd = Crowd::gathers(&town, 8).await;
    crowd.starts().await;
    let saved = "SELECT bool_and(fal_request_id IS NOT NULL) FROM avatars";
    town.until("FAL's ids are saved", saved).await;
    let epochs = "SELECT sum(epoch)::bigint FROM leases";
    let before: i64 = town.row(epochs, &[]).await.get(0);

    for by in ["+2h", "-1h", "+3d", "-3d"] {
        jumps(&jumping, by);
        let polls = town.fal.ledger().count(standins::fal::Kind::Status);
        let more = |ledger: &standins::fal::Ledger| {
            (ledger.count(standins::fal::Kind::Status) > polls + 4).then_some(())
        };
        town.fal.until("polls go on", more, crate::town::PATIENCE).await;
    }
    crowd.all_hear_once().await;
    let after: i64 = town.row(epochs, &[]).await.get(0);
    assert_eq!(before, after, "no lease changed hands");
    first.service.stop().await;
    town.close_with(second).await;
}
