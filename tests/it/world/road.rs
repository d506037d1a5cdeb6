//! A faulty network: a TCP proxy on loopback that a story closes, mutes and opens again.

mod order;

use super::free_port;
use order::{Doomed, Losing, Order};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The state of the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    /// Everything sent is held back silently. New connections are accepted and stay mute.
    Mute,
    /// Connections are cut, new ones refused.
    Closed,
}

/// The proxy from our port to another.
pub(crate) struct Road {
    pub(crate) port: u16,
    state: watch::Sender<State>,
    losing: Arc<Mutex<Losing>>,
    task: JoinHandle<()>,
}

impl Road {
    /// An open proxy to this port.
    pub(crate) async fn to(there: u16) -> Self {
        let port = free_port();
        let (state, seen) = watch::channel(State::Open);
        let losing = Arc::<Mutex<Losing>>::default();
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let task = tokio::spawn(serve(listener, port, there, seen, Arc::clone(&losing)));
        Self { port, state, losing, task }
    }

    pub(crate) fn opens(&self) {
        self.state.send_replace(State::Open);
    }

    pub(crate) fn goes_mute(&self) {
        self.state.send_replace(State::Mute);
    }

    pub(crate) fn closes(&self) {
        self.state.send_replace(State::Closed);
    }

    /// The next time this statement changes something, its answer is lost with the connection; by
    /// then it has been executed and committed.
    pub(crate) fn loses_the_answer_to(&self, statement: &'static str) {
        self.losing.lock().unwrap().ordered.push(statement);
    }

    /// How many answers were lost so far, and which are still to be lost.
    pub(crate) fn lost(&self) -> (usize, Vec<&'static str>) {
        let losing = self.losing.lock().unwrap();
        (losing.lost, losing.ordered.clone())
    }
}

impl Drop for Road {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    listener: TcpListener,
    port: u16,
    there: u16,
    mut state: watch::Receiver<State>,
    losing: Arc<Mutex<Losing>>,
) {
    let mut listener = Some(listener);
    loop {
        let Some(open) = &listener else {
            state.wait_for(|state| *state != State::Closed).await.unwrap();
            listener = Some(TcpListener::bind(("127.0.0.1", port)).await.unwrap());
            continue;
        };
        let seen = state.clone();
        tokio::select! {
            accepted = open.accept() => {
                let (here, _) = accepted.unwrap();
                tokio::spawn(carry(here, there, seen, Arc::clone(&losing)));
            }
            _ = state.wait_for(|state| *state == State::Closed) => listener = None,
        }
    }
}

/// One connection, until either side or the proxy ends it.
async fn carry(
    here: TcpStream,
    there: u16,
    mut state: watch::Receiver<State>,
    losing: Arc<Mutex<Losing>>,
) {
    let Ok(there) = TcpStream::connect(("127.0.0.1", there)).await else { return };
    let (asks, answers) = here.into_split();
    let (answered, asked) = there.into_split();
    let doomed = Doomed::default();
    let order = Order::new(Arc::clone(&losing), Arc::clone(&doomed));
    tokio::select! {
        () = forth(asks, asked, state.clone(), order) => {}
        () = back(answered, answers, state.clone(), &doomed, &losing) => {}
        _ = state.wait_for(|state| *state == State::Closed) => {}
    }
}

async fn forth(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut state: watch::Receiver<State>,
    mut order: Order,
) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        if state.wait_for(|state| *state != State::Mute).await.is_err() {
            return;
        }
        order.reads(&buffer[..count]);
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}

async fn back(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut state: watch::Receiver<State>,
    doomed: &Doomed,
    losing: &Mutex<Losing>,
) {
    /// «Ready for query», and one byte more: the query is done.
    const DONE: &[u8] = b"Z\0\0\0\x05";
    /// The same after a statement that changed nothing: not worth losing.
    const NOTHING: &[u8] = b" 0\0Z\0\0\0\x05";
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        if state.wait_for(|state| *state != State::Mute).await.is_err() {
            return;
        }
        let answer = &buffer[..count];
        let lost = *doomed.lock().unwrap();
        if let Some(statement) = lost {
            let done = answer[..count - 1].ends_with(DONE);
            if done && !answer[..count - 1].ends_with(NOTHING) {
                losing.lock().unwrap().lost += 1;
                return;
            }
            if done {
                *doomed.lock().unwrap() = None;
                losing.lock().unwrap().ordered.push(statement);
            }
        }
        if to.write_all(answer).await.is_err() {
            return;
        }
    }
}
