//! What the root asks its fixed actors: whether they answer, how many wait in them, and whom they
//! supervise.

use crate::ping::{Backlog, GLANCE, PATIENCE, Ping};
use crate::supervisor::{Census, Node, NodeState};
use crate::training_supervisor::Trainings;
use actix::{Actor, Addr, Context, Handler, MailboxError, Recipient};
use futures_util::future::join_all;

/// How one living fixed actor is asked, whatever its type.
#[derive(Clone)]
pub(super) struct Questions {
    ping: Recipient<Ping>,
    backlog: Recipient<Backlog>,
    children: Option<Recipient<Trainings>>,
}

impl Questions {
    /// To an actor without children.
    pub(super) fn to<A>(actor: &Addr<A>) -> Self
    where
        A: Actor<Context = Context<A>> + Handler<Ping> + Handler<Backlog>,
    {
        let (ping, backlog) = (actor.clone().recipient(), actor.clone().recipient());
        Self { ping, backlog, children: None }
    }

    /// To a supervisor.
    pub(super) fn to_supervisor<A>(actor: &Addr<A>) -> Self
    where
        A: Actor<Context = Context<A>> + Handler<Ping> + Handler<Backlog> + Handler<Trainings>,
    {
        Self { children: Some(actor.clone().recipient()), ..Self::to(actor) }
    }

    /// Whether it answers in time. One that died is no reason to worry here: its supervisor brings
    /// it back or gives up.
    async fn answers(self) -> bool {
        match self.ping.send(Ping).timeout(PATIENCE).await {
            Ok(answers) => answers,
            Err(MailboxError::Closed) => true,
            Err(MailboxError::Timeout) => false,
        }
    }

    /// How many wait in it; none when it does not answer in time. Nobody waits in one that died.
    async fn backlog(&self) -> Option<usize> {
        match self.backlog.send(Backlog).timeout(GLANCE).await {
            Ok(waiting) => Some(waiting),
            Err(MailboxError::Closed) => Some(0),
            Err(MailboxError::Timeout) => None,
        }
    }

    /// Its node, completed as far as it answers.
    pub(super) async fn complete(&self, mut node: Node, census: Census) -> Node {
        match self.backlog().await {
            Some(waiting) => node.mailbox = waiting,
            None => node.state = NodeState::Silent,
        }
        if let Some(children) = &self.children
            && let Ok((named, living)) = children.send(Trainings(census)).timeout(GLANCE).await
        {
            node.unnamed = living.saturating_sub(named.len());
            node.children = named;
        }
        node
    }
}

/// Whether all of these answer in time.
pub(super) async fn all_answer(all: Vec<Questions>) -> bool {
    join_all(all.into_iter().map(Questions::answers)).await.into_iter().all(|answers| answers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ping::{answers_pings, nothing_waits_in};
    use actix::{AsyncContext, WrapFuture};

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

    answers_pings!(Patient);
    nothing_waits_in!(Patient);

    #[actix::test]
    async fn an_actor_that_hangs_does_not_answer() {
        tokio::time::pause();
        let asks = |hangs| Questions::to(&Patient { hangs }.start());
        assert!(all_answer(vec![asks(false)]).await);
        assert!(!all_answer(vec![asks(false), asks(true)]).await);
    }
}
