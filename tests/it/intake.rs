//! The public listener under stress: bodies that the store refuses, callers who never finish, a
//! busy store. Honest calls are stored or told to come again, and neither delays the others.

use crate::world::{Crowd, EVERYTHING, Instance, World};
use chrono::Utc;
use futures_util::future::join_all;
use reqwest::{Client, StatusCode};
use serde_json::json;
use standins::fal::Webhooks;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A signed call from FAL about an unknown job.
async fn calls(world: &World, http: &Client, id: &str) -> StatusCode {
    let body = json!({ "request_id": id, "status": "OK", "payload": null }).to_string();
    let mut call = http.post(format!("http://127.0.0.1:{}/webhooks/fal", world.public));
    for (name, value) in world.fal.sign(body.as_bytes(), id, Utc::now().timestamp()) {
        call = call.header(name, value);
    }
    call.body(body).send().await.unwrap().status()
}

/// How many stored calls have an id with this prefix.
async fn stored(world: &World, prefix: &str) -> i64 {
    let count = "SELECT count(*) FROM webhook_inbox WHERE starts_with(request_id, $1)";
    world.row(count, &[&prefix]).await.get(0)
}

/// Refuses rows with a certain name, and counts every attempt to store a row, including those
/// rolled back.
const REFUSING: &str = "
    CREATE SEQUENCE world_tries;
    CREATE FUNCTION world_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM nextval('world_tries');
        IF NEW.request_id LIKE 'poison%' THEN
            RAISE EXCEPTION 'unsupported Unicode escape sequence' USING ERRCODE = '22P05';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER world_refuses BEFORE INSERT ON webhook_inbox
        FOR EACH ROW EXECUTE FUNCTION world_refuses();";

#[tokio::test]
async fn one_call_that_the_store_refuses_fails_alone_among_hundreds() {
    const CALLS: usize = 256;
    let world = World::of_several().await;
    let service = world.joins_where_fal_calls("only", EVERYTHING).await;
    world.rows.batch_execute(REFUSING).await.unwrap();
    // While the table is locked, the calls collect into one batch.
    world.rows.batch_execute("BEGIN; LOCK TABLE webhook_inbox IN EXCLUSIVE MODE").await.unwrap();
    // Hang up after each answer, so that what the service holds at the end is its own.
    let http = Client::builder().pool_max_idle_per_host(0).build().unwrap();
    let named = |n: usize| if n == CALLS / 2 { "poison".to_owned() } else { format!("good-{n}") };
    let all = join_all((0..CALLS).map(|n| {
        let (world, http) = (&world, &http);
        async move { (n, calls(world, http, &named(n)).await) }
    }));
    let opened = async {
        // A forged one is judged after everything that came before it.
        let url = format!("http://127.0.0.1:{}/webhooks/fal", world.public);
        for _ in 0..8 {
            let signed = world.fal.sign(b"another body", "forged", Utc::now().timestamp());
            let forged = signed
                .into_iter()
                .fold(http.post(&url), |request, (name, value)| request.header(name, value));
            assert_eq!(forged.body("{}").send().await.unwrap().status(), 401);
        }
        world.rows.batch_execute("COMMIT").await.unwrap();
    };
    let (answers, ()) = tokio::join!(all, opened);
    for (n, status) in answers {
        let expected = if n == CALLS / 2 { 400 } else { 200 };
        assert_eq!(status, expected, "call {n}");
    }
    assert_eq!(stored(&world, "good").await, i64::try_from(CALLS - 1).unwrap());
    let tries: i64 = world.row("SELECT last_value FROM world_tries", &[]).await.get(0);
    assert!(tries > i64::try_from(CALLS).unwrap(), "it was alone, not among others: {tries} tries");
    drop(http); // Its connections are no part of what the service holds.
    world.close_with(service).await;
}

