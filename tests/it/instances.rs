//! Several instances on one database: which of them watches what, and what happens when one goes.

use crate::world::{Crowd, EVERYTHING, Instance, PATIENCE, World};
use standins::fal::{Fault, Kind, Ledger, Webhooks};
use std::time::{Duration, Instant};

/// `LEASE_SECONDS` of these worlds.
const LEASE: Duration = Duration::from_secs(2);

/// Waits until FAL's id of every training is saved.
async fn until_watched(world: &World) {
    let saved = "SELECT bool_and(fal_request_id IS NOT NULL) FROM avatars";
    world.until("FAL's ids are saved", saved).await;
}

/// Waits until an instance has asked FAL for a status and has not been answered yet.
async fn until_asking(world: &World, instance: &Instance) {
    const WATCHED: &str = "SELECT array_agg(a.fal_request_id) FROM avatars a
        JOIN leases l ON l.resource = 'shard/' || a.shard
        JOIN world_instances i ON i.id = l.owner WHERE i.who = $1";
    let watched: Option<Vec<String>> = world.row(WATCHED, &[&instance.name]).await.get(0);
    let Some(watched) = watched else { return }; // One in 128 times all are the other's.
    let now = Instant::now();
    let asks = |ledger: &Ledger| {
        let mut jobs = ledger.jobs.iter().filter(|job| watched.contains(&job.request_id));
        jobs.any(|job| job.polls.last().is_some_and(|poll| poll.at > now)).then_some(())
    };
    world.fal.until("a poll", asks, PATIENCE).await;
}

/// Longest time between two polls of one training.
fn longest_gap(world: &World) -> Duration {
    let jobs = world.fal.ledger().jobs;
    let gaps = jobs.iter().flat_map(|job| job.polls.windows(2).map(|two| two[1].at - two[0].at));
    gaps.max().unwrap_or_default()
}

#[tokio::test]
async fn shards_are_shared_fairly_by_whoever_lives() {
    let world = World::of_several().await;
    let first = world.joins("first", EVERYTHING).await;
    world.until_shared(&[(&first, 256)]).await;
    let second = world.joins("second", EVERYTHING).await;
    let joining = world.until_shared(&[(&first, 128), (&second, 128)]).await;
    let third = world.joins("third", "trainer").await;
    world.until_shared(&[(&first, 86), (&second, 86), (&third, 84)]).await;

    let log = third.service.stop().await;
    let stopped = Instant::now();
    world.until_shared(&[(&first, 128), (&second, 128)]).await;
    let leaving = stopped.elapsed();
    assert!(log.contains("stopped"), "{log}");
    assert!(leaving < LEASE, "a graceful stop does not wait for the lease: {leaving:?}");

    let asked = Instant::now();
    first.service.dies().await;
    world.until_shared(&[(&second, 256)]).await;
    let dying = asked.elapsed();
    assert!(dying < LEASE + LEASE, "within the lease and two seconds: {dying:?}");
    eprintln!(
        "joined in {joining:?}, left in {leaving:?}, died in {dying:?} with a lease of {LEASE:?}"
    );
    world.close_with(second).await;
}

#[tokio::test]
async fn the_trainings_of_a_dead_instance_are_finished_by_another() {
    let world = World::of_several().await;
    world.fal.set(|settings| settings.training = Duration::from_secs(4));
    let first = world.joins("first", EVERYTHING).await;
    let crowd = Crowd::gathers(&world, 6).await;
    let second = world.joins_where_fal_calls("second", EVERYTHING).await;
    world.until_shared(&[(&first, 128), (&second, 128)]).await;
    crowd.starts().await;
    until_watched(&world).await;

    let died = Instant::now();
    first.service.dies().await;
    world.until_shared(&[(&second, 256)]).await;
    assert!(died.elapsed() < LEASE + Duration::from_secs(2), "{:?}", died.elapsed());
    crowd.all_hear_once().await;
    assert_eq!(world.fal.ledger().jobs.len(), 6, "bought once");
    world.close_with(second).await;
}

