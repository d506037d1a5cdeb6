//! What a supervisor learns about the end of a real actor.

use super::{Ended, How, Obituary};
use actix::{Actor, ActorContext, Addr, AsyncContext, Context, Handler, Message};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Writes down every end that it is told.
struct Chronicler(UnboundedSender<(u8, How)>);

impl Actor for Chronicler {
    type Context = Context<Self>;
}

impl Handler<Ended<u8>> for Chronicler {
    type Result = ();

    fn handle(&mut self, ended: Ended<u8>, _: &mut Context<Self>) {
        self.0.send((ended.child, ended.how)).unwrap();
    }
}

/// Ends in the way that it is told.
struct Child(Obituary<u8>);

#[derive(Clone, Copy)]
enum Order {
    Stop,
    Vanish,
    BreakInHandler,
    BreakInFuture,
    BreakInTimer,
}

impl Message for Order {
    type Result = ();
}

impl Actor for Child {
    type Context = Context<Self>;
}

impl Handler<Order> for Child {
    type Result = ();

    fn handle(&mut self, order: Order, ctx: &mut Context<Self>) {
        match order {
            Order::Stop => {
                self.0.write(How::Finished);
                ctx.stop();
            }
            Order::Vanish => ctx.stop(),
            Order::BreakInHandler => panic!("a defect in a handler"),
            Order::BreakInFuture => {
                ctx.spawn(actix::fut::wrap_future(async { panic!("a defect in a future") }));
            }
            Order::BreakInTimer => {
                ctx.run_later(Duration::ZERO, |_, _| panic!("a defect in a timer"));
            }
        }
    }
}

fn supervised(name: u8, chronicler: &Addr<Chronicler>) -> Addr<Child> {
    Child(Obituary::new(name, 1, chronicler.clone().recipient())).start()
}

fn chronicle() -> (Addr<Chronicler>, UnboundedReceiver<(u8, How)>) {
    let (sender, receiver) = unbounded_channel();
    (Chronicler(sender).start(), receiver)
}

#[actix::test]
async fn every_end_is_told_once_and_a_panic_is_a_crash() {
    for (order, expected) in [
        (Order::Stop, How::Finished),
        (Order::Vanish, How::Crashed),
        (Order::BreakInHandler, How::Crashed),
        (Order::BreakInFuture, How::Crashed),
        (Order::BreakInTimer, How::Crashed),
    ] {
        let (chronicler, mut ends) = chronicle();
        supervised(7, &chronicler).try_send(order).unwrap();
        assert_eq!(ends.recv().await, Some((7, expected)));
        drop(chronicler);
        assert_eq!(ends.recv().await, None, "told once");
    }
}

#[actix::test]
async fn a_panic_kills_one_actor_and_its_sibling_goes_on() {
    let (chronicler, mut ends) = chronicle();
    let (first, second) = (supervised(1, &chronicler), supervised(2, &chronicler));
    first.try_send(Order::BreakInHandler).unwrap();
    assert_eq!(ends.recv().await, Some((1, How::Crashed)));
    assert!(!first.connected());
    second.try_send(Order::Stop).unwrap();
    assert_eq!(ends.recv().await, Some((2, How::Finished)));
}
