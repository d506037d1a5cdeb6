//! Everything at once, and kill -9 at any moment: checked by invariants, not by a story.

use crate::world::{Crowd, EVERYTHING, Instance, PATIENCE, World, free_port};
use futures_util::future::join_all;
use standins::fal::{Delivery, Fault, Job, Kind, Ledger, Webhooks};
use std::time::{Duration, Instant};

/// A number from the environment, for longer storms than usual.
pub(crate) fn number(name: &str, everyday: usize) -> usize {
    let given = std::env::var_os(name).and_then(|value| value.into_string().ok());
    given.map_or(everyday, |given| given.parse().expect(name))
}

/// Pseudo-random numbers, so that a failed storm can be repeated (Weyl, mixed).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 27)) % most
    }
}

#[tokio::test]
async fn ten_webhooks_and_a_poll_at_once_are_one_end() {
    let world = World::of_several().await;
    world.fal.set(|settings| {
        settings.training = Duration::from_mins(5);
        settings.webhooks = Webhooks::Lost;
    });
    let service = world.joins_where_fal_calls("only", EVERYTHING).await;
    let crowd = Crowd::gathers(&world, 20).await;
    crowd.starts().await;
    let running = |ledger: &Ledger| (ledger.jobs.len() == 20).then_some(());
    world.fal.until("twenty jobs", running, PATIENCE).await;

    let jobs: Vec<String> = world.fal.ledger().jobs.into_iter().map(|job| job.request_id).collect();
    let deliver = |job: &String| {
        let (fal, job) = (&world.fal, job.clone());
        fal.hurry(&job);
        async move {
            let ended = |ledger: &Ledger| ledger.job(&job)?.outcome.as_ref().map(|_| ());
            fal.until("its end", ended, PATIENCE).await;
            join_all((0..10).map(|_| fal.deliver_webhook(&job))).await
        }
    };
    let deliveries = join_all(jobs.iter().map(deliver)).await;
    assert!(deliveries.iter().flatten().all(|d| d.status == Some(200)), "{deliveries:?}");
    crowd.all_hear_once().await;
    let rows = world.row("SELECT count(*), sum(deliveries) FROM webhook_inbox", &[]).await;
    assert_eq!((rows.get::<_, i64>(0), rows.get::<_, i64>(1)), (20, 200));
    eprintln!("20 trainings, 10 webhooks each: {}", world.invariants_hold().await);
    world.close_with(service).await;
}

#[tokio::test]
async fn a_webhook_that_crosses_the_answer_to_a_poll_is_the_same_end() {
    let world = World::of_several().await;
    world.fal.set(|settings| {
        settings.training = Duration::from_secs(2);
        settings.webhooks = Webhooks::Lost; // But for those that cross.
    });
    for kind in [Kind::Status, Kind::Result] {
        world.fal.fault_until_healed(kind, Fault::Crossed);
    }
    let service = world.joins_where_fal_calls("only", EVERYTHING).await;
    let crowd = Crowd::gathers(&world, 12).await;
    crowd.starts().await;
    crowd.all_hear_once().await;
    let crossed = |job: &&Job| job.deliveries.iter().any(Delivery::accepted);
    let crossed = world.fal.ledger().jobs.iter().filter(crossed).count();
    assert_eq!(crossed, 12, "the webhook of each came while FAL was about to answer");
    eprintln!("12 trainings, webhook and poll at once: {}", world.invariants_hold().await);
    world.close_with(service).await;
}

/// Kills one of two instances again and again while trainings start and end.
struct Storm {
    world: World,
    dice: Dice,
    living: [Instance; 2],
    ports: [u16; 2],
    /// From each kill until nothing belonged to the dead instance any more.
    take_overs: Vec<Duration>,
}

