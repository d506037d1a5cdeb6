//! The statement that starts a training, run by two instances at once.

use crate::postgres::{client, database};
use actors::access::{Access, Entry};
use actors::avatar::{AvatarId, InstanceId, TrainingType, UserId};
use actors::ports::{Avatars, Collection, Kind, Opened, Plan, Start, UpdateInbox};
use actors::process::Roles;
use actors::spending::{SpendingLimits, UNFINISHED_AVATARS, Usd};
use aisha::postgres::{Pool, StartRules, Store, StoreSettings, connect, operator, spending};
use futures_util::future::join_all;
use slog::{Discard, Logger, o};
use std::time::Duration;
use tokio_postgres::Client;
use uuid::Uuid;

const PRICE: Usd = Usd(2_400_000);

const DAY: Duration = Duration::from_hours(24);

/// Two instances on one database, each with its own connections.
struct Scenario {
    rows: Client,
    pools: [Pool; 2],
    stores: [Store; 2],
    rules: StartRules,
}

impl Scenario {
    async fn with(trainings: Option<u32>, usd: Option<Usd>, access: Access) -> Self {
        let (config, _) = database().await;
        let rules = StartRules {
            min_photos: 0,
            access,
            limits: SpendingLimits { trainings, pictures: None, usd },
            prices: None,
        };
        let pools = [(); 2].map(|()| connect(config.clone(), 10).unwrap());
        let stores = pools.clone().map(|pool| {
            let settings = StoreSettings {
                instance: InstanceId(Uuid::new_v4()),
                roles: Roles { api: true, bot: true, trainer: true },
                lease: Duration::from_secs(8),
                timeout: DAY,
                start: rules.clone(),
                max_photos: 20,
                understand: aisha::telegram::understand,
                kinds: vec![Kind::TRAINING],
                unnamed_trainers: aisha::fal::Catalogue::shipped().unwrap().unnamed(),
                variations: Vec::new(),
                gift: 0,
            };
            Store::new(pool, settings, Logger::root(Discard, o!()))
        });
        Self { rows: client(&config).await, pools, stores, rules }
    }

    /// A person with this many avatars that can be started.
    async fn person(&self, telegram_id: i64, avatars: i64) -> (UserId, Vec<AvatarId>) {
        let known = "INSERT INTO users (telegram_id) VALUES ($1) RETURNING id";
        let user: Uuid = self.rows.query_one(known, &[&telegram_id]).await.unwrap().get(0);
        let begun = "INSERT INTO avatars (user_id, status)
            SELECT $1, 'ready' FROM generate_series(1, $2::bigint) RETURNING id";
        let rows = self.rows.query(begun, &[&user, &avatars]).await.unwrap();
        let avatars = rows.iter().map(|row| AvatarId(row.get(0))).collect();
        (UserId(user), avatars)
    }

    async fn start(&self, instance: usize, user: UserId, avatar: AvatarId) -> Start {
        self.stores[instance % 2].start(user, avatar, &plan(), PRICE, None).await.unwrap()
    }

    async fn retry(&self, avatar: AvatarId) -> Start {
        operator::retry(&self.pools[0], avatar, &plan(), PRICE, &self.rules).await.unwrap()
    }

    async fn count(&self, what: &str) -> i64 {
        self.rows.query_one(&format!("SELECT count(*) FROM {what}"), &[]).await.unwrap().get(0)
    }

    async fn sets(&self, statement: &str) {
        self.rows.batch_execute(statement).await.unwrap();
    }
}

fn plan() -> Plan {
    Plan {
        endpoint: "fal-ai/flux-lora-portrait-trainer".to_owned(),
        trigger: "TOK".to_owned(),
        steps: 1000,
        learning_rate: None,
        webhook: None,
    }
}

/// Almost a day.
fn is_a_day(wait: Duration) -> bool {
    wait <= DAY && wait + Duration::from_mins(2) > DAY
}

#[tokio::test]
async fn of_twenty_people_who_start_at_once_as_many_start_as_there_is_money_for() {
    let scenario = Scenario::with(Some(3), Some(Usd(3 * PRICE.0)), Access::default()).await;
    let mut people = Vec::new();
    for id in 1..=20 {
        people.push(scenario.person(id, 1).await);
    }
    let start = |(n, (user, avatars)): (usize, &(UserId, Vec<AvatarId>))| {
        scenario.start(n, *user, avatars[0])
    };
    let answers = join_all(people.iter().enumerate().map(start)).await;
    let started = answers.iter().filter(|answer| **answer == Start::Started).count();
    assert_eq!(started, 3, "{answers:?}");
    for answer in answers.iter().filter(|answer| **answer != Start::Started) {
        let Start::SpendLimit { wait: Some(wait) } = answer else { panic!("{answer:?}") };
        assert!(is_a_day(*wait), "{wait:?}");
    }
    assert_eq!(scenario.count("spendings WHERE taken_back_at IS NULL").await, 3);
    assert_eq!(scenario.count("avatars WHERE status = 'training'").await, 3);
}

