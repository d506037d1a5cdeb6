//! A FAL that answers «in progress» to everything, and records when.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The one answer.
const ANSWER: &[u8] = b"HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\n\
    content-length: 36\r\n\r\n{\"status\":\"IN_PROGRESS\",\"logs\":null}";

/// The end of a request without a body.
const END: &[u8] = b"\r\n\r\n";

/// Longest gap between two bytes of a connection; after that the client counts as gone.
const SILENCE: Duration = Duration::from_mins(5);

/// The server; runs as long as the runtime.
pub(crate) struct Counter {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<Instant>>>,
}

impl Counter {
    /// Listens on a free port of loopback.
    pub(crate) fn start() -> io::Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let listener = TcpListener::from_std(listener)?;
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let seen = Arc::clone(&seen);
                tokio::spawn(async move {
                    // A connection that breaks has nothing to tell.
                    serve(stream, &seen).await.unwrap_or_default();
                });
            }
        });
        Ok(Self { address, asked })
    }

    /// Forgets all earlier requests.
    pub(crate) fn reset(&self) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// When requests came since the last reset, in order.
    pub(crate) fn asked(&self) -> Vec<Instant> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
        asked.sort_unstable();
        asked
    }
}

async fn serve(mut stream: TcpStream, seen: &Mutex<Vec<Instant>>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut bytes = Vec::with_capacity(4096);
    loop {
        let read = tokio::time::timeout(SILENCE, stream.read_buf(&mut bytes)).await;
        if read.map_err(io::Error::from)?? == 0 {
            return Ok(());
        }
        while let Some(end) = bytes.windows(END.len()).position(|window| window == END) {
            let polls = bytes.starts_with(b"GET ");
            bytes.drain(..end + END.len());
            if !polls {
                continue; // Nobody here has an answer to it.
            }
            seen.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
            stream.write_all(ANSWER).await?;
        }
    }
}

/// The most requests within any one second, wherever it begins.
pub(crate) fn busiest_second(asked: &[Instant]) -> usize {
    let mut most = 0;
    let mut first = 0;
    for (last, at) in asked.iter().enumerate() {
        while *at - asked[first] >= Duration::from_secs(1) {
            first += 1;
        }
        most = most.max(last + 1 - first);
    }
    most
}