#[tokio::test]
async fn an_instance_that_slept_through_its_lease_writes_nothing_and_comes_back() {
    let world = World::of_several().await;
    world.fal.set(|settings| {
        settings.training = Duration::from_secs(8);
        settings.webhooks = Webhooks::Lost;
    });
    // A request that was in flight when it froze is answered when it wakes.
    world.fal.fault_until_healed(Kind::Status, Fault::Slow(Duration::from_millis(800)));
    let first = world.joins("first", EVERYTHING).await;
    let crowd = Crowd::gathers(&world, 8).await;
    crowd.starts().await;
    until_watched(&world).await;
    let second = world.joins("second", EVERYTHING).await;
    world.until_shared(&[(&first, 128), (&second, 128)]).await;

    for frozen in [&first, &second] {
        let awake = if frozen.name == "first" { &second } else { &first };
        until_asking(&world, frozen).await;
        frozen.freezes();
        world.until_shared(&[(awake, 256)]).await;
        frozen.thaws();
        world.until_shared(&[(&first, 128), (&second, 128)]).await;
    }
    crowd.all_hear_once().await;
    assert_eq!(world.fal.ledger().jobs.len(), 8, "bought once");
    assert_eq!(first.restarts().await + second.restarts().await, 0, "nothing crashed");
    world.nobody_intruded().await;
    first.service.stop().await;
    world.close_with(second).await;
}

#[tokio::test]
async fn a_shard_is_handed_over_only_when_the_answer_to_a_submit_is_saved() {
    let world = World::of_several().await;
    world.fal.set(|settings| settings.webhooks = Webhooks::Lost);
    world.fal.fault_until_healed(Kind::Submit, Fault::Slow(Duration::from_secs(3)));
    let first = world.joins("first", EVERYTHING).await;
    let crowd = Crowd::gathers(&world, 8).await;
    crowd.starts().await;
    let all_sent = |ledger: &Ledger| (ledger.jobs.len() == 8).then_some(());
    world.fal.until("eight submits", all_sent, PATIENCE).await;

    let second = world.joins("second", EVERYTHING).await;
    world.until_shared(&[(&first, 128), (&second, 128)]).await;
    crowd.all_hear_once().await;
    let lost = "SELECT count(*) FROM training_events WHERE kind = 'submit_unknown'";
    assert_eq!(world.row(lost, &[]).await.get::<_, i64>(0), 0, "every answer was saved");
    world.nobody_intruded().await;
    first.service.stop().await;
    world.close_with(second).await;
}

#[tokio::test]
async fn an_instance_that_slept_through_its_lease_during_a_submit_still_tells_what_was_bought() {
    let world = World::of_several().await;
    // Only the answers name the jobs.
    world.fal.set(|settings| settings.webhooks = Webhooks::Lost);
    world.fal.fault_until_healed(Kind::History, Fault::Nginx(502));
    world.fal.fault_until_healed(Kind::Submit, Fault::Slow(Duration::from_secs(4)));
    let first = world.joins("first", EVERYTHING).await;
    let crowd = Crowd::gathers(&world, 4).await;
    crowd.starts().await;
    let all_sent = |ledger: &Ledger| (ledger.jobs.len() == 4).then_some(());
    world.fal.until("four submits", all_sent, PATIENCE).await;
    first.freezes();

    let second = world.joins("second", EVERYTHING).await;
    world.until_shared(&[(&second, 256)]).await;
    let unnamed =
        "SELECT bool_and(fal_request_id IS NULL AND submit_sent_at IS NOT NULL) FROM avatars";
    world.until("nobody awake knows the names", unnamed).await;
    first.thaws();
    until_watched(&world).await;
    crowd.all_hear_once().await;
    assert_eq!(world.fal.ledger().jobs.len(), 4, "bought once");
    world.nobody_intruded().await;
    first.service.stop().await;
    world.close_with(second).await;
}

