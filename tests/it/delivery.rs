//! Every notice arrives, at Telegram's limits: with its rates switched on as strictly as it may
//! ever hold them.

use crate::storms::number;
use crate::town::{PATIENCE, Town, binary};
use serde_json::Value;
use standins::telegram::{Call, Chat, Fault, Person, Rates, Telegram};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Nothing waits any more.
const ALL_OUT: &str =
    "SELECT NOT EXISTS (SELECT FROM outbox WHERE status IN ('pending', 'sending'))";

/// Everything of unknown fate stands in a status message, or there is none.
const ALL_TOLD: &str = "SELECT NOT EXISTS (SELECT FROM outbox
    WHERE status = 'uncertain' AND repaired_at IS NULL)";

impl Town {
    /// A Telegram that forgives no burst.
    async fn of_strict_rates() -> Self {
        let town = Self::new().await;
        town.telegram.set_rates(Rates::Strict);
        town
    }

    /// People, each of whom is to hear of so many avatars of theirs.
    async fn has_news_for(&self, people: i64, each: i64) -> Vec<Person> {
        let friends =
            (1..=people).map(|id| self.telegram.friend(id, &format!("Person {id}"), "en"));
        let friends = friends.collect();
        self.rows
            .batch_execute(&format!(
                "INSERT INTO users (telegram_id, language)
                 SELECT n, 'en' FROM generate_series(1, {people}) AS n;
                 INSERT INTO avatars (user_id, name, status)
                 SELECT u.id, format('Style %s of %s', n, u.telegram_id), 'completed'
                 FROM users u, generate_series(1, {each}) AS n;
                 INSERT INTO outbox (user_id, avatar_id, kind)
                 SELECT user_id, id, 'ready' FROM avatars ORDER BY name, id;"
            ))
            .await
            .unwrap();
        friends
    }

    async fn count(&self, condition: &str) -> i64 {
        self.row(&format!("SELECT count(*) FROM outbox WHERE {condition}"), &[]).await.get(0)
    }

    /// How often each text arrived, by chat and text.
    fn arrivals(&self) -> BTreeMap<(i64, String), usize> {
        let mut arrivals = BTreeMap::new();
        for call in self.telegram.calls_of("sendMessage").iter().filter(|call| call.succeeded()) {
            let text = call.params["text"].as_str().unwrap_or_default().to_owned();
            *arrivals.entry((call.chat_id().unwrap(), text)).or_default() += 1;
        }
        arrivals
    }

    fn refusals(&self) -> usize {
        let calls = self.telegram.calls();
        calls.iter().filter(|call| call.refused_with() == Some(429) && call.fault.is_none()).count()
    }
}

#[tokio::test]
async fn a_crowd_of_notices_arrives_once_each_in_order_and_telegram_never_says_too_many() {
    let town = Town::of_strict_rates().await;
    town.has_news_for(120, 1).await;
    // One person has a pile of news, the oldest of all; nobody waits for it.
    town.rows
        .batch_execute(
            "INSERT INTO avatars (user_id, name, status)
             SELECT u.id, format('Pile %s', n), 'completed'
             FROM users u, generate_series(1, 5) AS n WHERE u.telegram_id = 1;
             INSERT INTO outbox (user_id, avatar_id, kind, next_try_at)
             SELECT user_id, id, 'ready', now() - interval '1 hour' FROM avatars
             WHERE name LIKE 'Pile%' ORDER BY name;",
        )
        .await
        .unwrap();
    let service = town.serve().await;
    let began = Instant::now();
    town.until("everything is out", ALL_OUT).await;
    let took = began.elapsed();
    assert_eq!(town.refusals(), 0, "429s that we caused");
    assert_eq!(town.count("status = 'sent'").await, 125);
    let arrivals = town.arrivals();
    assert!(arrivals.values().all(|count| *count == 1), "{arrivals:?}");
    assert_eq!(arrivals.len(), 125);
    let calls = town.telegram.calls_of("sendMessage");
    let texts = calls.iter().filter(|call| call.chat_id() == Some(1));
    let piles: Vec<&str> = texts
        .filter_map(|call| call.params["text"].as_str())
        .filter(|t| t.contains("Pile"))
        .collect();
    assert!(piles.is_sorted() && piles.len() == 5, "{piles:?}");
    eprintln!("125 notices to 120 chats took {took:?}");
    town.close(service).await;
}