#[tokio::test]
async fn one_person_starts_three_of_ten_at_once_and_twenty_presses_book_one() {
    let scenario = Scenario::with(Some(3), None, Access::default()).await;
    let (user, avatars) = scenario.person(1, 10).await;
    let presses = avatars.iter().enumerate().map(|(n, avatar)| scenario.start(n, user, *avatar));
    let answers = join_all(presses).await;
    assert_eq!(
        answers.iter().filter(|answer| **answer == Start::Started).count(),
        3,
        "{answers:?}"
    );
    let waits = answers.iter().filter_map(|answer| {
        if let Start::PersonLimit { wait } = answer { Some(*wait) } else { None }
    });
    let waits: Vec<Duration> = waits.collect();
    assert!(waits.len() == 7 && waits.into_iter().all(is_a_day), "{answers:?}");

    let (other, avatars) = scenario.person(2, 1).await;
    let answers = join_all((0..20).map(|n| scenario.start(n, other, avatars[0]))).await;
    assert_eq!(answers.iter().filter(|answer| **answer == Start::Started).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer, Start::Started | Start::Running)));
    assert_eq!(scenario.count("spendings WHERE taken_back_at IS NULL").await, 4);
}

#[tokio::test]
async fn a_day_is_given_back_only_for_what_was_certainly_not_bought() {
    let scenario = Scenario::with(Some(1), None, Access::default()).await;
    let (user, avatars) = scenario.person(771_771, 2).await;
    let [first, second] = avatars[..] else { panic!() };
    let store = &scenario.stores[0];
    assert_eq!(scenario.start(0, user, first).await, Start::Started);
    store.cancel(user, first).await.unwrap();
    assert_eq!(
        scenario.count("spendings WHERE taken_back_at IS NULL").await,
        0,
        "nothing was sent to FAL"
    );
    assert_eq!(scenario.start(1, user, second).await, Start::Started);
    // Its submit is in flight: FAL may have it.
    scenario.sets("UPDATE avatars SET submit_sent_at = now() WHERE status = 'training'").await;
    store.cancel(user, second).await.unwrap();
    assert!(matches!(scenario.start(0, user, first).await, Start::PersonLimit { .. }));
    // Deleting, or coming back after everything was erased, gives nothing back.
    assert!(store.delete(user, second).await.unwrap());
    assert!(matches!(scenario.start(1, user, first).await, Start::PersonLimit { .. }));
    store.forget(user, 771_771).await.unwrap();
    let (user, avatars) = scenario.person(771_771, 1).await;
    assert!(matches!(scenario.start(0, user, avatars[0]).await, Start::PersonLimit { .. }));
    let (stranger, avatars) = scenario.person(2, 1).await;
    assert_eq!(scenario.start(0, stranger, avatars[0]).await, Start::Started);
    let named: bool = scenario
        .rows
        .query_one("SELECT bool_or(s::text LIKE '%771771%') FROM spendings s", &[])
        .await
        .unwrap()
        .get(0);
    assert!(!named, "no number of a person is kept");
}

#[tokio::test]
async fn a_day_is_twenty_four_hours_and_no_row_outlives_two() {
    let scenario = Scenario::with(Some(2), Some(Usd(10 * PRICE.0)), Access::default()).await;
    let (user, avatars) = scenario.person(1, 4).await;
    for avatar in &avatars[..2] {
        assert_eq!(scenario.start(0, user, *avatar).await, Start::Started);
    }
    // The older of the two decides.
    scenario
        .sets(
            "UPDATE spendings SET at = at - interval '5 hours'
               WHERE id = (SELECT min(id) FROM spendings)",
        )
        .await;
    let Start::PersonLimit { wait } = scenario.start(1, user, avatars[2]).await else { panic!() };
    let rest = Duration::from_hours(19);
    assert!(wait <= rest && wait + Duration::from_mins(2) > rest, "{wait:?}");
    scenario
        .sets(
            "UPDATE spendings SET at = at - interval '19 hours 1 second'
               WHERE id = (SELECT min(id) FROM spendings)",
        )
        .await;
    assert_eq!(scenario.start(1, user, avatars[2]).await, Start::Started);
    assert!(matches!(scenario.start(0, user, avatars[3]).await, Start::PersonLimit { .. }));

    scenario.stores[0].forget_old().await.unwrap();
    assert_eq!(scenario.count("spendings WHERE taken_back_at IS NULL").await, 3);
    scenario.sets("UPDATE spendings SET at = at - interval '24 hours'").await;
    scenario.stores[0].forget_old().await.unwrap();
    assert_eq!(scenario.count("spendings WHERE taken_back_at IS NULL").await, 2);
}

