//! Dead letters: each has a reason, and an operator fixes them in one go.

use super::ALL_OUT;
use super::told::counted;
use crate::world::{PATIENCE, World, in_order};
use standins::telegram::Fault;
use std::time::Instant;

#[tokio::test]
async fn every_dead_letter_says_why_and_only_what_can_be_mended_is_an_alarm() {
    let world = World::of_strict_rates().await;
    let people = world.has_news_for(5, 1).await;
    // The first never met this bot, the second is refused, the third was tried for three days, the
    // fourth comes from a newer version, and the fifth blocked the bot.
    world
        .rows
        .batch_execute(
            "UPDATE users SET telegram_id = 404 WHERE telegram_id = 1;
             UPDATE outbox o SET failing_since = now() - interval '3 days' FROM users u
             WHERE u.id = o.user_id AND u.telegram_id = 3;
             UPDATE outbox o SET kind = 'next_years' FROM users u
             WHERE u.id = o.user_id AND u.telegram_id = 4;",
        )
        .await
        .unwrap();
    let refuse =
        |code, description: &str| Fault::Refuse { code, description: description.to_owned() };
    let strange = refuse(400, "Bad Request: strange");
    world.telegram.fault_for(&people[1], "sendMessage", strange, 1);
    world.telegram.fault_for(&people[2], "sendMessage", refuse(401, "Unauthorized"), 1);
    people[4].blocked_long_ago();
    let service = world.serve().await;
    world.until("all are given up", "SELECT bool_and(status = 'dead') FROM outbox").await;
    counted(
        &world,
        &[
            "aisha_outbox_stopped{reason=\"refused\"} 2",
            "aisha_outbox_stopped{reason=\"gave_up\"} 1",
            "aisha_outbox_stopped{reason=\"unknown_kind\"} 1",
            "aisha_outbox_stopped{reason=\"blocked\"} 1",
            "aisha_outbox{status=\"dead\"} 4",
            "aisha_outbox{status=\"blocked\"} 1",
        ],
    )
    .await;
    let never = "SELECT blocked_at IS NULL FROM users WHERE telegram_id = 404";
    assert!(world.row(never, &[]).await.get::<_, bool>(0), "who is not known blocked nothing");
    let refused = world.json(&["notifications", "list", "--status", "dead", "--reason", "refused"]);
    let refused = refused.await;
    let refused = refused["notifications"].as_array().unwrap();
    assert_eq!(refused.len(), 2);
    assert!(refused.iter().all(|notice| notice["reason"] == "refused"), "{refused:?}");

    let said = world.prints(&["notifications", "retry", "--all", "--reason", "gave_up"]).await;
    assert_eq!(said, "1 notice retried (gave_up)\n");
    people[2].sees_text("is ready").await;
    let id: i64 =
        world.row("SELECT min(id) FROM outbox WHERE kind = 'next_years'", &[]).await.get(0);
    let said = world.prints(&["notifications", "dismiss", &id.to_string()]).await;
    in_order(&said, &["was dead", "dismissed"]);
    let said = world.json(&["notifications", "dismiss", "--all", "--reason", "refused"]).await;
    assert_eq!(said["dismissed"], 2);
    let started = Instant::now();
    let quiet = "aisha_outbox{status=\"dead\"} 0";
    while !super::told::metrics(&world).await.contains(quiet) {
        assert!(started.elapsed() < PATIENCE, "what is dismissed is still counted");
    }
    assert_eq!(world.json(&["notifications", "retry", "--all"]).await["retried"], 0);
    assert_eq!(world.says(&["notifications", "dismiss"]).await.code, 2);
    assert_eq!(world.says(&["notifications", "dismiss", "999"]).await.code, 1);
    assert_eq!(world.says(&["notifications", "retry", "7", "--reason", "refused"]).await.code, 2);
    world.close(service).await;
}

#[tokio::test]
async fn what_an_earlier_version_did_not_know_is_sent_by_the_one_that_does() {
    let world = World::of_strict_rates().await;
    let people = world.has_news_for(1, 1).await;
    world
        .rows
        .batch_execute("UPDATE outbox SET status = 'dead', dead_reason = 'unknown_kind'")
        .await
        .unwrap();
    let service = world.serve().await;
    people[0].sees_text("is ready").await;
    world.until("everything is out", ALL_OUT).await;
    assert_eq!(world.count("status = 'sent' AND stopped IS NULL").await, 1);
    world.close(service).await;
}

#[tokio::test]
async fn a_thousand_dead_letters_go_out_in_one_go_each_person_in_their_order() {
    let world = World::of_strict_rates().await;
    world.has_news_for(3, 400).await;
    let give_up = "UPDATE outbox SET status = 'dead', dead_reason = 'refused'";
    world.rows.batch_execute(give_up).await.unwrap();
    let said = world.json(&["notifications", "retry", "--all"]).await;
    assert_eq!(said["retried"], 1200);
    assert_eq!(world.count("status = 'pending' AND stopped IS NULL AND repeats = 0").await, 1200);
    let noted = "SELECT count(*) FROM training_events WHERE kind = 'renotified'";
    assert_eq!(world.row(noted, &[]).await.get::<_, i64>(0), 1200);
}