#[tokio::test]
async fn who_blocked_the_bot_is_left_alone_until_they_write_again() {
    let town = Town::of_strict_rates().await;
    let people = town.has_news_for(2, 2).await;
    people[0].blocks();
    let service = town.serve().await;
    town.until("the other one has heard", "SELECT count(*) = 2 FROM outbox WHERE status = 'sent'")
        .await;
    town.until("it is noted", "SELECT blocked_at IS NOT NULL FROM users WHERE telegram_id = 1")
        .await;
    assert_eq!(town.count("status = 'dead'").await, 1, "the one that was refused");
    assert_eq!(town.count("status = 'pending'").await, 1, "the other waits");
    let tries = |town: &Town| {
        let calls = town.telegram.calls_of("sendMessage");
        calls.iter().filter(|call| call.chat_id() == Some(1)).count()
    };
    assert_eq!(tries(&town), 1);
    town.telegram.set_rates(Rates::Off);
    people[0].says("/start");
    people[0].sees_text("Style 2 of 1").await;
    town.close(service).await;
}

#[tokio::test]
async fn an_answer_that_is_swallowed_makes_nobody_hear_it_twice() {
    let town = Town::of_strict_rates().await;
    let people = town.has_news_for(60, 1).await;
    town.telegram.fault_at_random("sendMessage", Fault::Swallow, 100, 7);
    let service = town.serve().await;
    town.until("everything is out", ALL_OUT).await;
    town.until("the unknown are told", ALL_TOLD).await;
    let swallowed =
        town.telegram.calls_of("sendMessage").iter().filter(|call| call.fault.is_some()).count();
    assert!(swallowed > 0, "no answer was swallowed");
    assert_eq!(town.count("status = 'uncertain'").await, i64::try_from(swallowed).unwrap());
    assert_eq!(town.arrivals().len(), people.len(), "all of them arrived");
    assert!(town.arrivals().values().all(|count| *count == 1), "{:?}", town.arrivals());
    town.telegram.heal();
    town.close(service).await;
}

#[tokio::test]
async fn an_operator_may_choose_a_second_ping_over_none() {
    let town = Town::of_strict_rates().await.with("NOTIFY_UNCERTAIN", "resend");
    let people = town.has_news_for(2, 1).await;
    town.telegram.fault_for(&people[0], "sendMessage", Fault::Drop, 1);
    town.telegram.fault_for(&people[1], "sendMessage", Fault::Swallow, 2);
    let service = town.serve().await;
    town.until("everything is out", ALL_OUT).await;
    assert_eq!(town.count("status = 'sent' AND repeats = 1").await, 1);
    assert_eq!(town.count("status = 'uncertain' AND repeats = 1").await, 1, "once, not for ever");
    assert_eq!(town.arrivals().values().copied().collect::<Vec<_>>(), [1, 2]);
    town.close(service).await;
}

#[tokio::test]
async fn a_wait_for_one_chat_holds_up_that_chat_alone_and_a_wait_for_all_holds_up_everybody() {
    let town = Town::of_strict_rates().await;
    let people = town.has_news_for(6, 1).await;
    let wait = Fault::TooManyRequests { retry_after: 2 };
    town.telegram.fault_for(&people[0], "sendMessage", wait.clone(), 1);
    let service = town.serve().await;
    town.until("the others have heard", "SELECT count(*) = 5 FROM outbox WHERE status = 'sent'")
        .await;
    assert_eq!(town.count("status = 'pending'").await, 1);
    people[0].sees_text("is ready").await;
    town.until("everything is out", ALL_OUT).await;
    let calls = town.telegram.calls_of("sendMessage");
    let theirs: Vec<_> = calls.iter().filter(|call| call.chat_id() == Some(1)).collect();
    assert_eq!(theirs.len(), 2, "asked to wait, and came back once");
    let waited = theirs[1].at - theirs[0].at;
    assert!(waited.num_milliseconds() >= 2000, "{waited}");
    assert!(waited.num_milliseconds() < 3500, "{waited}");

    town.telegram.fault("sendMessage", Fault::TooManyRequests { retry_after: 1 }, 6);
    town.rows
        .batch_execute("UPDATE outbox SET status = 'pending', next_try_at = now()")
        .await
        .unwrap();
    town.until("everything is out", ALL_OUT).await;
    assert_eq!(town.telegram.faults_left(), 0);
    assert_eq!((town.refusals(), town.count("status = 'sent'").await), (0, 6));
    town.close(service).await;
}