#[tokio::test]
async fn operators_are_limited_by_nothing_but_a_pause() {
    let access = Access::new(Entry::List, &[], &[9]);
    let scenario = Scenario::with(Some(1), Some(PRICE), access).await;
    let (boss, avatars) = scenario.person(9, 4).await;
    for avatar in &avatars[..3] {
        assert_eq!(scenario.start(0, boss, *avatar).await, Start::Started);
    }
    let (stranger, theirs) = scenario.person(1, 2).await;
    assert_eq!(scenario.start(0, stranger, theirs[0]).await, Start::NotAdmitted);
    let opened = scenario.stores[0].open(stranger, TrainingType::Style, "Mine").await.unwrap();
    assert_eq!(opened, Opened::NotAdmitted);
    // An operator can train again for anybody, and it counts against nobody's day.
    scenario.sets("UPDATE avatars SET status = 'error' WHERE status = 'ready'").await;
    assert_eq!(scenario.retry(theirs[0]).await, Start::Started);
    assert_eq!(scenario.count("spendings WHERE person IS NULL").await, 1);
    assert_eq!(scenario.count("spendings WHERE taken_back_at IS NULL").await, 4);

    spending::pause(&scenario.pools[0], Some("audit")).await.unwrap();
    assert_eq!(scenario.start(0, boss, avatars[3]).await, Start::Paused);
    assert_eq!(scenario.retry(theirs[1]).await, Start::Paused);
    assert!(spending::resume(&scenario.pools[1]).await.unwrap());
    assert!(!spending::resume(&scenario.pools[1]).await.unwrap());
    assert_eq!(scenario.retry(theirs[1]).await, Start::Started);
}

#[tokio::test]
async fn operators_hear_of_four_fifths_and_of_the_whole_once_a_day() {
    let access = Access::new(Entry::Open, &[], &[8, 9]);
    let scenario = Scenario::with(None, Some(Usd(5 * PRICE.0)), access).await;
    scenario.person(8, 0).await;
    scenario.person(9, 0).await;
    let (user, avatars) = scenario.person(1, 8).await;
    let told = async || {
        let near = scenario.count("outbox WHERE kind = 'spend_near'").await;
        (near, scenario.count("outbox WHERE kind = 'spend_reached'").await)
    };
    for avatar in &avatars[..3] {
        scenario.start(0, user, *avatar).await;
    }
    assert_eq!(told().await, (0, 0));
    scenario.start(0, user, avatars[3]).await;
    assert_eq!(told().await, (2, 0), "four of five");
    assert_eq!(scenario.start(1, user, avatars[4]).await, Start::Started);
    assert_eq!(told().await, (2, 2), "all of it");
    for (n, avatar) in avatars[5..].iter().enumerate() {
        assert!(matches!(scenario.start(n, user, *avatar).await, Start::SpendLimit { .. }));
    }
    assert_eq!(told().await, (2, 2), "not again");
    scenario.sets("UPDATE outbox SET once_key = once_key || '/yesterday'").await;
    scenario.start(0, user, avatars[5]).await;
    assert_eq!(told().await, (2, 4), "on another day");
}

#[tokio::test]
async fn what_is_dearer_than_a_day_never_starts_and_what_costs_nothing_always_does() {
    let scenario = Scenario::with(None, Some(Usd(1)), Access::default()).await;
    let (user, avatars) = scenario.person(1, 1).await;
    assert_eq!(scenario.start(0, user, avatars[0]).await, Start::SpendLimit { wait: None });
    let free = scenario.stores[0].start(user, avatars[0], &plan(), Usd(0), None).await.unwrap();
    assert_eq!(free, Start::Started);
}

#[tokio::test]
async fn drafts_that_are_opened_at_once_stay_within_their_bound() {
    let scenario = Scenario::with(None, None, Access::default()).await;
    let (user, _) = scenario.person(1, UNFINISHED_AVATARS - 1).await;
    let open = |n: usize| scenario.stores[n % 2].open(user, TrainingType::Style, "Another");
    // An empty draft is reused, so one call opens it and the others rename it.
    for opened in join_all((0..8).map(open)).await {
        assert!(matches!(opened.unwrap(), Opened::Draft(_)));
    }
    assert_eq!(scenario.count("avatars").await, UNFINISHED_AVATARS);
    scenario
        .sets(
            "INSERT INTO avatar_photos (avatar_id, object_key, sha256)
               SELECT id, 'photos/x', id::text FROM avatars WHERE status = 'draft'",
        )
        .await;
    assert_eq!(open(1).await.unwrap(), Opened::TooMany);
}
