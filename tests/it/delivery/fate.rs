//! Sent, of unknown fate, given up: the ends of a notice.

use super::{ALL_OUT, ALL_TOLD};
use crate::storms::number;
use crate::world::{PATIENCE, World, binary};
use serde_json::Value;
use standins::telegram::{Chat, Fault, Telegram};

#[tokio::test]
async fn an_answer_that_is_swallowed_makes_nobody_hear_it_twice() {
    let world = World::of_strict_rates().await;
    let people = world.has_news_shown_to(60).await;
    world.telegram.fault_at_random("sendMessage", Fault::Swallow, 100, 7);
    let service = world.serve().await;
    world.until("everything is out", ALL_OUT).await;
    world.until("the unknown are told", ALL_TOLD).await;
    let swallowed =
        world.telegram.calls_of("sendMessage").iter().filter(|call| call.fault.is_some()).count();
    assert!(swallowed > 0, "no answer was swallowed");
    assert_eq!(world.count("status = 'uncertain'").await, i64::try_from(swallowed).unwrap());
    assert_eq!(world.arrivals().len(), people.len(), "all of them arrived");
    assert!(world.arrivals().values().all(|count| *count == 1), "{:?}", world.arrivals());
    world.telegram.heal();
    world.close(service).await;
}

#[tokio::test]
async fn an_operator_may_choose_a_second_ping_over_none() {
    let world = World::of_strict_rates().await.with("NOTIFY_UNCERTAIN", "resend");
    let people = world.has_news_for(2, 1).await;
    world.telegram.fault_for(&people[0], "sendMessage", Fault::Drop, 1);
    world.telegram.fault_for(&people[1], "sendMessage", Fault::Swallow, 2);
    let service = world.serve().await;
    world.until("everything is out", ALL_OUT).await;
    assert_eq!(world.count("status = 'sent' AND repeats = 1").await, 1);
    // Once, not for ever, and openly.
    let open = "SELECT count(*) = 1 FROM outbox WHERE stopped = 'unconfirmed' AND repeats = 1";
    world.until("it is left open", open).await;
    assert_eq!(world.arrivals().values().copied().collect::<Vec<_>>(), [1, 2]);
    world.close(service).await;
}

#[tokio::test]
async fn a_sender_that_is_killed_again_and_again_loses_nothing_and_repeats_nothing() {
    let kills = number("AISHA_SENDER_KILLS", 3);
    let world = World::of_strict_rates().await;
    let people = world.has_news_shown_to(i64::try_from(kills * 30).unwrap()).await;
    let mut service = world.serve().await;
    for kill in 0..kills {
        let sent = world.telegram.calls_of("sendMessage").len();
        // In the opening burst, at its end, and among the steady ones.
        let many = [1, 4, 9, 13, 20][kill % 5];
        let more = |telegram: &Telegram| {
            (telegram.calls_of("sendMessage").len() >= sent + many).then_some(())
        };
        world.telegram.waits_for("a few more notices", more, PATIENCE).await;
        service.dies().await;
        service = world.serve().await;
    }
    world.until("everything is out", ALL_OUT).await;
    world.until("the unknown are told", ALL_TOLD).await;
    let arrivals = world.arrivals();
    assert!(arrivals.values().all(|count| *count == 1), "{arrivals:?}");
    let uncertain = world.count("status = 'uncertain'").await;
    let missing = people.len() - arrivals.len();
    assert!(i64::try_from(missing).unwrap() <= uncertain, "{missing} lost, {uncertain} uncertain");
    assert_eq!(world.count("status = 'dead'").await, 0);
    let all = i64::try_from(people.len()).unwrap();
    assert_eq!(world.count("status = 'sent'").await + uncertain, all);
    let most = 5 * i64::try_from(kills).unwrap();
    assert!(uncertain <= most, "{uncertain} in doubt after {kills} kills, even in opening bursts");
    eprintln!(
        "{kills} kills, lost 0, duplicates 0, {uncertain} uncertain, {missing} of them never arrived"
    );
    world.close(service).await;
}