#[tokio::test]
async fn a_sender_that_is_killed_again_and_again_loses_nothing_and_repeats_nothing() {
    let kills = number("AISHA_SENDER_KILLS", 3);
    let town = Town::of_strict_rates().await;
    let people = town.has_news_for(i64::try_from(kills * 30).unwrap(), 1).await;
    let mut service = town.serve().await;
    for kill in 0..kills {
        let sent = town.telegram.calls_of("sendMessage").len();
        // In the opening burst, at its end, and among the steady ones.
        let many = [1, 4, 9, 13, 20][kill % 5];
        let more = |telegram: &Telegram| {
            (telegram.calls_of("sendMessage").len() >= sent + many).then_some(())
        };
        town.telegram.waits_for("a few more notices", more, PATIENCE).await;
        service.dies().await;
        service = town.serve().await;
    }
    town.until("everything is out", ALL_OUT).await;
    town.until("the unknown are told", ALL_TOLD).await;
    let arrivals = town.arrivals();
    assert!(arrivals.values().all(|count| *count == 1), "{arrivals:?}");
    let uncertain = town.count("status = 'uncertain'").await;
    let missing = people.len() - arrivals.len();
    assert!(i64::try_from(missing).unwrap() <= uncertain, "{missing} lost, {uncertain} uncertain");
    assert_eq!(town.count("status = 'dead'").await, 0);
    let all = i64::try_from(people.len()).unwrap();
    assert_eq!(town.count("status = 'sent'").await + uncertain, all);
    let most = 5 * i64::try_from(kills).unwrap();
    assert!(uncertain <= most, "{uncertain} in doubt after {kills} kills, even in opening bursts");
    eprintln!(
        "{kills} kills, lost 0, duplicates 0, {uncertain} uncertain, {missing} of them never arrived"
    );
    town.close(service).await;
}

#[tokio::test]
async fn two_instances_share_one_budget_and_one_of_them_has_both_leases() {
    const HOLDERS: &str = "SELECT count(DISTINCT owner) FROM leases
        WHERE resource LIKE 'telegram/%' AND owner IS NOT NULL";
    let town = Town::of_strict_rates().await.of_small_sets();
    let alone = Town::serve(&town).await;
    let mut environment = town.environment.clone();
    for name in ["AISHA_LISTEN", "AISHA_ADMIN_LISTEN"] {
        environment.insert(name.to_owned(), format!("127.0.0.1:{}", crate::town::free_port()));
    }
    let other = crate::town::Service::start(&environment);
    other.says("✅ ready").await;
    town.has_news_for(90, 1).await;
    town.until("everything is out", ALL_OUT).await;
    assert_eq!(town.row(HOLDERS, &[]).await.get::<_, i64>(0), 1, "one has both");
    assert_eq!(town.refusals(), 0);
    assert_eq!((town.arrivals().len(), town.count("status = 'sent'").await), (90, 90));
    other.stop().await;
    town.close(alone).await;
}

#[tokio::test]
async fn who_takes_the_updates_is_handed_the_outbox_too() {
    const TOGETHER: &str = "SELECT count(DISTINCT owner) = 1 AND count(owner) = 2 FROM leases
        WHERE resource LIKE 'telegram/%'";
    let town = Town::of_several().await;
    let trainer = town.joins("trainer", "trainer").await;
    town.until("it sends", "SELECT owner IS NOT NULL FROM leases WHERE resource = 'telegram/send'")
        .await;
    let everything = town.joins_where_fal_calls("everything", crate::town::EVERYTHING).await;
    town.until("both are one's", TOGETHER).await;
    trainer.service.stop().await;
    town.close_with(everything).await;
}

#[tokio::test]
async fn a_failure_that_turned_out_to_be_none_is_not_told() {
    let town = Town::of_strict_rates().await;
    town.has_news_for(1, 1).await;
    town.rows
        .batch_execute(
            "INSERT INTO outbox (user_id, avatar_id, kind)
             SELECT user_id, id, unnest(ARRAY['failed', 'result_delayed']) FROM avatars;",
        )
        .await
        .unwrap();
    let service = town.serve().await;
    town.until("everything is out", ALL_OUT).await;
    assert_eq!(town.count("status = 'dead' AND last_error LIKE '%ended otherwise%'").await, 2);
    assert_eq!(town.telegram.calls_of("sendMessage").len(), 1, "only that it is ready");
    town.close(service).await;
}

#[tokio::test]
async fn a_chat_that_moved_is_written_to_there_from_then_on() {
    let town = Town::of_strict_rates().await;
    town.has_news_for(1, 2).await;
    town.telegram.group(-5, "Friends");
    town.telegram.upgrades(-5, -1_000_000_000_005);
    town.rows.batch_execute("UPDATE users SET telegram_id = -5").await.unwrap();
    let service = town.serve().await;
    town.until("everything is out", ALL_OUT).await;
    let chats: Vec<_> =
        town.telegram.calls_of("sendMessage").iter().filter_map(Call::chat_id).collect();
    assert_eq!(chats, [-5, -1_000_000_000_005, -1_000_000_000_005]);
    town.close(service).await;
}

