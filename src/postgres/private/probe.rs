//! Asking the server whether it is up.

use std::time::Duration;

use nix::unistd::Pid;
use tokio::net::UnixStream;
use tokio::time::timeout;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Error, NoTls};

use super::PrivateError;
use super::site::{AISHA, Site};
use super::socket;

/// Longest wait for one answer. It takes milliseconds unless the server hangs or the machine swaps.
const ANSWER_LIMIT: Duration = Duration::from_secs(2);

/// Upper bound on creating the empty database: a copy of 7 MB, with a checkpoint.
const CREATE_LIMIT: Duration = Duration::from_secs(20);

/// The server's answer to a client that wants the database `aisha`.
#[derive(Debug)]
pub(super) enum Answer {
    /// It accepts connections.
    Ready,
    /// There is no such database.
    NoDatabase,
    /// It is starting, recovering or stopping.
    NotNow(String),
    /// No usable answer, and why.
    Silent(String),
}

/// Asks once.
pub(super) async fn ask(site: &Site) -> Answer {
    let Ok(answer) = timeout(ANSWER_LIMIT, connect(site, AISHA)).await else {
        return Answer::Silent(format!("no answer within {ANSWER_LIMIT:?}"));
    };
    let error = match answer {
        Ok(_) => return Answer::Ready,
        Err(Failure::Socket(error)) => return Answer::Silent(error.to_string()),
        Err(Failure::Server(error)) => error,
    };
    let said =
        error.as_db_error().map_or_else(|| error.to_string(), |said| said.message().to_owned());
    match error.code() {
        Some(&SqlState::INVALID_CATALOG_NAME) => Answer::NoDatabase,
        Some(&SqlState::CANNOT_CONNECT_NOW) => Answer::NotNow(said),
        // Out of connections, but alive.
        Some(&SqlState::TOO_MANY_CONNECTIONS) => Answer::Ready,
        Some(_) | None => Answer::Silent(said),
    }
}

/// Creates the database `aisha`. Call this under the start lock.
///
/// # Errors
///
/// [`PrivateError::NotReady`] with the server's answer.
pub(super) async fn create_database(site: &Site) -> Result<(), PrivateError> {
    let create = async {
        let client = connect(site, "postgres").await.map_err(Failure::said)?;
        client.batch_execute("CREATE DATABASE aisha").await.map_err(|error| error.to_string())
    };
    let last = match timeout(CREATE_LIMIT, create).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(said)) => said,
        Err(_) => format!("CREATE DATABASE took over {CREATE_LIMIT:?}"),
    };
    Err(PrivateError::NotReady { last, log: site.place.log_file() })
}

/// The process that listens on our socket, as the kernel knows it (`SO_PEERCRED` in unix(7)).
///
/// `None` if nobody listens, if the listener is not the server's user, or if it lives in another
/// pid namespace and so has no id that we could use.
pub(super) async fn listener(site: &Site) -> Option<Pid> {
    let path = site.place.socket_dir.join(socket::NAME);
    let stream = timeout(ANSWER_LIMIT, UnixStream::connect(path)).await.ok()?.ok()?;
    let peer = stream.peer_cred().ok()?;
    (peer.uid() == site.place.identity.uid())
        .then(|| peer.pid().filter(|&pid| pid > 1).map(Pid::from_raw))
        .flatten()
}

/// Why there is no connection.
enum Failure {
    Socket(std::io::Error),
    Server(Error),
}

impl Failure {
    fn said(self) -> String {
        match self {
            Self::Socket(error) => error.to_string(),
            Self::Server(error) => error.to_string(),
        }
    }
}

/// Connects; the connection ends when the client is dropped.
async fn connect(site: &Site, database: &str) -> Result<Client, Failure> {
    let path = site.place.socket_dir.join(socket::NAME);
    let stream = UnixStream::connect(path).await.map_err(Failure::Socket)?;
    let mut config = site.config.clone();
    config.dbname(database);
    let (client, connection) = config.connect_raw(stream, NoTls).await.map_err(Failure::Server)?;
    // Ends by itself when the client is dropped; its result does not matter.
    tokio::spawn(async { connection.await.unwrap_or_default() });
    Ok(client)
}
