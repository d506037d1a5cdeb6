//! The table at the end of the demo.

use crate::checks::{Count, count};
use crate::screen::{say, seconds};
use crate::stories::Tale;
use crate::world::World;
use anyhow::ensure;
use std::time::Duration;

/// Stories that must have been played.
const STORIES: usize = 4;

/// Shows the outcome of all stories.
///
/// # Errors
/// If one of them was lost, doubled or not told.
pub(crate) fn show(world: &World, tales: &[Tale]) -> anyhow::Result<()> {
    let (mut all, mut time) = (Count::default(), Duration::ZERO);
    say("");
    say(&row("story", &["started", "finished", "told", "told twice", "lost", "time"]));
    for tale in tales {
        let count = count(world, tale);
        say(&numbers(tale.title, count, tale.took));
        all = plus(all, count);
        time += tale.took;
    }
    say(&numbers("all", all, time));
    say("");
    let jobs = world.fal.ledger().jobs.len();
    ensure!(tales.len() == STORIES, "{} of {STORIES} stories were played", tales.len());
    ensure!(
        all.started == jobs,
        "FAL was paid for {jobs} jobs, the stories know of {}",
        all.started
    );
    ensure!(
        (all.started, all.finished, all.told) == (STORIES, STORIES, STORIES),
        "started, finished and told must each be {STORIES}"
    );
    ensure!(all.told_twice == 0 && all.lost == 0, "nothing may be lost or told twice");
    say("Nothing was lost, nothing was told twice, nothing was paid twice.");
    Ok(())
}

fn numbers(title: &str, count: Count, time: Duration) -> String {
    let [started, finished, told] =
        [count.started, count.finished, count.told].map(|n| n.to_string());
    let [twice, lost] = [count.told_twice, count.lost].map(|n| n.to_string());
    row(title, &[&started, &finished, &told, &twice, &lost, &seconds(time)])
}

fn row(title: &str, cells: &[&str; 6]) -> String {
    let [started, finished, told, twice, lost, time] = cells;
    format!("{title:<26} {started:>8} {finished:>9} {told:>5} {twice:>11} {lost:>5} {time:>8}")
}

fn plus(one: Count, other: Count) -> Count {
    Count {
        started: one.started + other.started,
        finished: one.finished + other.finished,
        told: one.told + other.told,
        told_twice: one.told_twice + other.told_twice,
        lost: one.lost + other.lost,
    }
}
