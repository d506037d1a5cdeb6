//! Telegram is away for an hour, in virtual time: no notice is lost, doubled or late for long.

use crate::world::Model;
use crate::world::fal::{Fal, Outcome};
use crate::world::ports::{self, LEASE};

use crate::world::store::{Fate, OutboxRow, Rows};
use crate::world::telegram::Telegram;
use actix::Actor;
use actors::avatar::{AvatarId, InstanceId};
use actors::clock::Clock;
use actors::ports::JobId;
use actors::ports::NoticeKind;
use actors::root::{Cast, RootSupervisor, Signals};
use chrono::DateTime;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::LocalSet;
use tokio::time::sleep;
use uuid::Uuid;

/// Notices that wait, three to a chat.
const NOTICES: i64 = 300;
const CHATS: i64 = 100;

/// How long Telegram is away.
const OUTAGE: Duration = Duration::from_hours(1);

/// After the outage: the longest wait between two tries with its spread, and 300 messages at 30 a
/// second, with the same again for luck.
const LATEST: Duration = Duration::from_mins(3);

fn waiting() -> Rows {
    let mut rows = Rows::new(0..4, LEASE);
    rows.outbox = (1..=NOTICES)
        .map(|id| OutboxRow {
            id,
            chat: 1 + id % CHATS,
            job: JobId::training(AvatarId(Uuid::from_u128(u128::try_from(id).unwrap()))),
            attempt: 1,
            kind: NoticeKind::Ready,
            reason: "",
            fate: Fate::Pending,
            tries: 0,
            next_try_at: Duration::ZERO,
            claimed_by: None,
            message: None,
            repaired: false,
            repeats: 0,
            edits: 0,
            last_error: None,
            stopped: None,
        })
        .collect();
    rows
}

/// When everything is sent, by the database's clock.
async fn drains(model: &Arc<Mutex<Model>>) -> Duration {
    let world = ports::world(model, InstanceId(Uuid::from_u128(1)));
    let signals = Signals {
        cast: watch::Sender::new(Cast::default()),
        ready: watch::Sender::new(false),
        failed: watch::Sender::new(false),
    };
    let failed = signals.failed.subscribe();
    RootSupervisor::new(world, signals).start();
    loop {
        sleep(Duration::from_millis(500)).await;
        assert!(!*failed.borrow(), "the tree gave up");
        let mut model = model.lock().unwrap();
        let now = model.tick();
        if model.rows.outbox.iter().all(OutboxRow::done) {
            return now;
        }
        assert!(now < OUTAGE + LATEST, "not told: {:#?}", model.telegram);
    }
}

#[test]
fn an_hour_without_telegram_loses_no_notice_and_ends_within_minutes() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let local = LocalSet::new();
    let (model, end) = runtime.block_on(local.run_until(async {
        let model = Arc::new(Mutex::new(Model {
            began: Clock::start(DateTime::UNIX_EPOCH),
            rows: waiting(),
            fal: Fal::default(),
            telegram: Telegram { away_until: OUTAGE, ..Telegram::default() },
            objects: HashSet::new(),
            updates: Vec::new(),
            dialogue: None,
            blows: crate::world::blow::Blows::default(),
            jobs: (Duration::ZERO, Outcome::Weights),
            submits_unheard: 0,
            road_repeats: false,
            unread: 0,
            uploads: 0,
        }));
        let end = drains(&model).await;
        (model, end)
    }));
    let model = model.lock().unwrap();
    let sent: HashSet<_> =
        model.rows.outbox.iter().filter_map(|row| row.message.map(|id| id.0)).collect();
    assert!(model.rows.outbox.iter().all(|row| row.fate == Fate::Sent));
    assert_eq!((sent.len(), model.telegram.messages.len()), (300, 300), "each once");
    // The head of each chat's line tries a dozen times in its first minutes, then once a minute.
    let tries = model.telegram.in_vain;
    assert!((1000..12_000).contains(&tries), "{tries} tries");
    eprintln!(
        "an hour away: {tries} tries in vain, all told {:?} after its end",
        end.saturating_sub(OUTAGE)
    );
}
