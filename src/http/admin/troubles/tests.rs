//! Facts and the verdicts on them.

use super::*;
use crate::postgres::overview::{OtherJob, Pictures, Stage, Stopped};
use crate::postgres::spending::Spending;
use crate::providers::{Condition, Webhooks};
use actors::spending::{SpendingLimits, Usd};
use actors::supervisor::Node;
use actors::timing::{Fallback, Policy};
use std::time::Duration;

fn at(seconds: i64) -> At {
    At::from_timestamp(1_000_000 + seconds, 0).unwrap()
}

/// All is well at second 10,000.
fn well() -> Facts {
    let mut tree = Node::running("RootSupervisor", "RootSupervisor");
    tree.children = vec![Node::running("BotActor", "BotActor")];
    let counts = Counts { now: at(10_000), ..Counts::default() };
    Facts {
        at: at(10_000),
        rows: Some(Overview {
            pictures: Pictures::default(),
            counts,
            kinds: Vec::new(),
            stages: Vec::new(),
            trainings: Vec::new(),
            in_flight: 0,
            overdue: 0,
            jobs: Vec::new(),
            dead: Vec::new(),
            stopped: Vec::new(),
            instances: Vec::new(),
            spending: Spending::default(),
            took: Duration::ZERO,
        }),
        rows_away: None,
        pool: 0,
        tree: Some(tree),
        fal: Condition::default(),
        breaker_open: false,
        telegram: Condition::default(),
        polling: Some(PollHealth::Ok),
        store: Condition::default(),
        platform: None,
        webhooks: Webhooks::default(),
        keys_age: None,
        policy: Policy {
            first_check: Duration::ZERO,
            interval: Duration::ZERO,
            timeout: Duration::ZERO,
            completeness: Duration::ZERO,
            doubt: Duration::ZERO,
            unbought: Duration::ZERO,
            fallback: Fallback::Honest,
        },
        spending: SpendingLimits {
            trainings: Some(3),
            pictures: Some(100),
            usd: Some(Usd(100_000_000)),
        },
    }
}

fn of(change: impl FnOnce(&mut Facts)) -> Vec<(What, Option<At>)> {
    let mut facts = well();
    change(&mut facts);
    troubles(&facts).into_iter().map(|trouble| (trouble.what, trouble.since)).collect()
}

fn of_counts(change: impl FnOnce(&mut Counts)) -> Vec<(What, Option<At>)> {
    of(|facts| change(&mut facts.rows.as_mut().unwrap().counts))
}

/// Something is wrong with the jobs of one kind.
fn of_kind(change: impl FnOnce(&mut OfKind)) -> Vec<(What, Option<At>)> {
    let mut kind = OfKind { kind: "generation".to_owned(), ..OfKind::default() };
    change(&mut kind);
    of(|facts| facts.rows.as_mut().unwrap().kinds = vec![OfKind::default(), kind])
}

#[test]
fn nothing_is_wrong_when_all_is_well() {
    assert_eq!(of(|_| {}), []);
}

#[test]
fn what_waits_is_no_trouble_until_it_waits_too_long() {
    let waits = |seconds| {
        of_counts(|counts| (counts.pending, counts.pending_since) = (2, Some(at(seconds))))
    };
    assert_eq!(waits(10_000 - 299), []);
    assert_eq!(waits(9_700), [(What::OutboxLate { count: 2 }, Some(at(9_700)))]);
    let waits = |seconds| {
        of_counts(|counts| (counts.updates, counts.updates_since) = (1, Some(at(seconds))))
    };
    assert_eq!(waits(9_941), []);
    assert_eq!(waits(9_940), [(What::UpdatesLate { count: 1 }, Some(at(9_940)))]);
    let waits =
        |seconds| of_kind(|kind| (kind.unheard, kind.unheard_since) = (3, Some(at(seconds))));
    assert_eq!(waits(9_701), []);
    assert_eq!(waits(9_700), [(What::WebhooksLate { count: 3 }, Some(at(9_700)))]);
}

