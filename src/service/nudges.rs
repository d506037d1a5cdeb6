//! What the cast does about a nudge of another instance.

use crate::postgres::OnNudge;
use actors::bot::Stored;
use actors::job::supervisor::LookAt;
use actors::ports::JobId;
use actors::process::Process;
use actors::root::Cast;
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
        work: Box::new(move |jobs| look_at(&cast, jobs, &log)),
    }
}

fn wake_bot(cast: &watch::Receiver<Cast>, log: &Logger) {
    let bot = cast.borrow().bot.clone();
    if bot.is_some_and(|bot| bot.try_send(Stored).is_err()) {
        debug!(log, "the bot is busy, its sweep will see");
    }
}

fn look_at(cast: &watch::Receiver<Cast>, jobs: Vec<JobId>, log: &Logger) {
    let supervisors = cast.borrow().supervisors.clone();
    for job in jobs {
        let Some(supervisor) = supervisors.of(job.kind) else { continue };
        if supervisor.try_send(LookAt { job, call: None }).is_err() {
            warn!(log, "the supervisor is busy, the sweep will see it";
                "kind" => job.kind.word(), "id" => %job);
        }
    }
}
