//! Something the service depends on goes away for a while: the database, the network to it, FAL.

use crate::postgres;
use crate::world::{Cluster, Crowd, EVERYTHING, Instance, PATIENCE, Road, World};
use serde_json::{Value, json};
use standins::fal::{Fault, Kind, Ledger, Webhooks};
use std::time::{Duration, Instant};

/// `LEASE_SECONDS` of these worlds.
const LEASE: Duration = Duration::from_secs(2);

/// How long things stay away: several leases, and longer than any single timeout of the service.
const OUTAGE: Duration = Duration::from_secs(10);

/// Logged for everything that has to wait for the database.
const WAITS: &[&str] = &["cannot be"];

/// Sends a signed webhook of FAL for an unknown job; returns the answer's status.
async fn webhook(world: &World) -> u16 {
    let body = json!({ "request_id": "unknown", "status": "OK", "payload": null }).to_string();
    let mut request =
        reqwest::Client::new().post(format!("http://127.0.0.1:{}/webhooks/fal", world.public));
    for (name, value) in world.fal.sign(body.as_bytes(), "unknown", chrono::Utc::now().timestamp())
    {
        request = request.header(name, value);
    }
    request.body(body).send().await.unwrap().status().as_u16()
}

/// Why the service is not ready.
async fn reasons(world: &World) -> String {
    let url = format!("http://127.0.0.1:{}/ready", world.public);
    let answer: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    assert_eq!(answer["ready"], false);
    answer["reasons"].to_string()
}

/// Waits until FAL's id of every training is saved.
async fn until_watched(world: &World) {
    let saved =
        "SELECT bool_and(fal_request_id IS NOT NULL) FROM avatars WHERE status = 'training'";
    world.until("FAL's ids are saved", saved).await;
}

/// Waits for a new poll of a training after this moment; returns when it came.
async fn polled_after(world: &World, moment: Instant) -> Instant {
    let newer = |ledger: &Ledger| {
        let polls = ledger.jobs.iter().flat_map(|job| &job.polls);
        polls.map(|poll| poll.at).find(|at| *at > moment)
    };
    world.fal.until("a poll", newer, PATIENCE).await
}

/// The same process as before, and nothing in it has crashed.
async fn unharmed(instance: &Instance) {
    assert_eq!(instance.restarts().await, 0, "{}", instance.service.log());
}

