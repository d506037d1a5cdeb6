//! Several processes, one budget, and lost wakes.

use super::ALL_OUT;
use crate::world::{PATIENCE, World};
use standins::telegram::Chat;
use std::time::{Duration, Instant};

#[tokio::test]
async fn two_instances_share_one_budget_and_one_of_them_has_both_leases() {
    const HOLDERS: &str = "SELECT count(DISTINCT owner) FROM leases
        WHERE resource LIKE 'telegram/%' AND owner IS NOT NULL";
    let world = World::of_strict_rates().await.of_small_sets();
    let alone = World::serve(&world).await;
    let mut environment = world.environment.clone();
    for name in ["AISHA_LISTEN", "AISHA_ADMIN_LISTEN"] {
        environment.insert(name.to_owned(), format!("127.0.0.1:{}", crate::world::free_port()));
    }
    let other = crate::world::Service::start(&environment);
    other.says("✅ ready").await;
    world.has_news_for(90, 1).await;
    world.until("everything is out", ALL_OUT).await;
    assert_eq!(world.row(HOLDERS, &[]).await.get::<_, i64>(0), 1, "one has both");
    assert_eq!(world.refusals(), 0);
    assert_eq!((world.arrivals().len(), world.count("status = 'sent'").await), (90, 90));
    other.stop().await;
    world.close(alone).await;
}

#[tokio::test]
async fn who_takes_the_updates_is_handed_the_outbox_too() {
    const TOGETHER: &str = "SELECT count(DISTINCT owner) = 1 AND count(owner) = 2 FROM leases
        WHERE resource LIKE 'telegram/%'";
    let world = World::of_several().await;
    let trainer = world.joins("trainer", "trainer").await;
    world
        .until("it sends", "SELECT owner IS NOT NULL FROM leases WHERE resource = 'telegram/send'")
        .await;
    let everything = world.joins_where_fal_calls("everything", crate::world::EVERYTHING).await;
    world.until("both are one's", TOGETHER).await;
    trainer.service.stop().await;
    world.close_with(everything).await;
}

#[tokio::test]
async fn a_notice_of_another_process_is_sent_within_a_second_without_a_word_to_us() {
    let world = World::of_strict_rates().await;
    let service = world.serve().await;
    let people = world.has_news_for(1, 1).await;
    let began = Instant::now();
    people[0].sees_text("is ready").await;
    let took = began.elapsed();
    assert!(took < Duration::from_millis(1500), "{took:?}");
    world.close(service).await;
}

#[tokio::test]
async fn a_sender_whose_ear_is_cut_off_is_a_second_late_at_most() {
    let world = World::of_several().await;
    let everything = world.joins_where_fal_calls("only", crate::world::EVERYTHING).await;
    let people = world.has_news_for(1, 1).await;
    people[0].sees_text("is ready").await;
    for _ in 0..3 {
        let deaf = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE query LIKE 'LISTEN%' AND datname = current_database()";
        world.row(deaf, &[]).await;
        let (mark, began) = (people[0].mark(), Instant::now());
        world
            .rows
            .batch_execute("UPDATE outbox SET status = 'pending', next_try_at = now()")
            .await
            .unwrap();
        let again = |chat: &Chat| chat.since(mark).any(|message| message.from_bot).then_some(());
        people[0].sees("it again", again, PATIENCE).await;
        let took = began.elapsed();
        assert!(took < Duration::from_millis(1500), "{took:?}");
    }
    // The invariants do not expect anybody to ask for a notice again.
    world.close(everything.service).await;
}
