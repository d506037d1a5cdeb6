//! Callers: each sends its next webhook when the previous one was answered.
//!
//! One thread with plain sockets, so that the callers use little of the machine.

use anyhow::Context;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// What the callers saw.
#[derive(Default)]
pub(crate) struct Seen {
    /// Which requests were answered with 200, by index.
    pub(crate) taken: Vec<usize>,
    /// Answers other than 200.
    pub(crate) refused: usize,
    /// How long each 200 took.
    pub(crate) waits: Vec<Duration>,
    /// From the first request to the last answer.
    pub(crate) lasted: Duration,
}

/// What to send, and how.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    pub(crate) requests: Arc<Vec<Vec<u8>>>,
    /// The first request to send, and the end of the range.
    pub(crate) range: (usize, usize),
    pub(crate) connections: usize,
    pub(crate) lasts: Duration,
}

impl Load {
    /// Sends on a thread of its own.
    pub(crate) async fn send(self) -> anyhow::Result<Seen> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        tokio::task::spawn_blocking(move || {
            let sent = LocalSet::new().block_on(&runtime, self.callers());
            drop(runtime);
            sent
        })
        .await
        .context("the callers panicked")?
    }

    async fn callers(self) -> anyhow::Result<Seen> {
        let next = Arc::new(AtomicUsize::new(self.range.0));
        let began = Instant::now();
        let callers: Vec<_> = (0..self.connections)
            .map(|_| tokio::task::spawn_local(caller(self.clone(), Arc::clone(&next), began)))
            .collect();
        let mut all = Seen::default();
        for one in callers {
            let one = one.await?;
            all.taken.extend(one.taken);
            all.waits.extend(one.waits);
            all.refused += one.refused;
        }
        all.lasted = began.elapsed();
        all.waits.sort_unstable();
        Ok(all)
    }
}

/// Ends early if its connection does, which is expected when the service is killed.
async fn caller(load: Load, next: Arc<AtomicUsize>, began: Instant) -> Seen {
    let mut seen = Seen::default();
    let Ok(mut stream) = TcpStream::connect(load.address).await else { return seen };
    if stream.set_nodelay(true).is_err() {
        return seen;
    }
    let mut bytes = Vec::with_capacity(4096);
    while began.elapsed() < load.lasts {
        let n = next.fetch_add(1, Ordering::Relaxed);
        if n >= load.range.1 {
            break;
        }
        let asked = Instant::now();
        if stream.write_all(&load.requests[n]).await.is_err() {
            break;
        }
        let Some(good) = answer(&mut stream, &mut bytes).await else { break };
        if good {
            seen.waits.push(asked.elapsed());
            seen.taken.push(n);
        } else {
            seen.refused += 1;
        }
    }
    seen
}

/// Whether the answer is 200; `None` if it is not complete.
async fn answer(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<bool> {
    bytes.clear();
    loop {
        if stream.read_buf(bytes).await.ok()? == 0 {
            return None;
        }
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = str::from_utf8(&bytes[..end]).ok()?;
            let length = head.split("\r\n").find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>())
            })?;
            if bytes.len() >= end + 4 + length.ok()? {
                return Some(head.starts_with("HTTP/1.1 200"));
            }
        }
    }
}