fn stopped(reason: &str, count: i64, since: i64) -> Stopped {
    Stopped { reason: reason.to_owned(), count, since: Some(at(since)) }
}

#[test]
fn what_is_spent_is_trouble_from_four_fifths_of_the_limit_on() {
    let spent = |usd| of(|facts| facts.rows.as_mut().unwrap().spending.usd = Usd(usd));
    assert_eq!(spent(79_999_999), []);
    let near = What::SpendNear { usd: Usd(80_000_000), limit: Usd(100_000_000) };
    assert_eq!(spent(80_000_000), [(near, None)]);
    let reached = What::SpendReached { usd: Usd(100_000_000), limit: Usd(100_000_000) };
    assert_eq!(spent(100_000_000), [(reached, None)]);
    let unlimited = of(|facts| {
        facts.rows.as_mut().unwrap().spending.usd = Usd(900_000_000);
        facts.spending.usd = None;
    });
    assert_eq!(unlimited, []);
}

#[test]
fn a_pause_is_told_since_when_and_why() {
    let paused = of(|facts| {
        let spending = &mut facts.rows.as_mut().unwrap().spending;
        (spending.paused_at, spending.pause_reason) = (Some(at(50)), Some("audit".to_owned()));
    });
    assert_eq!(paused, [(What::Paused { why: Some("audit".to_owned()) }, Some(at(50)))]);
}

#[test]
fn a_dead_letter_that_can_be_mended_is_trouble_at_once_and_others_are_none() {
    let found = |stopped| of(|facts| facts.rows.as_mut().unwrap().stopped = stopped);
    let mendable = vec![stopped("refused", 1, 9_999), stopped("unconfirmed", 2, 9_000)];
    assert_eq!(found(mendable), [(What::Dead { count: 3 }, Some(at(9_000)))]);
    let others = ["blocked", "superseded", "dismissed"].map(|reason| stopped(reason, 7, 1));
    assert_eq!(found(others.into()), []);
}

#[test]
fn what_took_the_process_with_it_is_trouble_at_once() {
    let parked = of_kind(|kind| kind.parked = 2);
    assert_eq!(parked, [(What::Killers { count: 2 }, None)]);
    let given_up = of_counts(|counts| (counts.given_up, counts.given_up_since) = (1, Some(at(5))));
    assert_eq!(given_up, [(What::GivenUp { count: 1 }, Some(at(5)))]);
}

#[test]
fn nobody_who_watches_or_hears_is_worse_than_a_late_notice() {
    let found = of(|facts| {
        let rows = facts.rows.as_mut().unwrap();
        (rows.counts.pending, rows.counts.pending_since) = (9, Some(at(0)));
        (rows.counts.deaf, rows.counts.mute) = (true, true);
        let unwatched = |many| OfKind { unwatched: many, ..OfKind::default() };
        rows.kinds = vec![unwatched(3), unwatched(1)];
    });
    let whats: Vec<What> = found.into_iter().map(|(what, _)| what).collect();
    let expected =
        [What::Unwatched { count: 4 }, What::Deaf, What::Mute, What::OutboxLate { count: 9 }];
    assert_eq!(whats, expected);
}

#[test]
fn weights_that_are_not_held_are_trouble_after_a_quarter_of_an_hour() {
    let stage = |word: &str, seconds| Stage {
        kind: "training".to_owned(),
        word: word.to_owned(),
        count: 2,
        finished_since: Some(at(seconds)),
    };
    let with = |stages| of(|facts| facts.rows.as_mut().unwrap().stages = stages);
    assert_eq!(with(vec![stage("fetching", 9_101), stage("auditing", 0)]), []);
    let both = with(vec![stage("fetching", 9_100), stage("provisional", 50)]);
    assert_eq!(both, [(What::ResultMissing { count: 4 }, Some(at(50)))]);
}

#[test]
fn fal_is_away_when_its_breaker_is_open_or_it_stays_silent() {
    let away = |since, open| {
        of(|facts| {
            facts.fal.failing = Some((at(since), "timed out".to_owned()));
            facts.breaker_open = open;
        })
    };
    assert_eq!(away(9_995, false), []);
    let what = What::FalAway { why: "timed out".to_owned() };
    assert_eq!(away(9_995, true), [(what.clone(), Some(at(9_995)))]);
    assert_eq!(away(9_990, false), [(what, Some(at(9_990)))]);
}

