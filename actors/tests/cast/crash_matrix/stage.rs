//! Plays a story: instances of the real cast, one after the other, over the same world.
//!
//! An instance lives in a `LocalSet` of its own. When the process «dies» the set is dropped,
//! and with it every actor, timer and call that was under way.

use super::super::world::Model;
use super::super::world::blow::{Blow, Blows};
use super::super::world::fal::{Fal, Outcome};
use super::super::world::ports::{self, LEASE};
use super::super::world::second_kind::sketch;
use super::super::world::store::{JobModel, OutboxRow, Rows};
use super::super::world::telegram::{Shown, Telegram};
use super::outside::{call_what_is_due, press_what_is_due};
use actix::Actor;
use actors::avatar::{AvatarId, InstanceId, Status};
use actors::clock::Clock;
use actors::ports::{ChoreKind, JobId, MessageId, Resource};
use actors::root::{Cast, RootSupervisor, Signals};
use chrono::DateTime;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::LocalSet;
use tokio::time::sleep;
use uuid::Uuid;

/// The avatar of every story; its shard is the last byte.
pub(super) const AVATAR: JobId = JobId::training(AvatarId(Uuid::from_u128(0xa1a_0002)));

/// A job of the second kind that its owner bought before; of another shard.
pub(super) const BESIDE: JobId = sketch(0x5e_0003);

/// Its owner.
pub(super) const CHAT: i64 = 7;

/// The message with the button, which shows the progress afterwards.
pub(super) const SCREEN: MessageId = MessageId(1);

/// How often the world checks whether something is due: more often than the bot checks its lease,
/// so that the poller may see it first.
const TICK: Duration = Duration::from_millis(100);

/// A story that is not over by then has hung.
const LATEST: Duration = Duration::from_mins(20);

/// After this long without anything happening, nothing will.
const QUIET: Duration = Duration::from_secs(6);

/// What happens outside, and what must come of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Story {
    pub(super) name: &'static str,
    /// How long the job takes at FAL.
    pub(super) takes: Duration,
    pub(super) outcome: Outcome,
    /// FAL's calls reach us.
    pub(super) webhook: bool,
    pub(super) submits_unheard: u32,
    /// The network submits the request with the lost answer once more.
    pub(super) road_repeats: bool,
    pub(super) cancel_at: Option<Duration>,
    /// A job of the second kind is in flight beside the training.
    pub(super) beside: bool,
    /// Its submits that FAL cannot read, before one that it can.
    pub(super) unread: usize,
    pub(super) end: Status,
}

/// FAL's calls: when the next one is due, and whether one was answered with 200.
pub(super) type Calls = Rc<RefCell<HashMap<usize, (Duration, bool)>>>;

/// Plays a story under planned blows; returns the world afterwards.
pub(super) fn play(story: &Story, plan: &[(usize, Blow)]) -> Model {
    play_under(story, Blows { plan: plan.to_vec(), ..Blows::default() })
}

/// As [`play`], under any blows.
pub(super) fn play_under(story: &Story, blows: Blows) -> Model {
    let plan = blows.plan.clone();
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build().unwrap();
    let model = runtime.block_on(async {
        let model = Arc::new(Mutex::new(founded(story, blows)));
        let calls = Calls::default();
        for instance in 1.. {
            let local = LocalSet::new();
            let over = local.run_until(live(&model, story, instance, &calls)).await;
            drop(local); // Everything that was under way is gone.
            assert!(!model.is_poisoned(), "{} {plan:?}: the world itself broke", story.name);
            if over {
                break;
            }
            model.lock().unwrap().blows.calls = 0;
            sleep(Duration::from_secs(1)).await;
        }
        model
    });
    drop(runtime);
    Arc::into_inner(model).expect("nothing of the cast is left").into_inner().unwrap()
}

fn founded(story: &Story, blows: Blows) -> Model {
    let mut model = Model {
        began: Clock::start(DateTime::UNIX_EPOCH),
        rows: Rows::new(0..4, LEASE),
        fal: Fal::default(),
        telegram: Telegram::default(),
        objects: HashSet::new(),
        updates: Vec::new(),
        dialogue: None,
        blows,
        jobs: (story.takes, story.outcome),
        unread: story.unread,
        submits_unheard: story.submits_unheard,
        road_repeats: story.road_repeats,
        uploads: 0,
    };
    model.telegram.messages.push(Shown { html: "a draft".to_owned(), buttons: Vec::new() });
    model.rows.draft(AVATAR, CHAT, Some(SCREEN));
    if story.beside {
        model.rows.buys_another(BESIDE, CHAT);
    }
    model
}

/// Runs one instance; returns whether the story is over. Otherwise the process died.
async fn live(model: &Arc<Mutex<Model>>, story: &Story, instance: u128, calls: &Calls) -> bool {
    let world = ports::world(model, InstanceId(Uuid::from_u128(instance)));
    let (signals, failed) = signals();
    RootSupervisor::new(Arc::clone(&world), signals.clone()).start();
    let death = Arc::clone(&model.lock().unwrap().blows.death);
    let mut quiet_since = model.lock().unwrap().tick();
    loop {
        tokio::select! {
            biased;
            () = death.notified() => return false,
            () = sleep(TICK) => {}
        }
        assert!(!*failed.borrow(), "{}: the tree gave up", story.name);
        let cast = signals.cast.borrow().clone();
        if world.process.held_leases.epoch(Resource::Updates).is_some() {
            press_what_is_due(model, story, &cast);
        }
        call_what_is_due(model, story, &cast, calls);
        let mut model = model.lock().unwrap();
        let now = model.tick();
        let hangs = now > LATEST;
        assert!(!hangs, "«{}» hangs: {:?} {:#?}", story.name, model.blows.struck, model.rows);
        if !at_rest(&model, story, calls) {
            quiet_since = now;
        } else if now > quiet_since + QUIET {
            return true;
        }
    }
}

fn signals() -> (Signals, watch::Receiver<bool>) {
    let failed = watch::Sender::new(false);
    let seen = failed.subscribe();
    let signals = Signals {
        cast: watch::Sender::new(Cast::default()),
        ready: watch::Sender::new(false),
        failed,
    };
    (signals, seen)
}

/// Nothing is left to do, judging by the rows and the world.
fn at_rest(model: &Model, story: &Story, calls: &Calls) -> bool {
    let ended = |row: &JobModel| {
        matches!(row.status, Status::Completed | Status::Error | Status::Cancelled)
            && !row.withdraw_due
    };
    let presses = 1 + usize::from(story.cancel_at.is_some());
    // A call about a submit that was renewed comes too late for anybody to process it.
    let over = |request| model.rows.jobs.values().any(|row| row.former.contains(request));
    let calls = calls.borrow();
    let called = |n: usize| calls.get(&n).is_some_and(|(_, answered)| *answered);
    model.rows.jobs.values().all(ended)
        && model.rows.chores.iter().all(|chore| chore.done || chore.chore.kind != ChoreKind::Cancel)
        && model.updates.len() == presses
        && model.updates.iter().all(|update| update.handled)
        && model.rows.outbox.iter().all(OutboxRow::done)
        && model.rows.news(AVATAR).is_none()
        && model.rows.inbox.iter().all(|stored| stored.outcome.is_some() || over(&stored.request))
        && (!story.webhook || (0..model.fal.jobs.len()).all(called))
}
