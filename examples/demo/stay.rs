//! `STAY=1`: the world keeps running, and its addresses are printed.

use crate::screen::say;
use crate::world::World;
use anyhow::{Context, bail};
use nix::sys::stat::{SFlag, fstat};
use std::io::Read;
use tokio::sync::oneshot;

/// Prints the addresses and waits until standard input is closed; returns the reason to stop.
///
/// # Errors
/// If the service ends by itself.
pub(crate) async fn stay(world: &mut World) -> anyhow::Result<&'static str> {
    addresses(world);
    let closed = closed_input();
    let service = world.service.as_mut().context("the service is gone")?;
    tokio::select! {
        ended = service.ends() => bail!("the service ended by itself, with {}", ended?),
        () = closed => Ok("standard input was closed"),
    }
}

fn addresses(world: &World) {
    let (fal, telegram) = (world.fal.url(), world.telegram.url());
    let pid = world.service.as_ref().map(|service| service.pid.to_string()).unwrap_or_default();
    say("\nEverything stays as it is:\n");
    for (what, place) in [
        ("service", format!("process {pid}")),
        ("health", format!("{}/ready", world.public)),
        ("admin page", format!("{}/admin", world.admin)),
        ("supervision tree", format!("{}/admin/api/tree", world.admin)),
        ("FAL stand-in", fal.to_owned()),
        ("Telegram stand-in", format!("{telegram}/bot{}/getMe", world.telegram.token())),
        ("data directory", world.data.display().to_string()),
        ("log", world.recipe.log.display().to_string()),
    ] {
        say(&format!("  {what:<18} {place}"));
    }
    say("\nAnna's side of Telegram obeys, too:\n");
    for (order, body) in
        [("says", r#"{"id": 1001, "text": "/avatars"}"#), ("transcript", r#"{"id": 1001}"#)]
    {
        say(&format!("  curl -s {telegram}/_control/{order} -d '{body}'"));
    }
    say("\nCtrl-C (or SIGTERM, or the end of standard input where it is a pipe) stops it all.");
}

/// Waits for the end of standard input, if that is a pipe.
///
/// A terminal is not read, because that would stop a demo in the background. `/dev/null`, which
/// scripts pass to what they start, is at its end from the beginning and means nothing.
async fn closed_input() {
    let about = fstat(std::io::stdin()).map(|about| SFlag::from_bits_truncate(about.st_mode));
    let piped = about.is_ok_and(|mode| {
        let kind = mode & SFlag::S_IFMT;
        kind == SFlag::S_IFIFO || kind == SFlag::S_IFSOCK
    });
    let (tell, told) = oneshot::channel::<()>();
    if !piped {
        // Never ends.
        std::future::pending::<()>().await;
    }
    // On a thread of its own, because a read cannot be cancelled and a runtime would wait for it.
    std::thread::spawn(move || {
        let mut rest = [0; 1024];
        while std::io::stdin().read(&mut rest).is_ok_and(|read| read > 0) {}
        drop(tell);
    });
    // The error is the signal: the thread has dropped its end.
    if told.await.is_err() {}
}
