//! Getting a server in whichever way works. All of it under the start lock.

use std::time::Duration;

use slog::warn;
use tokio::time::{Instant, sleep};

use super::PrivateError;
use super::cluster;
use super::ending::{LOOK_EVERY, end_unheard, is_alive};
use super::guard::Turn;
use super::probe::{self, Answer};
use super::site::Site;
use super::start::{START_LIMIT, Server, start};

/// How long a server that is said to be alive may stay silent before it is ended and started again.
/// Not shorter, because others may be using it, and a machine that swaps is not dead.
const SILENCE_LIMIT: Duration = Duration::from_secs(5);

/// Longest wait for another Aisha that is starting or stopping the server.
const TURN_LIMIT: Duration = Duration::from_secs(90);

/// How we came by the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// It was already running.
    Adopted,
    /// We started it; the cluster existed.
    Started,
    /// We created the cluster and started it.
    Created,
}

/// Gets a server for the first time; creates the cluster if there is none.
pub(super) async fn first(site: &Site) -> Result<(Origin, Server), PrivateError> {
    let _turn = Turn::take(&site.place, TURN_LIMIT).await?;
    if let Some(server) = adopt(site).await? {
        return Ok((Origin::Adopted, server));
    }
    let exists = cluster::version(&site.place).await?.is_some();
    if !exists {
        cluster::create(site).await?;
    }
    let origin = if exists { Origin::Started } else { Origin::Created };
    Ok((origin, start(site).await?))
}

/// Gets a server again after it ended. A cluster that has vanished is not replaced by an empty one:
/// that would hide the loss.
pub(super) async fn again(site: &Site) -> Result<(Origin, Server), PrivateError> {
    let _turn = Turn::take(&site.place, TURN_LIMIT).await?;
    match adopt(site).await? {
        Some(server) => Ok((Origin::Adopted, server)),
        None => Ok((Origin::Started, start(site).await?)),
    }
}

/// Adopts a running server, or ends one that does not answer.
async fn adopt(site: &Site) -> Result<Option<Server>, PrivateError> {
    let give_up = Instant::now() + START_LIMIT;
    let mut heard = Instant::now();
    while is_alive(site).await? {
        let why = match probe::ask(site).await {
            Answer::Ready => return Ok(Some(Server { child: None })),
            Answer::NoDatabase => {
                probe::create_database(site).await?;
                continue;
            }
            Answer::NotNow(said) => {
                heard = Instant::now();
                said
            }
            Answer::Silent(why) => why,
        };
        if heard.elapsed() > SILENCE_LIMIT || Instant::now() > give_up {
            warn!(
                site.log, "a private PostgreSQL was left running but does not answer; ending it";
                "error" => why
            );
            end_unheard(site).await?;
        }
        sleep(LOOK_EVERY).await;
    }
    Ok(None)
}
