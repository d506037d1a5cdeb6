//! What must hold at the end of a story, judged from outside.

use crate::people::{PICTURES, pictures};
use crate::screen::{mark, say};
use crate::stories::{Goods, Tale};
use crate::world::World;
use anyhow::{Context, bail};
use sha2::{Digest, Sha256};
use standins::fal::{Job, State};
use standins::telegram::Message;
use std::path::Path;

/// Characters of a digest, enough for people to compare.
const SHORT: usize = 12;

/// One condition that must hold.
pub(crate) struct Check {
    what: String,
    holds: bool,
}

impl Check {
    fn new(holds: bool, what: impl Into<String>) -> Self {
        Self { what: what.into(), holds }
    }
}

/// What the table counts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    /// Paid jobs at FAL.
    pub(crate) started: usize,
    /// Those whose weights or pictures we have stored, byte for byte.
    pub(crate) finished: usize,
    /// Whether the owner was told.
    pub(crate) told: usize,
    /// Notices beyond the first.
    pub(crate) told_twice: usize,
    /// Paid, but not stored or not told.
    pub(crate) lost: usize,
}

/// Counts a story.
pub(crate) fn count(world: &World, tale: &Tale) -> Count {
    let ledger = world.fal.ledger();
    let jobs = ledger.jobs.get(tale.jobs.clone()).unwrap_or_default();
    let finished = jobs.iter().filter(|job| held(world, tale.goods, job).is_some()).count();
    let notices = match tale.goods {
        Goods::Weights => notices(tale).len(),
        Goods::Pictures => pictures(&tale.person.chat()).div_euclid(PICTURES),
    };
    let told = notices.min(1);
    let lost = jobs.len().saturating_sub(finished.min(told));
    let told_twice = notices.saturating_sub(1);
    Count { started: jobs.len(), finished, told, told_twice, lost }
}

/// What must hold for every story.
pub(crate) fn always(world: &World, tale: &Tale) -> Vec<Check> {
    let count = count(world, tale);
    if tale.goods == Goods::Pictures {
        return pictured(world, tale, count);
    }
    let notices = notices(tale);
    let buttons = |message: &Message| {
        message.button("avatar_gallery").is_some() && message.button("avatar_generate:").is_some()
    };
    let bought = format!("bought once (jobs at FAL: {})", count.started);
    let told = format!("told once (notices: {}), with both buttons", notices.len());
    let ledger = world.fal.ledger();
    let job = ledger.jobs.get(tale.jobs.start);
    let held = job.and_then(|job| held(world, tale.goods, job)).map_or_else(
        || Check::new(false, "the weights are not in the service's store"),
        |held| Check::new(true, format!("mirrored and checked: {held}")),
    );
    vec![
        Check::new(count.started == 1, bought),
        held,
        Check::new(notices.len() == 1 && notices.iter().all(buttons), told),
        Check::new(tale.person.unanswered().is_empty(), "every press was answered"),
    ]
}

/// What must hold for an order of pictures.
fn pictured(world: &World, tale: &Tale, count: Count) -> Vec<Check> {
    let seen = pictures(&tale.person.chat());
    let ledger = world.fal.ledger();
    let held = ledger.jobs.get(tale.jobs.start).and_then(|job| held(world, tale.goods, job));
    vec![
        Check::new(count.started == 1, format!("bought once (jobs at FAL: {})", count.started)),
        Check::new(held.is_some(), held.unwrap_or_else(|| "a picture is not in the store".into())),
        Check::new(seen == PICTURES, format!("all {PICTURES} came, once (pictures: {seen})")),
        Check::new(tale.person.unanswered().is_empty(), "every press was answered"),
    ]
}

/// The webhook came, signed, and a forged one was refused.
pub(crate) fn delivered(job: &Job, forged: u16) -> Vec<Check> {
    let first = job.deliveries.first();
    let status = first.and_then(|first| first.status).unwrap_or(0);
    let signed = format!("signed webhook answered {status} (tries: {})", job.deliveries.len());
    vec![
        Check::new(status == 200, signed),
        Check::new(forged == 401, format!("forged webhook answered {forged}")),
    ]
}

