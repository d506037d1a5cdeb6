//! The whole service on one machine: plays four stories on the terminal.
//!
//! ```text
//!   demo ──people──▶ Telegram stand-in ◀──▶ ┌──────────────┐
//!     │                                     │ aisha serve  │ a process of its own, with a
//!     ├── reads the ledgers, the disk       │              │ PostgreSQL of its own
//!     └──settings──▶ FAL stand-in ◀───────▶ └──────────────┘
//! ```
//!
//! The demo knows nothing about the service's inside: it presses what people press, and trusts only
//! what people see, what FAL's ledger counts and what is on the disk. So what it calls «told once»
//! was told once, whatever the rows say.
//!
//! `STAY=1` keeps the world running after the table and prints its addresses.

mod checks;
mod interrupt;
mod live;
mod people;
mod photos;
mod screen;
mod service;
mod stay;
mod stories;
mod table;
mod world;

use anyhow::{anyhow, bail};
use futures_util::FutureExt;
use interrupt::Interrupt;
use screen::say;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use stories::Tale;
use world::World;

#[tokio::main]
async fn main() -> ExitCode {
    // A Makefile passes an empty STAY if nobody has set it.
    let stay = std::env::var_os("STAY").is_some_and(|value| !value.is_empty() && value != "0");
    match demo(stay).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("\nThe demo failed: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Plays everything. Whatever happens, nothing is left running when this returns.
async fn demo(stay: bool) -> anyhow::Result<()> {
    let mut interrupt = Interrupt::listen()?;
    let mut world = World::build(stay).await?;
    let mut tales = Vec::new();
    let played = tokio::select! {
        played = play(&mut world, &mut tales) => played,
        signal = interrupt.comes() => {
            world.close().await?;
            world.leave(true);
            bail!("interrupted by {signal}; everything is stopped and removed");
        }
    };
    let outcome = if played.is_ok() && stay {
        let stayed = linger(&mut world, &tales, &mut interrupt).await;
        stayed.and(world.close().await)
    } else {
        if played.is_err() {
            world.show_log();
        }
        let closed = world.close().await;
        if let (Err(_), Err(error)) = (&played, &closed) {
            say(&format!("\nAnd at the end: {error:#}"));
        }
        // Counted after the stop, so that what is told during it counts too.
        played.and(table::show(&world, &tales)).and(closed)
    };
    world.leave(outcome.is_ok() && !stay);
    outcome
}

/// Shows the table and stays until told to stop.
async fn linger(
    world: &mut World,
    tales: &[Tale],
    interrupt: &mut Interrupt,
) -> anyhow::Result<()> {
    table::show(world, tales)?;
    let why = tokio::select! {
        stayed = stay::stay(world) => stayed?,
        signal = interrupt.comes() => signal,
    };
    say(&format!("\n{why}: everything is being stopped"));
    Ok(())
}

/// Even a panic must end in an orderly stop, because the service's database outlives a killed
/// service.
async fn play(world: &mut World, tales: &mut Vec<Tale>) -> anyhow::Result<()> {
    let played = AssertUnwindSafe(stories::play(world, tales)).catch_unwind().await;
    played.unwrap_or_else(|_| Err(anyhow!("a defect of the demo itself, told above")))
}
