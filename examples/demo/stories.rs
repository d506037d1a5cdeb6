//! The four stories.

use crate::checks::{self, Check};
use crate::live::{PHOTOS, View};
use crate::people::{
    PICTURES, orders, trains, waits_for_news, waits_for_percent, waits_for_pictures,
};
use crate::photos;
use crate::screen::{follow, say};
use crate::world::World;
use anyhow::{Context, ensure};
use bytes::Bytes;
use standins::fal::{Delivery, Job, Ledger, State, Webhooks};
use standins::telegram::Person;
use std::ops::Range;
use std::time::Duration;

/// When to kill -9, in percent: well begun, and far enough from the end on a busy machine, where
/// people see the progress some seconds late.
const A_QUARTER: u32 = 25;

/// Longest wait for anything at FAL.
const PATIENCE: Duration = Duration::from_secs(30);

/// The stand-in's own patience, which ends in a panic; ours ends earlier, in an error.
const NEVER: Duration = Duration::from_hours(24);

/// What happens to a training, or to an order of pictures.
#[derive(Clone, Copy)]
enum Plot {
    WebhookComes,
    WebhookLost,
    Killed,
    /// Both at once.
    Pictures,
}

/// What is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goods {
    Weights,
    Pictures,
}

impl Plot {
    fn goods(self) -> Goods {
        match self {
            Self::WebhookComes | Self::WebhookLost | Self::Killed => Goods::Weights,
            Self::Pictures => Goods::Pictures,
        }
    }
}

/// A story that was begun, for the table.
pub(crate) struct Tale {
    pub(crate) title: &'static str,
    pub(crate) person: Person,
    pub(crate) goods: Goods,
    /// `None` if it never got to a training.
    pub(crate) avatar: Option<String>,
    /// Its jobs in FAL's ledger.
    pub(crate) jobs: Range<usize>,
    pub(crate) took: Duration,
}

/// Plays all of them, one after the other; stops at the first that fails.
pub(crate) async fn play(world: &mut World, tales: &mut Vec<Tale>) -> anyhow::Result<()> {
    say("Aisha, between a FAL and a Telegram of its own. Nothing else is there.\n");
    let photos = tokio::task::spawn_blocking(photos::twelve).await??;
    ensure!(photos.len() == PHOTOS, "{} photos instead of {PHOTOS}", photos.len());
    world.open().await?;
    for (number, (plot, title, name, language)) in (1001..).zip([
        (Plot::WebhookComes, "(a) the webhook comes", "Anna", "en"),
        (Plot::WebhookLost, "(b) the webhook is lost", "Иван", "ru"),
        (Plot::Killed, "(c) kill -9 in the middle", "Mary", "en"),
    ]) {
        let person = world.telegram.person(number, name, language);
        story(world, tales, plot, (title, name, person), &photos).await?;
    }
    // Anna's avatar is the oldest.
    let anna = tales.first().context("nobody has an avatar")?.person.clone();
    let title = "(d) pictures, through both";
    story(world, tales, Plot::Pictures, (title, "Anna", anna), &[]).await
}

/// Plays one and judges it.
async fn story(
    world: &mut World,
    tales: &mut Vec<Tale>,
    plot: Plot,
    (title, name, person): (&'static str, &str, Person),
    photos: &[Bytes],
) -> anyhow::Result<()> {
    say(&format!("\n{title}"));
    let first = world.fal.ledger().jobs.len();
    let view = View::new(&world.fal, &world.telegram, &person, plot.goods());
    let mut avatar = tales
        .iter()
        .find(|tale| tale.person.id() == person.id())
        .and_then(|tale| tale.avatar.clone());
    let work = async {
        let avatar = match &avatar {
            Some(avatar) => avatar,
            None => avatar.insert(trains(&person, name, photos).await?),
        };
        unfold(world, plot, &view, &person, avatar).await
    };
    let (outcome, took) = follow(name, || view.stage(), work).await;
    let jobs = first..world.fal.ledger().jobs.len();
    let tale = Tale { title, person, goods: plot.goods(), avatar, jobs, took };
    let judged = outcome.and_then(|mut found| {
        found.extend(checks::always(world, &tale));
        checks::report(&found)
    });
    tales.push(tale);
    judged
}

/// From the start of a training to the news of its end; returns what is special about it.
async fn unfold(
    world: &mut World,
    plot: Plot,
    view: &View,
    person: &Person,
    avatar: &str,
) -> anyhow::Result<Vec<Check>> {
    // FAL decides about a webhook when a job ends, so this is early enough.
    let lost = matches!(plot, Plot::WebhookLost | Plot::Pictures);
    let fate = if lost { Webhooks::Lost } else { Webhooks::Honest };
    world.fal.set(|settings| settings.webhooks = fate);
    match plot {
        Plot::WebhookComes => {
            let forged = checks::forge(world).await?;
            waits_for_news(person, avatar).await?;
            let delivered = |job: &Job| job.deliveries.last().is_some_and(Delivery::accepted);
            let job = job(world, "a delivered webhook", delivered).await?;
            Ok(checks::delivered(&job, forged))
        }
        Plot::WebhookLost => {
            waits_for_news(person, avatar).await?;
            Ok(checks::polled(&job(world, "an end", Job::succeeded).await?))
        }
        Plot::Killed => {
            waits_for_percent(person, A_QUARTER).await?;
            let killed = world.kill().await?;
            view.tell(Some(format!("process {killed} is dead (kill -9); FAL goes on")));
            // The hard case: the training ends while nobody is listening.
            job(world, "an end", Job::succeeded).await?;
            view.tell(Some("FAL is done; the service starts again".to_owned()));
            let heir = world.start().await?;
            view.tell(None);
            waits_for_news(person, avatar).await?;
            Ok(checks::two_processes(killed, heir))
        }
        Plot::Pictures => {
            orders(person, avatar).await?;
            job(world, "the making of pictures", |job| {
                job.input.get("num_images").is_some() && job.state == State::InProgress
            })
            .await?;
            let killed = world.kill().await?;
            view.tell(Some(format!("process {killed} is dead (kill -9); FAL goes on")));
            let made = |job: &Job| job.pictures.len() == PICTURES && job.succeeded();
            job(world, "the pictures", made).await?;
            view.tell(Some("FAL is done, nobody was told; the service starts again".to_owned()));
            let heir = world.start().await?;
            view.tell(None);
            waits_for_pictures(person).await?;
            let mut found = checks::polled(&job(world, "an end", made).await?);
            found.extend(checks::two_processes(killed, heir));
            Ok(found)
        }
    }
}

/// Waits until FAL's newest job meets a condition.
async fn job(world: &World, what: &str, is_so: impl Fn(&Job) -> bool) -> anyhow::Result<Job> {
    let look = |ledger: &Ledger| ledger.jobs.last().filter(|job| is_so(job)).cloned();
    let waited = tokio::time::timeout(PATIENCE, world.fal.until(what, look, NEVER)).await;
    waited.with_context(|| format!("FAL saw no {what} within {PATIENCE:?}"))
}