#[tokio::test]
async fn a_failure_that_turned_out_to_be_none_is_not_told() {
    let world = World::of_strict_rates().await;
    world.has_news_for(1, 1).await;
    world
        .rows
        .batch_execute(
            "INSERT INTO outbox (user_id, avatar_id, kind)
             SELECT user_id, id, unnest(ARRAY['failed', 'result_delayed']) FROM avatars;",
        )
        .await
        .unwrap();
    let service = world.serve().await;
    world.until("everything is out", ALL_OUT).await;
    assert_eq!(world.count("status = 'dead' AND last_error LIKE '%ended otherwise%'").await, 2);
    assert_eq!(world.telegram.calls_of("sendMessage").len(), 1, "only that it is ready");
    world.close(service).await;
}

#[tokio::test]
async fn a_dead_letter_is_listed_counted_and_sent_by_an_operators_word() {
    let world = World::of_strict_rates().await;
    let people = world.has_news_for(1, 1).await;
    let refusal = Fault::Refuse { code: 400, description: "Bad Request: strange".to_owned() };
    world.telegram.fault("sendMessage", refusal, 1);
    let service = world.serve().await;
    world.until("it is given up", "SELECT bool_and(status = 'dead') FROM outbox").await;
    let admin = format!("http://{}/metrics", world.environment["AISHA_ADMIN_LISTEN"]);
    let text = reqwest::get(admin).await.unwrap().text().await.unwrap();
    for line in ["aisha_notices_dead_total 1", "aisha_notices_failed_total{reason=\"refused\"} 1"] {
        assert!(text.contains(line), "no «{line}» in\n{text}");
    }
    let run = async |arguments: &[&str]| {
        let output = binary(&world.environment, arguments).output().await.unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), serde_json::from_str::<Value>(&text).unwrap_or_default())
    };
    let listed = ["notifications", "list", "--status", "dead", "--json"];
    let (code, answer) = run(&listed).await;
    let notice = &answer["notifications"][0];
    assert_eq!((code, notice["last_error"].as_str()), (Some(0), Some("400 Bad Request: strange")));
    let id = notice["id"].to_string();
    let (code, answer) = run(&["notifications", "retry", &id, "--json"]).await;
    assert_eq!((code, &answer["retried"]), (Some(0), &Value::Bool(true)));
    people[0].sees_text("is ready").await;
    world.until("it is sent", "SELECT bool_and(status = 'sent') FROM outbox").await;
    let (code, answer) = run(&["notifications", "retry", &id, "--json"]).await;
    assert_eq!((code, answer["was"].as_str()), (Some(1), Some("sent")));
    assert_eq!(run(&["notifications", "retry", "999", "--json"]).await.0, Some(1));
    assert_eq!(run(&["notifications", "list", "--status", "odd"]).await.0, Some(2));
    world.close(service).await;
}

#[tokio::test]
async fn a_notice_that_nobody_can_read_is_given_up_and_stops_nobody() {
    let world = World::of_strict_rates().await;
    let people = world.has_news_for(3, 2).await;
    // Ahead of all others: a kind from a newer version, contents that make no sense, and an
    // infinite end time.
    world
        .rows
        .batch_execute(
            "INSERT INTO outbox (user_id, avatar_id, kind, payload, next_try_at)
             SELECT user_id, id, kind, payload, now() - interval '1 hour'
             FROM (SELECT DISTINCT ON (user_id) * FROM avatars ORDER BY user_id, name) AS a,
                  (VALUES ('next_years', '{}'::jsonb), ('failed', '[7]'),
                          ('result_delayed', '{\"until\": \"never\"}'),
                          ('placeholder', 'null')) AS odd (kind, payload);",
        )
        .await
        .unwrap();
    let service = world.serve().await;
    world.until("everything is out", ALL_OUT).await;
    for person in &people {
        let arrived =
            |chat: &Chat| chat.from_bot().filter(|m| m.text.contains("is ready")).count() == 2;
        person.sees("both", |chat| arrived(chat).then_some(()), PATIENCE).await;
    }
    let given_up = "status = 'dead' AND last_error LIKE '%does not know the kind%'";
    assert_eq!(world.count(given_up).await, 3);
    assert_eq!(world.count("status NOT IN ('sent', 'dead')").await, 0);
    world.close(service).await;
}