#[tokio::test]
async fn a_dead_letter_is_listed_counted_and_sent_by_an_operators_word() {
    let town = Town::of_strict_rates().await;
    let people = town.has_news_for(1, 1).await;
    let refusal = Fault::Refuse { code: 400, description: "Bad Request: strange".to_owned() };
    town.telegram.fault("sendMessage", refusal, 1);
    let service = town.serve().await;
    town.until("it is given up", "SELECT bool_and(status = 'dead') FROM outbox").await;
    let admin = format!("http://{}/metrics", town.environment["AISHA_ADMIN_LISTEN"]);
    let text = reqwest::get(admin).await.unwrap().text().await.unwrap();
    for line in ["aisha_notices_dead_total 1", "aisha_notices_failed_total{reason=\"refused\"} 1"] {
        assert!(text.contains(line), "no «{line}» in\n{text}");
    }
    let run = async |arguments: &[&str]| {
        let output = binary(&town.environment, arguments).output().await.unwrap();
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
    town.until("it is sent", "SELECT bool_and(status = 'sent') FROM outbox").await;
    let (code, answer) = run(&["notifications", "retry", &id, "--json"]).await;
    assert_eq!((code, answer["was"].as_str()), (Some(1), Some("sent")));
    assert_eq!(run(&["notifications", "retry", "999", "--json"]).await.0, Some(1));
    assert_eq!(run(&["notifications", "list", "--status", "odd"]).await.0, Some(2));
    town.close(service).await;
}

#[tokio::test]
async fn a_notice_of_another_process_is_sent_within_a_second_without_a_word_to_us() {
    let town = Town::of_strict_rates().await;
    let service = town.serve().await;
    let people = town.has_news_for(1, 1).await;
    let began = Instant::now();
    people[0].sees_text("is ready").await;
    let took = began.elapsed();
    assert!(took < Duration::from_millis(1500), "{took:?}");
    town.close(service).await;
}

#[tokio::test]
async fn people_who_ask_something_do_not_wait_behind_thousands_of_notices() {
    const QUICK: Duration = Duration::from_secs(1);
    let town = Town::of_strict_rates().await;
    town.has_news_for(1500, 2).await;
    let service = town.serve().await;
    let some = |telegram: &Telegram| (telegram.calls_of("sendMessage").len() > 40).then_some(());
    town.telegram.waits_for("the steady flow", some, PATIENCE).await;
    let curious: Vec<Person> =
        (0..12).map(|n| town.telegram.person(5000 + n, "Anna", "en")).collect();
    let mut times = Vec::new();
    for person in &curious {
        let asked = person.says("/start");
        let answered = |chat: &Chat| {
            let answer = chat.messages.iter().find(|message| message.from_bot)?;
            (answer.at - chat.message(asked)?.at).to_std().ok()
        };
        times.push(person.sees("an answer", answered, PATIENCE).await);
    }
    times.sort();
    assert!(times[6] < QUICK, "half of the answers took longer than {QUICK:?}: {times:?}");
    assert!(town.count("status = 'pending'").await > 1000, "a crowd still waits");
    assert_eq!(town.refusals(), 0);
    eprintln!("twelve answers while 3000 notices wait: {times:?}");
    service.stop().await;
}

#[tokio::test]
async fn a_notice_that_nobody_can_read_is_given_up_and_stops_nobody() {
    let town = Town::of_strict_rates().await;
    let people = town.has_news_for(3, 2).await;
    // Before all others: a kind of next year, contents that make no sense, and an end without end.
    town.rows
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
    let service = town.serve().await;
    town.until("everything is out", ALL_OUT).await;
    for person in &people {
        let arrived =
            |chat: &Chat| chat.from_bot().filter(|m| m.text.contains("is ready")).count() == 2;
        person.sees("both", |chat| arrived(chat).then_some(()), PATIENCE).await;
    }
    let given_up = "status = 'dead' AND last_error LIKE '%does not know the kind%'";
    assert_eq!(town.count(given_up).await, 3);
    assert_eq!(town.count("status NOT IN ('sent', 'dead')").await, 0);
    town.close(service).await;
}

#[tokio::test]
async fn a_sender_whose_ear_is_cut_off_is_a_second_late_at_most() {
    let town = Town::of_several().await;
    let everything = town.joins_where_fal_calls("only", crate::town::EVERYTHING).await;
    let people = town.has_news_for(1, 1).await;
    people[0].sees_text("is ready").await;
    for _ in 0..3 {
        let deaf = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE query LIKE 'LISTEN%' AND datname = current_database()";
        town.row(deaf, &[]).await;
        let (mark, began) = (people[0].mark(), Instant::now());
        town.rows
            .batch_execute("UPDATE outbox SET status = 'pending', next_try_at = now()")
            .await
            .unwrap();
        let again = |chat: &Chat| chat.since(mark).any(|message| message.from_bot).then_some(());
        people[0].sees("it again", again, PATIENCE).await;
        let took = began.elapsed();
        assert!(took < Duration::from_millis(1500), "{took:?}");
    }
    // Not with the books: they know of nobody who asks for a notice again.
    town.close(everything.service).await;
}