impl Storm {
    async fn gathers(seed: u64) -> Self {
        let world = World::of_several().await.with("FAL_TRAINING_TIMEOUT", "20");
        world.fal.set(|settings| settings.training = Duration::from_millis(1500));
        let ports = [world.public, free_port()];
        let living = [
            world.joins_where_fal_calls("left", EVERYTHING).await,
            world.begins_at(ports[1], "right", EVERYTHING),
        ];
        Self { world, dice: Dice(seed), living, ports, take_overs: Vec::new() }
    }

    /// One of the two is killed at some moment, and a new instance replaces it at once.
    async fn strikes(&mut self, round: usize) {
        let moment = Duration::from_millis(self.dice.below(1000));
        tokio::time::sleep(moment).await; // Chance, not synchronisation.
        let side = usize::try_from(self.dice.below(2)).unwrap();
        let name = format!("{}-{round}", ["left", "right"][side]);
        let next = |port| self.world.begins_at(port, &name, EVERYTHING);
        // The port is free only when the old process is gone.
        let port = self.ports[side];
        let died = Instant::now();
        let dead = self.living[side].name.clone();
        self.living[side].service.is_killed().await;
        self.living[side] = next(port);
        if self.dice.below(4) == 0 {
            self.world.until_held_by_nobody(&dead).await;
            self.take_overs.push(died.elapsed());
        }
    }
}

#[tokio::test]
async fn kill_9_at_any_moment_loses_doubles_and_repeats_nothing() {
    let (kills, trainings) = (number("AISHA_KILLS", 20), number("AISHA_TRAININGS", 20));
    let seed = number("AISHA_SEED", 1);
    let mut storm = Storm::gathers(u64::try_from(seed).unwrap()).await;
    let crowd = Crowd::gathers(&storm.world, i64::try_from(trainings).unwrap()).await;
    let began = Instant::now();
    let mut waiting = crowd.people.iter();
    for round in 0..kills {
        // As many start before each kill as needed for all to have started before the last.
        let due = trainings * (round + 1) / kills - trainings * round / kills;
        for (person, avatar) in waiting.by_ref().take(due) {
            person.presses(&format!("start_training_{avatar}"));
        }
        storm.strikes(round).await;
    }
    let calm = Instant::now();
    let Storm { world, living: [left, right], mut take_overs, .. } = storm;
    world
        .until(
            "every training has ended and every notice is out",
            "SELECT NOT EXISTS (SELECT FROM avatars WHERE status NOT IN ('completed', 'error')
                OR withdraw_due)
            AND NOT EXISTS (SELECT FROM outbox WHERE status IN ('pending', 'sending')
                OR (status = 'uncertain' AND repaired_at IS NULL))",
        )
        .await;
    let converged = calm.elapsed();
    let scenario = world.invariants_hold().await;
    let ends = "SELECT count(*) FILTER (WHERE status = 'completed'),
        count(*) FILTER (WHERE training_error = 'training_timeout'), count(*) FROM avatars";
    let ends = world.row(ends, &[]).await;
    let (ready, timed_out): (i64, i64) = (ends.get(0), ends.get(1));
    assert_eq!(ready + timed_out, ends.get::<_, i64>(2), "nothing failed for another reason");
    assert_eq!(ends.get::<_, i64>(2), i64::try_from(trainings).unwrap());
    let bought = i64::try_from(world.fal.ledger().jobs.len()).unwrap();
    assert_eq!(bought, ready, "whatever was bought is ready; only what never was is given up");
    take_overs.sort();
    let median = take_overs.get(take_overs.len() / 2).copied().unwrap_or_default();
    let longest = take_overs.last().copied().unwrap_or_default();
    eprintln!(
        "seed {seed}: {kills} kills in {:?}, {ready} of {trainings} ready, {timed_out} given up \
         (died between intent and submit), converged {converged:?} after the last; {scenario}; \
         take-over median {median:?} longest {longest:?} with a lease of 2 s",
        calm - began,
    );
    right.service.stop().await;
    world.close_with(left).await;
}