#[tokio::test]
async fn a_database_that_crashes_is_waited_for() {
    let cluster = Cluster::new().await;
    let mut world = World::on(&cluster.config(), Cluster::url_by(&[cluster.port]))
        .await
        .of_small_sets()
        .audited()
        .await;
    world.fal.set(|settings| settings.training = Duration::from_secs(3));
    let service = world.joins_where_fal_calls("only", EVERYTHING).await;
    let crowd = Crowd::gathers(&world, 4).await;
    crowd.starts().await;
    until_watched(&world).await;

    cluster.crashes().await;
    let away = Instant::now();
    assert_eq!(webhook(&world).await, 503, "not stored is not 200");
    assert_eq!(reasons(&world).await, r#"["the database is out of reach"]"#);
    let (person, avatar) = &crowd.people[0];
    let press = person.presses(&format!("refresh_training_{avatar}"));
    let refused = |ledger: &Ledger| {
        let refused = |d: &standins::fal::Delivery| d.status == Some(503);
        ledger.jobs.iter().all(|job| job.deliveries.iter().any(refused)).then_some(())
    };
    world.fal.until("all trainings ended, all webhooks refused", refused, PATIENCE).await;
    tokio::time::sleep(OUTAGE.saturating_sub(away.elapsed())).await; // The outage itself.

    cluster.starts().await;
    let back = Instant::now();
    world.rows = postgres::client(&cluster.config()).await;
    crowd.all_hear_once().await;
    eprintln!("database away {OUTAGE:?}; all notices {:?} after it was back", back.elapsed());
    person.sees_answer(&press).await;
    assert_eq!(webhook(&world).await, 200);
    assert_eq!(world.fal.ledger().jobs.len(), 4, "bought once");
    unharmed(&service).await;
    world.close_with_but_for(service, WAITS).await;
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_neither_repeated_nor_forgotten() {
    let cluster = Cluster::new().await;
    let road = Road::to(cluster.port).await;
    let world = World::on(&cluster.config(), Cluster::url_by(&[road.port]))
        .await
        .of_small_sets()
        .audited()
        .await;
    let service = world.joins_where_fal_calls("only", EVERYTHING).await;
    let losing = [
        "updates_store",
        "update_handled",
        "photo_add",
        "training_start",
        "change_submit_intended",
        "change_accepted",
        "inbox_record",
        "change_finished",
        "settle",
        "outbox_claim",
        "outbox_sent",
        "leases_renew",
        "update_begin",
    ];
    for name in losing {
        let query = aisha::postgres::QUERIES.iter().find(|query| query.name == name);
        road.loses_the_answer_to(query.expect(name).text);
    }
    let crowd = Crowd::gathers(&world, 2).await;
    crowd.starts().await;
    crowd.all_hear_once().await;
    world.until("both are recorded", "SELECT bool_and(status = 'sent') FROM outbox").await;
    assert_eq!(road.lost(), (losing.len(), Vec::new()), "every answer was lost once");
    assert_eq!(world.fal.ledger().jobs.len(), 2, "bought once");
    let ends = "SELECT count(*) FROM training_events WHERE kind = 'transition'";
    assert_eq!(world.row(ends, &[]).await.get::<_, i64>(0), 2, "ended once");
    unharmed(&service).await;
    world.close_with_but_for(service, WAITS).await;
}

#[tokio::test]
async fn whoever_is_cut_off_from_the_database_stops_asking_fal() {
    let cluster = Cluster::new().await;
    let road = Road::to(cluster.port).await;
    let world = World::on(&cluster.config(), Cluster::url_by(&[road.port]))
        .await
        .of_small_sets()
        .audited()
        .await;
    world.fal.set(|settings| {
        settings.training = Duration::from_mins(5);
        settings.webhooks = Webhooks::Lost;
    });
    let service = world.joins_where_fal_calls("only", EVERYTHING).await;
    let crowd = Crowd::gathers(&world, 4).await;
    crowd.starts().await;
    until_watched(&world).await;
    polled_after(&world, Instant::now()).await;

    road.goes_mute();
    let cut = Instant::now();
    tokio::time::sleep(LEASE * 3).await; // Long enough for a poll of each training, twice.
    let polls = |ledger: &Ledger| {
        let polls = ledger.jobs.iter().flat_map(|job| &job.polls);
        polls.map(|poll| poll.at.saturating_duration_since(cut)).max().unwrap_or_default()
    };
    let last = polls(&world.fal.ledger());
    assert!(last <= LEASE, "asked {last:?} after it was cut off");

    road.opens();
    let opened = Instant::now();
    let first = polled_after(&world, opened).await - opened;
    eprintln!("cut off: last poll after {last:?} of a lease of {LEASE:?}; back after {first:?}");
    for job in world.fal.ledger().jobs {
        world.fal.hurry(&job.request_id);
    }
    crowd.all_hear_once().await;
    unharmed(&service).await;
    world.close_with_but_for(service, WAITS).await;
}

#[tokio::test]
async fn a_promoted_standby_takes_over_and_nothing_is_lost() {
    let primary = Cluster::new().await;
    let standby = Cluster::standby_of(&primary).await;
    let url = Cluster::url_by(&[primary.port, standby.port]) + "&target_session_attrs=read-write";
    let mut world = World::on(&primary.config(), url).await.of_small_sets().audited().await;
    world.fal.set(|settings| settings.training = Duration::from_secs(3));
    let service = world.joins_where_fal_calls("only", EVERYTHING).await;
    let crowd = Crowd::gathers(&world, 4).await;
    crowd.starts().await;
    until_watched(&world).await;

    primary.crashes().await;
    assert_eq!(webhook(&world).await, 503, "a standby takes no writes");
    standby.is_promoted().await;
    let promoted = Instant::now();
    world.rows = postgres::client(&standby.config()).await;
    crowd.all_hear_once().await;
    eprintln!("fail-over: all notices {:?} after the promotion", promoted.elapsed());
    assert_eq!(webhook(&world).await, 200);
    assert_eq!(world.fal.ledger().jobs.len(), 4, "bought once");
    unharmed(&service).await;
    world.close_with_but_for(service, WAITS).await;
}

#[tokio::test]
async fn while_fal_is_away_nothing_fails() {
    let mut world = World::of_several().await;
    let port = url::Url::parse(world.fal.url()).unwrap().port().unwrap();
    let road = Road::to(port).await;
    for name in ["FAL_QUEUE_URL", "FAL_REST_URL"] {
        world = world.with(name, &format!("http://127.0.0.1:{}", road.port));
    }
    world.fal.set(|settings| {
        settings.training = Duration::from_secs(2);
        settings.webhooks = Webhooks::Lost;
    });
    let service = world.joins_where_fal_calls("only", EVERYTHING).await;
    let crowd = Crowd::gathers(&world, 4).await;
    let late = Crowd::gathers_from(&world, 10..12).await;
    crowd.starts().await;
    until_watched(&world).await;

    road.closes();
    let away = Instant::now();
    late.starts().await;
    let noted = "SELECT count(DISTINCT avatar_id) = 6 FROM training_events
        WHERE kind = 'unreachable'";
    world.until("everybody has noticed", noted).await;
    tokio::time::sleep(Duration::from_secs(4).saturating_sub(away.elapsed())).await;
    for kind in [Kind::Status, Kind::Result] {
        world.fal.fault_times(kind, Fault::Nginx(503), 2);
    }
    road.opens();
    let back = Instant::now();
    crowd.all_hear_once().await;
    late.all_hear_once().await;
    eprintln!("FAL away {:?}; all ready {:?} after it was back", back - away, back.elapsed());
    assert_eq!(world.fal.ledger().jobs.len(), 6, "bought once");
    unharmed(&service).await;
    world.close_with(service).await;
}

#[tokio::test]
async fn a_pool_that_is_full_is_not_called_a_database_that_is_away() {
    let (config, _) = crate::postgres::database().await;
    let other = crate::postgres::client(&config).await;
    other.batch_execute("BEGIN; LOCK TABLE avatars").await.unwrap();
    let pool = aisha::postgres::connect(config, 1).unwrap();
    let filter = aisha::postgres::histories::Filter::default();
    let hung = aisha::postgres::histories::list(&pool, filter);
    let asked = async {
        let waits = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))";
        while !other.query_one(waits, &[]).await.unwrap().get::<_, bool>(0) {
            tokio::task::yield_now().await;
        }
        let refused = aisha::postgres::ping(&pool).await.unwrap_err();
        other.batch_execute("COMMIT").await.unwrap();
        refused
    };
    let (hung, refused) = tokio::join!(hung, asked);
    assert!(refused.to_string().contains("raise DB_POOL_SIZE"), "{refused}");
    assert!(hung.is_ok(), "{hung:?}");
    aisha::postgres::ping(&pool).await.unwrap();
}
