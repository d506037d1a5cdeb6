//! Without `DATABASE_URL`: a PostgreSQL of its own.

use crate::world::{World, trains};
use std::time::Instant;

#[tokio::test]
async fn the_service_runs_its_own_database_and_finds_it_again_after_kill_9() {
    let mut world = World::new().await;
    world.environment.remove("DATABASE_URL");
    world.fal.set(|settings| settings.training = std::time::Duration::from_secs(2));
    let started = Instant::now();
    let service = world.serve().await;
    let fresh = started.elapsed();
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    service.dies().await;

    let started = Instant::now();
    let service = world.serve().await;
    let again = started.elapsed();
    anna.sees_text("is ready").await;
    assert_eq!(world.fal.ledger().jobs.len(), 1);
    let log = service.stop().await;
    assert!(!log.contains("a defect ended"), "{log}");
    eprintln!("ready with a new database in {fresh:?}, with an existing one in {again:?}");
    let pid = std::fs::read_to_string(world.data("postgres/postmaster.pid"));
    assert!(pid.is_err(), "the last one stops the server");
}
