//! The table of the fixed actors. A new one is a row here, and the actor itself.

use super::cast::Cast;
use super::questions::Questions;
use crate::bot::BotActor;
use crate::eraser::EraserActor;
use crate::generation::GiftActor;
use crate::job::{JobKind, JobSupervisor};
use crate::notification::NotificationActor;
use crate::process::Roles;
use crate::progress::ProgressActor;
use crate::recovery::StartupRecoveryActor;
use crate::supervisor::Obituary;
use crate::webhook::WebhookActor;
use crate::world::World;
use actix::Actor;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// One fixed actor.
pub(super) struct Fixed {
    /// Its name in the log, in the tree and in its obituary.
    pub(super) name: &'static str,
    /// Whether a process with these roles has it.
    pub(super) needed: fn(Roles) -> bool,
    /// Starts it. An address that others need is put into the cast.
    pub(super) start: Start,
}

type Start = Box<dyn Fn(Birth, &mut Cast) -> Questions>;

/// What a fixed actor is started with.
pub(super) struct Birth {
    pub(super) world: Arc<World>,
    pub(super) ready: watch::Sender<bool>,
    pub(super) shutdown: CancellationToken,
    pub(super) obituary: Obituary<&'static str>,
}

/// All of them, in the order in which they are started. An actor is handed the addresses of those
/// before it, and is started again when one of them dies. Every kind of job has a supervisor.
pub(super) fn fixed(world: &World) -> Vec<Fixed> {
    let before = [
        Fixed {
            name: "NotificationActor",
            needed: |roles| roles.trainer,
            start: Box::new(|Birth { world, shutdown, obituary, .. }, _| {
                Questions::to(
                    &NotificationActor::new(Arc::clone(&world.notification), shutdown, obituary)
                        .start(),
                )
            }),
        },
        Fixed {
            name: "ProgressActor",
            needed: |roles| roles.trainer,
            start: Box::new(|Birth { world, shutdown, obituary, .. }, _| {
                Questions::to(
                    &ProgressActor::new(Arc::clone(&world.progress), shutdown, obituary).start(),
                )
            }),
        },
    ];
    let supervisors = world.kinds.iter().map(supervisor);
    let after = [
        Fixed {
            name: "StartupRecoveryActor",
            needed: |_| true, // Leases and the heartbeat are everybody's.
            start: Box::new(|Birth { world, ready, shutdown, obituary }, cast| {
                let supervisors = cast.supervisors.clone();
                let recovery = StartupRecoveryActor::new(
                    Arc::clone(&world.recovery),
                    supervisors,
                    ready,
                    shutdown,
                    obituary,
                );
                Questions::to(&recovery.start())
            }),
        },
        Fixed {
            name: "WebhookActor",
            needed: |roles| roles.api,
            start: Box::new(|Birth { world, shutdown, obituary, .. }, cast| {
                let supervisors = cast.supervisors.clone();
                let webhook =
                    WebhookActor::new(Arc::clone(&world.webhook), supervisors, shutdown, obituary)
                        .start();
                Questions::to(cast.webhook.insert(webhook))
            }),
        },
        Fixed {
            name: "BotActor",
            needed: |roles| roles.bot,
            start: Box::new(|Birth { world, shutdown, obituary, .. }, cast| {
                let supervisors = cast.supervisors.clone();
                let bot =
                    BotActor::new(Arc::clone(&world.bot), supervisors, shutdown, obituary).start();
                Questions::to(cast.bot.insert(bot))
            }),
        },
        eraser(),
        gift(),
    ];
    before.into_iter().chain(supervisors).chain(after).collect()
}

fn supervisor(kind: &Arc<JobKind>) -> Fixed {
    let kind = Arc::clone(kind);
    Fixed {
        name: kind.specification.supervisor,
        needed: |roles| roles.trainer,
        start: Box::new(move |Birth { world, shutdown, obituary, .. }, cast| {
            let supervisor =
                JobSupervisor::new(Arc::clone(&world.jobs), Arc::clone(&kind), shutdown, obituary)
                    .start();
            let questions = Questions::to_supervisor(&supervisor);
            cast.supervisors.insert(kind.specification.kind, supervisor);
            questions
        }),
    }
}

fn eraser() -> Fixed {
    Fixed {
        name: "EraserActor",
        needed: |roles| roles.trainer,
        start: Box::new(|Birth { world, shutdown, obituary, .. }, _| {
            Questions::to(&EraserActor::new(Arc::clone(&world.eraser), shutdown, obituary).start())
        }),
    }
}

fn gift() -> Fixed {
    Fixed {
        name: "GiftActor",
        needed: |roles| roles.trainer,
        start: Box::new(|Birth { world, shutdown, obituary, .. }, _| {
            Questions::to(&GiftActor::new(Arc::clone(&world.gifts), shutdown, obituary).start())
        }),
    }
}