#[tokio::test]
async fn the_audit_sees_whoever_writes_without_a_lease() {
    let world = World::of_several().await;
    let write = "SET world.who = 'stranger';
        INSERT INTO users (telegram_id) VALUES (1);
        INSERT INTO avatars (user_id, status, fal_request_id) SELECT id, 'training', 'r' FROM users;
        UPDATE avatars SET last_status_check = now();
        INSERT INTO training_events (avatar_id, kind) SELECT id, 'looked' FROM avatars;
        RESET world.who";
    world.rows.batch_execute(write).await.unwrap();
    let seen = "SELECT array_agg(what ORDER BY at) FROM world_intrusions WHERE who = 'stranger'";
    assert_eq!(world.row(seen, &[]).await.get::<_, Vec<String>>(0), ["avatars", "looked"]);
}

#[tokio::test]
async fn instances_that_restart_in_turn_leave_no_training_unwatched() {
    let world = World::of_several().await;
    world.fal.set(|settings| {
        settings.training = Duration::from_secs(7);
        settings.webhooks = Webhooks::Lost;
    });
    let mut first = world.joins("first", EVERYTHING).await;
    let crowd = Crowd::gathers(&world, 8).await;
    let mut second = world.joins("second", EVERYTHING).await;
    crowd.starts().await;
    until_watched(&world).await;
    for round in 0..2 {
        first.service.stop().await;
        first = world.joins(&format!("first-{round}"), EVERYTHING).await;
        second.service.stop().await;
        second = world.joins(&format!("second-{round}"), EVERYTHING).await;
    }
    crowd.all_hear_once().await;
    assert_eq!(world.fal.ledger().jobs.len(), 8, "bought once");
    let gap = longest_gap(&world);
    eprintln!("longest time between two polls of a training over four restarts: {gap:?}");
    assert!(gap < Duration::from_secs(1) + LEASE + Duration::from_secs(1), "{gap:?}");
    world.nobody_intruded().await;
    first.service.stop().await;
    world.close_with(second).await;
}

#[tokio::test]
async fn what_one_process_hears_reaches_the_one_that_watches() {
    // Only nudges are fast enough here.
    let world = World::of_several()
        .await
        .with("RECOVERY_INTERVAL", "60")
        .with("FAL_FIRST_CHECK_DELAY", "60")
        .with("FAL_STATUS_CHECK_INTERVAL", "60");
    let api = world.joins_where_fal_calls("api", "api").await;
    let bot = world.joins("bot", "bot").await;
    let trainer = world.joins("trainer", "trainer").await;
    world.until_shared(&[(&api, 0), (&bot, 0), (&trainer, 256)]).await;

    let crowd = Crowd::gathers(&world, 3).await;
    let started = Instant::now();
    crowd.starts().await;
    crowd.all_hear_once().await;
    eprintln!("three processes, from the start to the notice: {:?}", started.elapsed());
    let sources = "SELECT array_agg(DISTINCT result_source) FROM avatars";
    assert_eq!(world.row(sources, &[]).await.get::<_, Vec<String>>(0), ["webhook-handler"]);

    let ears = "FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()";
    world.row(&format!("SELECT count(pg_terminate_backend(pid)) {ears}"), &[]).await;
    world.until("bot and trainer listen again", &format!("SELECT count(*) = 2 {ears}")).await;
    world.fal.set(|settings| settings.training = Duration::from_mins(5));
    let late = Crowd::gathers_from(&world, 10..13).await;
    late.starts().await;
    until_watched(&world).await;
    late.cancels().await;
    let asked = |ledger: &Ledger| {
        let cancelled = ledger.jobs.iter().filter(|job| !job.cancels.is_empty()).count();
        (cancelled == 3).then_some(())
    };
    world.fal.until("cancellations", asked, PATIENCE).await;
    api.service.stop().await;
    bot.service.stop().await;
    world.close_with(trainer).await;
}