/// No webhook was ever sent; a poll learnt the end.
pub(crate) fn polled(job: &Job) -> Vec<Check> {
    let sent = job.deliveries.len();
    let polls = job.polls.iter().filter(|poll| poll.told == State::Completed).count();
    vec![
        Check::new(sent == 0, format!("the webhook was lost (tries: {sent})")),
        Check::new(polls > 0, format!("the poll found the end (polls: {})", job.polls.len())),
    ]
}

/// It took two processes.
pub(crate) fn two_processes(killed: u32, heir: u32) -> Vec<Check> {
    let words = format!("two processes: {killed} was killed, {heir} went on");
    vec![Check::new(killed != heir, words)]
}

/// Reports a made-up end of the newest job, as anybody on the internet could; returns the answer.
pub(crate) async fn forge(world: &World) -> anyhow::Result<u16> {
    let id = world.fal.ledger().jobs.last().map(|job| job.request_id.clone());
    let body = serde_json::json!({
        "request_id": id.unwrap_or_else(|| "unknown".to_owned()),
        "status": "ERROR",
        "error": "forged",
        "payload": null,
    });
    let web = reqwest::Client::builder().no_proxy().build()?;
    let url = format!("{}/webhooks/fal", world.public);
    let answer = web.post(url).json(&body).send().await.context("the service hung up")?;
    Ok(answer.status().as_u16())
}

/// Prints the checks.
///
/// # Errors
/// If one does not hold.
pub(crate) fn report(checks: &[Check]) -> anyhow::Result<()> {
    for check in checks {
        say(&format!("  {} {}", mark(check.holds), check.what));
    }
    let wrong: Vec<&str> =
        checks.iter().filter(|check| !check.holds).map(|check| check.what.as_str()).collect();
    if !wrong.is_empty() {
        bail!("not as it must be: {}", wrong.join("; "));
    }
    Ok(())
}

/// The messages that told the owner.
fn notices(tale: &Tale) -> Vec<Message> {
    let Some(avatar) = &tale.avatar else { return Vec::new() };
    let data = format!("avatar_generate:{avatar}");
    let messages = tale.person.chat().messages.into_iter();
    let news = |message: &Message| {
        let buttons = ["avatar_gallery", &data];
        message.from_bot && buttons.iter().all(|data| message.button(data).is_some())
    };
    messages.filter(news).collect()
}

/// Looks among all files of the service for what a job made; returns its size.
fn held(world: &World, goods: Goods, job: &Job) -> Option<String> {
    match goods {
        Goods::Weights => held_weights(world, job),
        Goods::Pictures => held_pictures(world, job),
    }
}

fn held_pictures(world: &World, job: &Job) -> Option<String> {
    let objects = world.data.join("objects");
    let mut bytes = 0;
    for picture in &job.pictures {
        // FAL was told to delete its own by now; the ledger still knows what they were.
        among(&objects, picture.bytes, &picture.sha256)?;
        bytes += picture.bytes;
    }
    let count = job.pictures.len();
    (count == PICTURES).then(|| format!("stored byte for byte: {count} pictures, {bytes} bytes"))
}

fn held_weights(world: &World, job: &Job) -> Option<String> {
    let made = world.fal.file(&job.weights.as_ref()?.url)?;
    let digest = hex::encode(Sha256::digest(&made));
    let found = among(&world.data.join("objects"), made.len(), &digest)?;
    let short = digest.get(..SHORT).unwrap_or(&digest);
    found.contains(&digest).then(|| format!("{} bytes of weights, sha256 {short}…", made.len()))
}

/// The name of the file below this folder whose bytes have this digest.
fn among(folder: &Path, size: usize, digest: &str) -> Option<String> {
    let bytes = u64::try_from(size).ok()?;
    std::fs::read_dir(folder).ok()?.flatten().find_map(|entry| {
        let (path, about) = (entry.path(), entry.metadata().ok()?);
        if about.is_dir() {
            return among(&path, size, digest);
        }
        let digested = |read: Vec<u8>| hex::encode(Sha256::digest(read)) == digest;
        let same = about.len() == bytes && std::fs::read(&path).is_ok_and(digested);
        same.then(|| path.display().to_string())
    })
}
