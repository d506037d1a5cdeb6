//! How people's updates come in: polled, or delivered to our listener.

use crate::config::Config;
use crate::telegram::{self, Client, PollHealth, UpdateIntake};
use actors::process::Roles;
use actors::root::Cast;
use actors::world::World;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The entry point for Telegram, if this process has a public listener and a webhook is configured.
pub(super) fn update_intake(
    config: &Config,
    roles: Roles,
    world: &Arc<World>,
    cast: watch::Receiver<Cast>,
) -> Option<UpdateIntake> {
    let hook = config.hook.as_ref().filter(|_| roles.api)?;
    let (update_intake, intake) =
        telegram::update_intake(hook.secret.clone(), Arc::clone(world), cast);
    tokio::spawn(intake);
    Some(update_intake)
}

/// Makes updates come in, if this process talks to people; reports their state.
pub(super) fn come_in(
    config: &Config,
    client: Client,
    world: &Arc<World>,
    cast: watch::Receiver<Cast>,
    stop: CancellationToken,
) -> watch::Receiver<PollHealth> {
    let health = watch::Sender::new(PollHealth::Starting);
    let seen = health.subscribe();
    let (world, hook) = (Arc::clone(world), config.hook.clone());
    tokio::spawn(async move {
        // A Telegram that hangs over the list of commands must delay neither updates nor a stop.
        let commands = stop.run_until_cancelled(telegram::set_commands(&client));
        let client = client.clone();
        if let Some(hook) = hook {
            let guard = telegram::guard(client, hook, world, stop.clone(), health);
            tokio::join!(commands, guard);
        } else {
            let polling = telegram::poll(client, world, cast, stop.clone(), health);
            tokio::join!(commands, polling);
        }
    });
    seen
}
