//! FAL is away for the length of sixty polls, in scaled time: an hour at the default interval.

use crate::storms::number;
use crate::world::{Crowd, EVERYTHING, PATIENCE, Road, World};
use standins::fal::{Ledger, Webhooks};
use std::time::{Duration, Instant};

/// `FAL_REQUESTS_PER_SECOND` in this story.
const BUDGET: usize = 5;

/// More trainings than the budget allows in a second: all are overdue when FAL is back.
const TRAININGS: i64 = 20;

/// How long FAL is away: `AISHA_AWAY` seconds, for longer storms than usual.
fn away() -> Duration {
    Duration::from_secs(u64::try_from(number("AISHA_AWAY", 6)).unwrap())
}

/// Polls in the busiest second since then.
fn busiest(ledger: &Ledger, since: Instant) -> usize {
    let polls = ledger.jobs.iter().flat_map(|job| &job.polls).map(|poll| poll.at);
    let at: Vec<Instant> = polls.filter(|at| *at >= since).collect();
    let second =
        |from: &Instant, at: &Instant| (*from..*from + Duration::from_secs(1)).contains(at);
    at.iter().map(|from| at.iter().filter(|at| second(from, at)).count()).max().unwrap_or(0)
}

#[tokio::test]
async fn after_an_outage_of_fal_nothing_is_lost_and_nobody_storms_it() {
    let mut world = World::of_several().await;
    let port = url::Url::parse(world.fal.url()).unwrap().port().unwrap();
    let road = Road::to(port).await;
    for name in ["FAL_QUEUE_URL", "FAL_REST_URL"] {
        world = world.with(name, &format!("http://127.0.0.1:{}", road.port));
    }
    world = world.with("FAL_REQUESTS_PER_SECOND", &BUDGET.to_string());
    world.fal.set(|settings| {
        settings.training = Duration::from_secs(2);
        settings.webhooks = Webhooks::Lost;
    });
    let service = world.joins_where_fal_calls("only", EVERYTHING).await;
    let crowd = Crowd::gathers(&world, TRAININGS).await;
    crowd.starts().await;
    let saved = "SELECT bool_and(fal_request_id IS NOT NULL) FROM avatars";
    world.until("FAL's ids are saved", saved).await;

    road.closes();
    let closed = Instant::now();
    service.service.says("FAL does not answer").await;
    let opened_after = closed.elapsed();
    tokio::time::sleep(away().saturating_sub(closed.elapsed())).await; // The outage itself.
    let log = service.service.log();
    let breaks = log.matches("FAL does not answer").count();
    assert_eq!(breaks, 1, "an outage is said once:\n{log}");
    let untouched = "SELECT count(*) FROM avatars WHERE status = 'training'";
    assert_eq!(
        world.row(untouched, &[]).await.get::<_, i64>(0),
        TRAININGS,
        "an outage ends nothing"
    );

    road.opens();
    let back = Instant::now();
    service.service.says("FAL answers again").await;
    let noticed = back.elapsed();
    crowd.all_hear_once().await;
    let all_ready = back.elapsed();
    let ledger = world.fal.ledger();
    let most = busiest(&ledger, back);
    assert!(most <= BUDGET, "{most} polls in one second after the return");
    assert_eq!(i64::try_from(ledger.jobs.len()).unwrap(), TRAININGS, "bought once");
    eprintln!(
        "FAL away {:?}: counted as down after {opened_after:?}, its return noticed after \
         {noticed:?}, all {TRAININGS} ready after {all_ready:?}, {most} polls in the busiest \
         second at a budget of {BUDGET}; {}",
        back - closed,
        world.invariants_hold().await
    );
    assert!(all_ready < PATIENCE);
    world.close_with(service).await;
}
