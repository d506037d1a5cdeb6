//! Seeded histories of the pure life cycle against the rows: safety at every moment, and once the
//! faults end, convergence within a bound.
//!
//! A history follows from its seed alone: one to three processes, one to four avatars, and every
//! fault that we know of FAL, Telegram, the database, the network, clocks and machines. One that
//! goes wrong prints its seed; `make simulate SEEDS=n..n+1` plays it again and prints every moment.

mod answers;
mod audit;
mod calls;
mod dice;
mod effects;
mod history;
mod instance;
mod lives;
mod outside;
mod queue;
mod rest;
mod safety;
mod sending;
mod shadow;
mod tally;
mod tending;

use super::world::second_kind::{SKETCH, SPECIFICATION};
use actors::ports::Kind;
use actors::timing::{Fallback, Policy};
use history::History;

use std::ops::Range;
use std::time::Duration;
use tally::Tally;

/// The waits of a training.
const POLICY: Policy = Policy {
    first_check: Duration::from_secs(30),
    interval: Duration::from_mins(1),
    timeout: Duration::from_mins(20),
    completeness: Duration::from_mins(5),
    doubt: Duration::from_mins(2),
    unbought: Duration::from_mins(3),
    fallback: Fallback::Honest,
};

/// The waits of the second kind.
const SHORT: Policy = Policy {
    first_check: Duration::from_secs(5),
    interval: Duration::from_secs(10),
    timeout: Duration::from_mins(12),
    completeness: Duration::from_mins(1),
    ..POLICY
};

/// Every kind of job, in the order in which recovery asks for them.
const KINDS: [Kind; 2] = [Kind::TRAINING, SKETCH];

/// A kind's waits, and whether it is audited.
fn about(kind: Kind) -> (&'static Policy, bool) {
    if kind == SKETCH { (&SHORT, SPECIFICATION.audits) } else { (&POLICY, true) }
}

/// Length of a lease.
const LEASE: Duration = Duration::from_mins(1);

/// Between two sweeps of recovery.
const SWEEP: Duration = Duration::from_mins(1);

/// Between two looks into the outbox without a wake. The real one looks every second; a defect that
/// shows between two looks also shows when they are rarer.
const DRAIN: Duration = Duration::from_secs(30);

/// Notices claimed at once.
const BATCH: u32 = 25;

/// From here on nothing goes wrong any more.
const FAULTS_END: Duration = Duration::from_mins(10);

/// An acknowledged call must have had its effect after this long without faults: leases run out, a
/// sweep comes.
const CONVERGED: Duration = Duration::from_mins(5);

/// A start must be bought after this long without faults: a retry of five minutes may be under way.
const UNBOUGHT: Duration = Duration::from_mins(10);

/// By this moment everything must be at rest: the latest start times out, and its notice may take a
/// few minutes.
const LATEST: Duration = Duration::from_mins(10 + 20 + 10);

/// Histories of an ordinary run; each half runs on a thread of its own.
const HALF: u64 = 5_000;

/// Plays the seeds; stops at the first that goes wrong.
fn simulate(seeds: Range<u64>) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds.clone() {
        let mut history = History::new(seed, false);
        if let Err(violation) = history.play() {
            told(seed);
            panic!("seed {seed}: {violation}\nagain: make simulate SEEDS={seed}..{}", seed + 1);
        }
        tally += Tally::of(&history);
    }
    eprintln!("seeds {seeds:?}: {tally:?}");
    tally
}

/// Plays a seed again and prints it.
fn told(seed: u64) {
    let mut history = History::new(seed, true);
    if history.play().is_err() {
        for line in history.story.unwrap_or_default() {
            eprintln!("{line}");
        }
    }
}

#[test]
fn every_history_stays_safe_and_comes_to_rest() {
    assert!(simulate(0..HALF).complete(), "something was never met");
}

#[test]
fn every_history_of_the_other_half_does_too() {
    assert!(simulate(HALF..2 * HALF).complete(), "something was never met");
}

#[test]
fn the_seeds_that_were_asked_for_hold() {
    #[expect(clippy::disallowed_methods, reason = "a test on demand takes its seeds from outside")]
    let Ok(asked) = std::env::var("AISHA_SEEDS") else { return };
    let (from, to) = asked.split_once("..").expect("AISHA_SEEDS is from..to");
    simulate(from.parse().expect("a number")..to.parse().expect("a number"));
}