#[test]
fn telegram_is_told_by_the_polling_where_there_is_one() {
    let why = || "no".to_owned();
    let polling = |health| of(|facts| facts.polling = health);
    assert_eq!(polling(Some(PollHealth::NotMine)), []);
    assert_eq!(polling(Some(PollHealth::Unreachable { since: at(9_999), why: why() })), []);
    assert_eq!(
        polling(Some(PollHealth::Unreachable { since: at(1), why: why() })),
        [(What::TelegramAway { why: why() }, Some(at(1)))]
    );
    assert_eq!(
        polling(Some(PollHealth::BadToken { why: why() })),
        [(What::BadToken { why: why() }, None)]
    );
    let sends = of(|facts| {
        facts.polling = None;
        facts.telegram.failing = Some((at(7), why()));
    });
    assert_eq!(sends, [(What::TelegramAway { why: why() }, Some(at(7)))]);
}

#[test]
fn rows_that_cannot_be_read_are_the_worst_and_old_ones_say_nothing() {
    let found = of(|facts| {
        facts.rows.as_mut().unwrap().stopped = vec![stopped("refused", 5, 1)];
        facts.rows_away = Some((at(9_000), "gone".to_owned()));
        facts.tree.as_mut().unwrap().children[0].state = NodeState::Silent;
        facts.webhooks.keyless_since = Some(at(3));
    });
    let expected = [
        (What::RowsAway { why: "gone".to_owned() }, Some(at(9_000))),
        (What::ActorDown { name: "BotActor".to_owned() }, None),
        (What::KeysAway, Some(at(3))),
    ];
    assert_eq!(found, expected);
}

#[test]
fn parked_and_overdue_trainings_are_counted() {
    let found = of(|facts| {
        let mut training = Node::running("avt_1", "TrainingActor");
        training.state = NodeState::Parked;
        facts.tree.as_mut().unwrap().children[0].children = vec![training];
        facts.rows.as_mut().unwrap().overdue = 3;
    });
    let expected = [(What::Overdue { count: 3 }, None), (What::Parked { count: 1 }, None)];
    assert_eq!(found, expected);
    assert_eq!(of(|facts| facts.tree = None), [(What::TreeSilent, None)]);
}

#[test]
fn doubts_and_doubles_are_told_at_once_and_a_closed_history_beside_them() {
    let found = of(|facts| {
        facts.platform = Some((at(5), "HTTP 403: no".to_owned()));
        let rows = facts.rows.as_mut().unwrap();
        (rows.counts.orphans, rows.counts.orphans_since) = (1, Some(at(7)));
        let doubts_since = Some(at(6));
        rows.kinds = vec![OfKind { doubts: 2, doubts_since, ..OfKind::default() }];
    });
    let expected = [
        (What::BoughtTwice { count: 1 }, Some(at(7))),
        (What::SubmitUnknown { count: 2 }, Some(at(6))),
        (What::PlatformRefused { why: "HTTP 403: no".to_owned() }, Some(at(5))),
    ];
    assert_eq!(found, expected);
}

#[test]
fn jobs_of_every_kind_that_take_too_long_are_counted_together() {
    let job = |kind: &str, started, late, overdue| OtherJob {
        id: uuid::Uuid::nil(),
        kind: kind.to_owned(),
        stage: "working".to_owned(),
        queue_position: None,
        started_at: at(started),
        looked_at: None,
        typical: None,
        said: None,
        watcher: None,
        late,
        total: 9,
        overdue,
    };
    let found = of(|facts| {
        let rows = facts.rows.as_mut().unwrap();
        let first = job("generation", 10, false, 2);
        rows.jobs = vec![first, job("generation", 20, true, 2), job("voice", 30, true, 1)];
    });
    assert_eq!(found, [(What::Overdue { count: 3 }, Some(at(20)))]);
}