/// How callers fail to finish. The fifth and later ones look as if FAL called.
const UNFINISHED: [&str; 6] = [
    "",
    "POST /webhooks/fal HTTP/1.1\r\nHost: a",
    "POST /webhooks/fal HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n{",
    "POST /webhooks/fal HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{",
    "POST /webhooks/fal HTTP/1.1\r\nHost: a\r\n{FAL}Content-Length: 9999\r\n\r\n{",
    "POST /webhooks/fal HTTP/1.1\r\nHost: a\r\n{FAL}Transfer-Encoding: chunked\r\n\r\n1\r\n{",
];

/// Headers as FAL would send them now, apart from what depends on the body.
fn looks_like_fal(world: &World) -> String {
    let signed = world.fal.sign(b"another body", "slow", Utc::now().timestamp());
    let lines: Vec<String> =
        signed.into_iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    lines.concat()
}

/// Of each kind.
const CALLERS: usize = 150;

/// A head must arrive within 5 s, a body within 10, so by then all are gone.
const GONE: Duration = Duration::from_secs(13);

#[tokio::test]
async fn callers_who_never_finish_neither_delay_the_others_nor_stay() {
    let world = World::of_several().await;
    let service = world.joins_where_fal_calls("only", EVERYTHING).await;
    let before = service.service.usage();
    let mut callers = Vec::new();
    let fal = looks_like_fal(&world);
    for words in UNFINISHED.map(|words| words.replace("{FAL}", &fal)) {
        for _ in 0..CALLERS {
            let mut caller = TcpStream::connect(("127.0.0.1", world.public)).await.unwrap();
            caller.write_all(words.as_bytes()).await.unwrap();
            callers.push(caller);
        }
    }
    let stranger = endless(world.public, "").await;
    assert!(stranger.starts_with("HTTP/1.1 401"), "before the body is read: {stranger}");
    let endless = endless(world.public, &fal).await;
    let began = Instant::now();
    let http = Client::new();
    let mut slowest = Duration::ZERO;
    for n in 0..100 {
        let asked = Instant::now();
        assert_eq!(calls(&world, &http, &format!("honest-{n}")).await, 200);
        slowest = slowest.max(asked.elapsed());
    }
    assert!(slowest < Duration::from_secs(1), "an honest call took {slowest:?}");
    assert!(endless.starts_with("HTTP/1.1 413"), "{endless}");
    let broken = broken(world.public, &fal).await;
    assert!(broken.starts_with("HTTP/1.1 400"), "{broken}");
    let gone = join_all(callers.iter_mut().enumerate().map(|(n, caller)| async move {
        let mut answer = Vec::new();
        // An end or a reset: both mean that the service closed the connection.
        let end = tokio::time::timeout(GONE, caller.read_to_end(&mut answer)).await;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(end.is_ok(), "still there: {:?}, told {answer:?}", UNFINISHED[n / CALLERS]);
        answer
    }));
    let answers = gone.await;
    for (kind, status) in [(2, 401), (3, 401), (5, 408)] {
        let answer = &answers[kind * CALLERS];
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{kind}: {answer}");
    }
    // Of a stranger's call nothing is said but that nobody signed it.
    let expected =
        [("body", 1), ("signature", 2 * CALLERS + 1), ("size", 1), ("slow", 2 * CALLERS)];
    assert_eq!(rejected(&service).await, expected.map(|(why, n)| format!("{why} {n}")));
    let after = service.service.usage();
    let grown = after.resident.saturating_sub(before.resident);
    assert!(grown < 48 << 20, "{CALLERS} × 6 callers cost {grown} bytes");
    assert!(after.files <= before.files + 8, "{before:?}, {after:?}");
    eprintln!(
        "{} callers who never finish: slowest honest call {slowest:?}, {} KiB more resident, all \
         gone after {:?}",
        callers.len(),
        grown >> 10,
        began.elapsed()
    );
    world.close_with(service).await;
}

/// How many calls were rejected for which reason.
async fn rejected(instance: &Instance) -> Vec<String> {
    let url = format!("http://127.0.0.1:{}/metrics", instance.admin);
    let text = reqwest::get(url).await.unwrap().text().await.unwrap();
    let count = |line: &str| {
        let labelled = line.strip_prefix("aisha_webhook_rejected_total{reason=\"")?;
        Some(labelled.replace("\"}", ""))
    };
    let mut counts: Vec<String> = text.lines().filter_map(count).collect();
    counts.sort_unstable();
    counts
}

