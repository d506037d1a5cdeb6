//! Every crash point, every lost answer, over the real cast in virtual time.
//!
//! A story is played once undisturbed, which counts its calls into the world. Then it is played
//! again for each of them: the process dies before the call had its effect, and after; the call
//! fails without its effect, and with it. Each time the story must come to the same end.

mod judge;
mod outside;
mod stage;

use super::world::blow::{Blow, Blows};
use super::world::fal::Outcome;
use super::world::store::MOST_RENEWALS;
use actors::avatar::Status;
use stage::{Story, play, play_under};
use std::time::Duration;

/// The undisturbed story, and what must come of it.
const HAPPY: Story = Story {
    name: "the webhook brings the end",
    takes: Duration::from_secs(15),
    outcome: Outcome::Weights,
    webhook: true,
    submits_unheard: 0,
    road_repeats: false,
    cancel_at: None,
    beside: false,
    unread: 0,
    end: Status::Completed,
};

/// Beside the training its owner has a job of the second kind in flight.
const TWO_KINDS: Story = Story { name: "two kinds of job side by side", beside: true, ..HAPPY };

/// FAL cannot read what the job of the second kind is made from; under the same purchase it is put
/// there again, and read.
const RENEWED: Story = Story { name: "what FAL could not read is renewed", unread: 1, ..TWO_KINDS };

const UNREADABLE: Story =
    Story { name: "what is renewed stays unreadable", unread: MOST_RENEWALS + 1, ..TWO_KINDS };

const POLLED: Story =
    Story { name: "every webhook is lost and polls bring the end", webhook: false, ..HAPPY };

const FAILED: Story =
    Story { name: "FAL fails the job", outcome: Outcome::Failure, end: Status::Error, ..HAPPY };

const CANCELLED: Story = Story {
    name: "its owner cancels in the middle",
    takes: Duration::from_secs(45),
    cancel_at: Some(Duration::from_secs(12)),
    end: Status::Cancelled,
    ..HAPPY
};

const UNHEARD: Story =
    Story { name: "the answer to the submit is lost", submits_unheard: 1, ..HAPPY };

const FOUND: Story = Story {
    name: "the answer to the submit and every webhook are lost",
    submits_unheard: 1,
    ..POLLED
};

const TWICE: Story =
    Story { name: "the road buys a lost submit twice", road_repeats: true, ..FOUND };

/// A story that takes more calls than this never ends.
const MOST_CALLS: usize = 2_000;

/// Strikes every call of a story in turn.
fn at_every_call(story: &Story, blows: &[Blow]) {
    let undisturbed = play(story, &[]);
    judge::check(story, &[], &undisturbed);
    let mut played = 0;
    for blow in blows {
        for n in 1.. {
            assert!(n < MOST_CALLS, "{}: more than {MOST_CALLS} calls", story.name);
            let plan = [(n, *blow)];
            let model = play(story, &plan);
            judge::check(story, &plan, &model);
            played += 1;
            if model.blows.struck.is_empty() {
                break; // The story ended before its n-th call.
            }
        }
    }
    eprintln!("«{}»: {played} endings", story.name);
}

const CRASHES: [Blow; 2] = [Blow::DieBefore, Blow::DieAfter];
const FAILURES: [Blow; 2] = [Blow::FailBefore, Blow::FailAfter];

#[test]
fn a_crash_at_any_call_of_the_happy_path_changes_nothing() {
    at_every_call(&HAPPY, &CRASHES);
}

#[test]
fn a_crash_at_any_call_changes_nothing_when_every_webhook_is_lost() {
    at_every_call(&POLLED, &CRASHES);
}

#[test]
fn a_crash_at_any_call_leaves_a_failure_of_fal_a_failure() {
    at_every_call(&FAILED, &CRASHES);
}

#[test]
fn a_crash_at_any_call_leaves_a_cancellation_final() {
    at_every_call(&CANCELLED, &CRASHES);
}

#[test]
fn a_crash_at_any_call_buys_nothing_twice_when_the_submit_is_unheard() {
    at_every_call(&UNHEARD, &CRASHES);
}

