//! How people's updates come in: polled, or delivered to our listener.

use crate::config::Config;
use crate::telegram::{self, Client, Lease, Listener, PollHealth, Poller, Registrar, UpdateIntake};
use actors::bot::Fresh;
use actors::ports::{Received, Resource};
use actors::process::Process;
use actors::root::Cast;
use actors::world::World;
use async_trait::async_trait;
use slog::{Logger, debug, info};
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The entry point for Telegram, if this process has a public listener and a webhook is configured.
pub(super) fn update_intake(
    config: &Config,
    world: &World,
    cast: watch::Receiver<Cast>,
) -> Option<UpdateIntake> {
    let process = Arc::clone(&world.process);
    let hook = config.hook.as_ref().filter(|_| process.roles.api)?;
    let log = process.log.clone();
    let bot = Bot { cast, log: log.clone() };
    let anywhere = Box::new(BotAnywhere { bot, process });
    let updates = Arc::clone(&world.bot.updates);
    let (intake, stores) = telegram::update_intake(hook.secret.clone(), updates, anywhere, &log);
    tokio::spawn(stores);
    Some(intake)
}

/// Makes updates come in, if this process talks to people; reports their state.
pub(super) fn come_in(
    config: &Config,
    client: Client,
    world: &World,
    cast: watch::Receiver<Cast>,
    stop: CancellationToken,
) -> watch::Receiver<PollHealth> {
    let health = watch::Sender::new(PollHealth::Starting);
    let seen = health.subscribe();
    let process = Arc::clone(&world.process);
    let bot = Box::new(Bot { cast, log: process.log.clone() });
    let lease: Lease = Box::new(move || process.held_leases.epoch(Resource::Updates));
    let (updates, hook) = (Arc::clone(&world.bot.updates), config.hook.clone());
    tokio::spawn(async move {
        // A Telegram that hangs over the list of commands must delay neither updates nor a stop.
        let commands = stop.run_until_cancelled(telegram::set_commands(&client));
        let client = client.clone();
        if let Some(hook) = hook {
            let registrar = Registrar::new(client, hook, lease, health);
            tokio::join!(commands, registrar.run(stop.clone()));
        } else {
            let poller = Poller::new(client, updates, lease, bot, health);
            tokio::join!(commands, poller.run(stop.clone()));
        }
    });
    seen
}

/// The bot of this process, as it lives just now.
struct Bot {
    cast: watch::Receiver<Cast>,
    log: Logger,
}

#[async_trait]
impl Listener for Bot {
    async fn hear(&self, fresh: Vec<Received>) {
        let (bot, count) = (self.cast.borrow().bot.clone(), fresh.len());
        let heard = match bot {
            Some(bot) => bot.send(Fresh(fresh)).await.is_ok(),
            None => false,
        };
        if !heard {
            info!(self.log, "the bot is away and reads these when it is back"; "count" => count);
        }
    }
}

/// The bot of the process that holds the lease of updates.
struct BotAnywhere {
    bot: Bot,
    process: Arc<Process>,
}

#[async_trait]
impl Listener for BotAnywhere {
    /// They are stored: a lost wake-up costs a second.
    async fn hear(&self, fresh: Vec<Received>) {
        let Process { held_leases, nudges, log, .. } = &*self.process;
        if held_leases.epoch(Resource::Updates).is_some() {
            self.bot.hear(fresh).await;
        } else if let Err(error) = nudges.wake_bot().await {
            debug!(log, "the bot was not woken, its sweep will see: {}", error);
        }
    }
}