/// Begins a body in chunks.
async fn begins_chunks(port: u16, headers: &str) -> TcpStream {
    let mut caller = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let head = format!(
        "POST /webhooks/fal HTTP/1.1\r\nHost: a\r\n{headers}Transfer-Encoding: chunked\r\n\r\n"
    );
    caller.write_all(head.as_bytes()).await.unwrap();
    caller
}

/// A body whose second chunk has no length; what it is answered.
async fn broken(port: u16, headers: &str) -> String {
    let mut caller = begins_chunks(port, headers).await;
    caller.write_all(b"1\r\n{\r\nno length\r\n").await.unwrap();
    let mut answer = [0; 12];
    caller.read_exact(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// A body without an end; what it is answered.
async fn endless(port: u16, headers: &str) -> String {
    let caller = begins_chunks(port, headers).await;
    let chunk = format!("10000\r\n{}\r\n", "a".repeat(1 << 16));
    let (mut reads, mut writes) = caller.into_split();
    let pouring = async { while writes.write_all(chunk.as_bytes()).await.is_ok() {} };
    let mut answer = [0; 12];
    tokio::select! {
        read = reads.read_exact(&mut answer) => drop(read),
        () = pouring => {}
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn while_every_connection_is_busy_calls_are_told_to_come_again_and_nothing_is_lost() {
    let world = World::of_several().await.with("DB_POOL_SIZE", "2");
    world.fal.set(|settings| {
        settings.training = Duration::from_secs(2);
        settings.webhooks = Webhooks::Repeated(3);
    });
    let service = world.joins_where_fal_calls("only", EVERYTHING).await;
    let crowd = Crowd::gathers(&world, 6).await;
    crowd.starts().await;
    let saved = "SELECT bool_and(fal_request_id IS NOT NULL) FROM avatars";
    world.until("FAL's ids are saved", saved).await;

    // From now on every writer about a training waits and holds its connection.
    world.rows.batch_execute("BEGIN; LOCK TABLE avatars IN EXCLUSIVE MODE").await.unwrap();
    let busy = "SELECT count(*) >= 2 FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    world.until("every connection waits", busy).await;
    let http = Client::new();
    let asked = Instant::now();
    let storm = join_all((0..200).map(|n| {
        let (world, http) = (&world, &http);
        async move { (n, calls(world, http, &format!("storm-{n}")).await) }
    }));
    let answers = storm.await;
    let waited = asked.elapsed();
    assert!(waited < Duration::from_secs(14), "FAL hangs up after 15 s, we took {waited:?}");
    world.rows.batch_execute("COMMIT").await.unwrap();
    let back = Instant::now();

    let told: Vec<String> = answers
        .iter()
        .map(|(n, status)| {
            assert!([200, 503].contains(&status.as_u16()), "call {n}: {status}");
            (n, status)
        })
        .filter(|(_, status)| status.is_success())
        .map(|(n, _)| format!("storm-{n}"))
        .collect();
    let kept = "SELECT count(*) FROM webhook_inbox WHERE request_id = ANY ($1)";
    let kept: i64 = world.row(kept, &[&told]).await.get(0);
    assert_eq!(kept, i64::try_from(told.len()).unwrap(), "200 means stored");
    for (n, status) in answers.iter().filter(|(_, status)| !status.is_success()) {
        let again = calls(&world, &http, &format!("storm-{n}")).await;
        assert_eq!(again, 200, "call {n} was told {status} and came again");
    }
    assert_eq!(stored(&world, "storm").await, 200);
    crowd.all_hear_once().await;
    unharmed(&service).await;
    eprintln!(
        "all connections busy: {} of 200 calls told to come again within {waited:?}; all notices \
         {:?} after it was over",
        200 - told.len(),
        back.elapsed()
    );
    world.close_with_but_for(service, &["cannot be"]).await;
}

/// The same process as before, and nothing in it has crashed.
async fn unharmed(instance: &Instance) {
    assert_eq!(instance.restarts().await, 0, "{}", instance.service.log());
}