#[test]
fn a_crash_at_any_call_keeps_two_kinds_of_job_apart() {
    at_every_call(&TWO_KINDS, &CRASHES);
}

#[test]
fn any_call_may_fail_while_two_kinds_of_job_are_in_flight() {
    let polled = Story { webhook: false, name: "two kinds, by polls alone", ..TWO_KINDS };
    at_every_call(&TWO_KINDS, &FAILURES);
    at_every_call(&polled, &CRASHES);
}

#[test]
fn a_crash_at_any_call_renews_what_fal_could_not_read_under_one_purchase() {
    at_every_call(&RENEWED, &CRASHES);
}

#[test]
fn any_call_may_fail_while_a_purchase_is_renewed() {
    let polled = Story { webhook: false, name: "renewed, by polls alone", ..RENEWED };
    at_every_call(&RENEWED, &FAILURES);
    at_every_call(&polled, &[Blow::DieAfter, Blow::FailAfter]);
}

#[test]
fn a_purchase_that_stays_unreadable_fails_after_the_last_renewal() {
    at_every_call(&UNREADABLE, &[Blow::DieAfter, Blow::FailAfter]);
}

/// What is told of a training whose work kills the process each time.
const KILLER: Story = Story {
    name: "its work kills the process",
    takes: Duration::from_secs(15),
    end: Status::Error,
    ..HAPPY
};

#[test]
fn work_that_kills_the_process_is_tried_three_times_and_then_waits_for_its_time_out() {
    for (work, code) in [("pack", "training_timeout"), ("hold", "result_unavailable")] {
        let blows = Blows { deadly: Some((work, usize::MAX)), ..Blows::default() };
        let model = play_under(&KILLER, blows);
        let deaths = model.blows.struck.len();
        assert_eq!(deaths, 3, "{work}: {:?}", model.rows.events);
        let row = &model.rows.jobs[&stage::AVATAR];
        assert_eq!((row.status, row.error.as_deref()), (Status::Error, Some(code)));
        let parked = model.rows.events.iter().filter(|event| event.kind == "parked").count();
        assert_eq!(parked, 1, "{work}: {:?}", model.rows.events);
    }
}

#[test]
fn two_deaths_in_the_work_are_bad_luck() {
    for work in ["pack", "upload", "hold", "end_work"] {
        let blows = Blows { deadly: Some((work, 2)), ..Blows::default() };
        let model = play_under(&HAPPY, blows);
        judge::check(&HAPPY, &[], &model);
        assert!(model.rows.events.iter().all(|event| event.kind != "parked"), "{work}");
    }
}

#[test]
fn a_crash_at_any_call_of_the_search_loses_no_job() {
    at_every_call(&FOUND, &CRASHES);
}

#[test]
fn a_crash_at_any_call_leaves_no_second_job_uncancelled() {
    at_every_call(&TWICE, &CRASHES);
}

#[test]
fn any_call_may_fail_or_be_answered_in_vain() {
    for story in [&HAPPY, &POLLED, &FAILED, &CANCELLED, &UNHEARD, &FOUND, &TWICE] {
        at_every_call(story, &FAILURES);
    }
}

#[test]
fn a_world_that_fails_again_and_again_loses_nothing() {
    for story in [&HAPPY, &CANCELLED] {
        let calls = play(story, &[]).blows.calls;
        for first in 1..calls {
            for stride in [1, 3] {
                let plan: Vec<(usize, Blow)> =
                    (0..12).map(|n| (first + n * stride, Blow::FailBefore)).collect();
                judge::check(story, &plan, &play(story, &plan));
            }
        }
    }
}

#[test]
fn a_second_crash_during_the_recovery_changes_nothing_either() {
    let seconds = [1, 2, 3, 5, 8, 13, 21, 34, 55];
    for story in [&HAPPY, &POLLED, &CANCELLED, &TWICE] {
        let calls = play(story, &[]).blows.calls;
        for first in (1..calls).step_by(5) {
            for (index, second) in seconds.into_iter().enumerate() {
                let blow = |odd: usize| CRASHES[(first + index + odd) % 2];
                let plan = [(first, blow(0)), (second, blow(1))];
                judge::check(story, &plan, &play(story, &plan));
            }
        }
    }
}
