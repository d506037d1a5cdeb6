//! Whether the fixed actors still answer: what feeds the watchdog of the process.
//!
//! An actor that hangs inside a handler keeps its mailbox and its address; only a question shows
//! it. One that died is no reason to worry here: its supervisor brings it back or gives up.

use crate::bot::BotActor;
use crate::eraser::EraserActor;
use crate::notification::NotificationActor;
use crate::progress::ProgressActor;
use crate::recovery::StartupRecoveryActor;
use crate::root::Cast;
use crate::training_supervisor::TrainingSupervisor;
use crate::webhook::WebhookActor;
use actix::{Actor, Addr, Handler, MailboxError, Message};
use futures_util::future::join_all;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// Longest wait for one answer. Handlers take microseconds; a mailbox full of webhooks is empty
/// again within a second.
const PATIENCE: Duration = Duration::from_secs(5);

/// Longest wait for how many wait: a person looks at a page.
pub(crate) const GLANCE: Duration = Duration::from_secs(2);

/// Asks an actor, or the root for all of them, whether it still takes messages.
#[derive(Clone, Copy, Debug)]
pub struct Ping;

impl Message for Ping {
    type Result = bool;
}

macro_rules! answers {
    ($($actor:ty),+) => {$(
        impl Handler<Ping> for $actor {
            type Result = bool;

            fn handle(&mut self, _: Ping, _: &mut Self::Context) -> bool {
                true
            }
        }
    )+};
}

/// Asks an actor how many wait in it: for their turn, their batch, their answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backlog;

impl Message for Backlog {
    type Result = usize;
}

macro_rules! nothing_waits_in {
    ($($actor:ty),+) => {$(
        impl Handler<Backlog> for $actor {
            type Result = usize;

            fn handle(&mut self, _: Backlog, _: &mut Self::Context) -> usize {
                0 // It sweeps rows: what waits, waits there.
            }
        }
    )+};
}

nothing_waits_in!(EraserActor, ProgressActor, StartupRecoveryActor, TrainingSupervisor);

/// How many wait in one; none when it does not answer in time. Who died has nobody waiting.
pub(crate) async fn backlog<A>(actor: Addr<A>) -> Option<usize>
where
    A: Actor<Context = actix::Context<A>> + Handler<Backlog>,
{
    match actor.send(Backlog).timeout(GLANCE).await {
        Ok(waiting) => Some(waiting),
        Err(MailboxError::Closed) => Some(0),
        Err(MailboxError::Timeout) => None,
    }
}

answers!(
    BotActor,
    EraserActor,
    NotificationActor,
    ProgressActor,
    StartupRecoveryActor,
    TrainingSupervisor,
    WebhookActor
);

type Answer = Pin<Box<dyn Future<Output = bool>>>;

/// Whether every living fixed actor answers in time.
pub(crate) fn of_all(cast: Cast) -> impl Future<Output = bool> {
    let asked: [Option<Answer>; 7] = [
        cast.notification.map(of_one),
        cast.progress.map(of_one),
        cast.trainings.map(of_one),
        cast.recovery.map(of_one),
        cast.webhook.map(of_one),
        cast.bot.map(of_one),
        cast.eraser.map(of_one),
    ];
    let all = join_all(asked.into_iter().flatten());
    async move { all.await.into_iter().all(|answers| answers) }
}

fn of_one<A>(actor: Addr<A>) -> Answer
where
    A: Actor<Context = actix::Context<A>> + Handler<Ping>,
{
    Box::pin(async move {
        match actor.send(Ping).timeout(PATIENCE).await {
            Ok(answers) => answers,
            Err(MailboxError::Closed) => true,
            Err(MailboxError::Timeout) => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix::{AsyncContext, Context, WrapFuture};

    /// An actor that may hang for ever in what others queue behind.
    struct Patient {
        hangs: bool,
    }

    impl Actor for Patient {
        type Context = Context<Self>;

        fn started(&mut self, ctx: &mut Self::Context) {
            if self.hangs {
                ctx.wait(std::future::pending::<()>().into_actor(self));
            }
        }
    }

    answers!(Patient);

    #[actix::test]
    async fn an_actor_that_hangs_has_no_pulse() {
        tokio::time::pause();
        assert!(of_one(Patient { hangs: false }.start()).await);
        assert!(!of_one(Patient { hangs: true }.start()).await);
    }
}
