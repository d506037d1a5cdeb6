//! What the cast does about a nudge of another instance.

use crate::postgres::OnNudge;
use actors::avatar::AvatarId;
use actors::bot::Stored;
use actors::process::Process;
use actors::root::Cast;
use actors::training_supervisor::LookAt;
use slog::{Logger, debug, warn};
use std::sync::Arc;
use tokio::sync::watch;

/// Wakes whom a nudge is about, as it lives just now. What is lost, a sweep finds.
pub(super) fn on_nudge(process: &Arc<Process>, cast: watch::Receiver<Cast>) -> OnNudge {
    let (sender, log) = (Arc::clone(process), process.log.clone());
    let (bots, bot_log) = (cast.clone(), log.clone());
    OnNudge {
        notices: Box::new(move || sender.sender_wake.notify_one()),
        updates: Box::new(move || wake_bot(&bots, &bot_log)),
        work: Box::new(move |avatars| look_at(&cast, avatars, &log)),
    }
}

fn wake_bot(cast: &watch::Receiver<Cast>, log: &Logger) {
    let bot = cast.borrow().bot.clone();
    if bot.is_some_and(|bot| bot.try_send(Stored).is_err()) {
        debug!(log, "the bot is busy, its sweep will see");
    }
}

fn look_at(cast: &watch::Receiver<Cast>, avatars: Vec<AvatarId>, log: &Logger) {
    let Some(trainings) = cast.borrow().trainings.clone() else { return };
    for avatar in avatars {
        if trainings.try_send(LookAt { avatar, report: None }).is_err() {
            warn!(log, "the supervisor is busy, the sweep will see it"; "avatar" => %avatar);
        }
    }
}
