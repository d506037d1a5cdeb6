//! Nudges between instances: `NOTIFY`, which is a hint and never the truth.
//!
//! Each instance listens on a channel of its own, over a connection of its own: the pool's
//! connections are for statements. A nudge that comes while the connection is away is lost, and a
//! sweep finds what it was about.

use super::pool::Pool;
use super::{Store, sql};
use actors::avatar::InstanceId;
use actors::error_chain::in_full;
use actors::ports::{JobId, Kind, Nudges, StoreError};
use async_trait::async_trait;
use futures_util::{Stream, StreamExt, stream};
use slog::{Logger, info, o, warn};
use std::fmt;
use std::time::Duration;
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Error};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Most jobs named by one notification. PostgreSQL takes less than 8000 bytes; an id, its comma and
/// a kind of at most 21 letters with its slash are 59.
const MOST: usize = 130;

/// First wait before the channel is opened again; doubled up to [`LONGEST`].
const FIRST: Duration = Duration::from_millis(100);

/// Longest wait. Without the channel every webhook that arrives elsewhere waits for a sweep.
const LONGEST: Duration = Duration::from_secs(5);

/// Longest time for opening the channel.
const OPENING: Duration = Duration::from_secs(10);

#[async_trait]
impl Nudges for Store {
    async fn nudge(&self, jobs: &[JobId]) -> Result<(), StoreError> {
        for some in jobs.chunks(MOST) {
            nudge(&self.pool, some, self.settings.instance).await?;
        }
        Ok(())
    }

    async fn wake_sender(&self) -> Result<(), StoreError> {
        self.pool.execute(sql::OUTBOX_WAKE, &[&self.settings.instance.0]).await?;
        Ok(())
    }

    async fn wake_bot(&self) -> Result<(), StoreError> {
        self.pool.execute(sql::UPDATES_WAKE, &[&self.settings.instance.0]).await?;
        Ok(())
    }
}

/// Wakes the watchers of these jobs, except this instance itself; tells whether there was one.
pub(super) async fn nudge(
    pool: &Pool,
    jobs: &[JobId],
    except: InstanceId,
) -> Result<bool, StoreError> {
    let kinds: Vec<&str> = jobs.iter().map(|job| job.kind.word()).collect();
    let ids: Vec<Uuid> = jobs.iter().map(|job| job.id).collect();
    nudge_named(pool, &kinds, &ids, except).await
}

/// As [`nudge`], by the words of the kinds, which may be those of a newer version.
pub(super) async fn nudge_named(
    pool: &Pool,
    kinds: &[&str],
    ids: &[Uuid],
    except: InstanceId,
) -> Result<bool, StoreError> {
    let params: [&(dyn ToSql + Sync); 3] = [&kinds, &ids, &except.0];
    Ok(pool.execute(sql::NUDGE, &params).await? > 0)
}

/// What `outbox_wake.sql` says instead of ids.
const NOTICES: &str = "notices";

/// What `updates_wake.sql` says instead of ids.
const UPDATES: &str = "updates";

/// What is done about a nudge. None of it may take long, because the next nudge waits for it.
pub struct OnNudge {
    /// There are notices to send.
    pub notices: Box<dyn Fn() + Send + Sync>,
    /// There are updates to handle.
    pub updates: Box<dyn Fn() + Send + Sync>,
    /// These jobs are to be looked at.
    pub work: Box<dyn Fn(Vec<JobId>) + Send + Sync>,
}

impl fmt::Debug for OnNudge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnNudge").finish_non_exhaustive()
    }
}

/// Listens for the nudges of other instances until it is told to stop. For processes that watch
/// trainings or talk to people.
pub async fn listen(
    pool: Pool,
    (instance, kinds): (InstanceId, Vec<Kind>),
    on_nudge: OnNudge,
    log: &Logger,
    stop: CancellationToken,
) {
    let ear = Ear { pool, instance, kinds, on_nudge, log: log.new(o!("loop" => "nudges")) };
    // Stopping drops the connection, and with it the channel.
    stop.run_until_cancelled(ear.listen_forever()).await.unwrap_or_default();
}

/// What the connection reports by itself.
type Message = Result<AsyncMessage, Error>;

struct Ear {
    pool: Pool,
    instance: InstanceId,
    /// The kinds of jobs that this version knows.
    kinds: Vec<Kind>,
    on_nudge: OnNudge,
    log: Logger,
}

impl Ear {
    async fn listen_forever(&self) {
        let mut wait = FIRST;
        let mut away = false;
        loop {
            match tokio::time::timeout(OPENING, self.open()).await {
                Ok(Ok((_alive, mut messages))) => {
                    if std::mem::take(&mut away) {
                        info!(self.log, "✅ nudges of other instances are heard again");
                    }
                    wait = FIRST;
                    // A nudge may have come while nobody listened.
                    self.hear(NOTICES);
                    self.hear(UPDATES);
                    while let Some(Ok(message)) = messages.next().await {
                        if let AsyncMessage::Notification(nudge) = message {
                            self.hear(nudge.payload());
                        }
                    }
                }
                Ok(Err(why)) if !away => {
                    away = true;
                    warn!(self.log, "nudges are not heard, sweeps find everything: {}", why);
                }
                Ok(Err(_)) | Err(_) => {}
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST);
        }
    }

    /// The channel, until the connection ends; it ends with its client.
    async fn open(&self) -> Result<(Client, impl Stream<Item = Message> + Unpin), String> {
        let (client, mut connection) = self.pool.alone().await.map_err(|error| in_full(&error))?;
        let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
        let order = format!("LISTEN \"aisha_{}\"", self.instance.0);
        // The connection only works while it is polled, and that is what `messages` does.
        tokio::select! {
            heard = client.batch_execute(&order) => heard.map_err(|error| in_full(&error))?,
            () = async { while let Some(Ok(_)) = messages.next().await {} } => {
                return Err("the connection ended at once".to_owned());
            }
        }
        Ok((client, messages))
    }

    fn hear(&self, word: &str) {
        match word {
            NOTICES => (self.on_nudge.notices)(),
            UPDATES => (self.on_nudge.updates)(),
            jobs => (self.on_nudge.work)(read(jobs, &self.kinds)),
        }
    }
}

/// The jobs that are named, each as `kind/id`. Anybody with access to the database may notify, so a
/// name that is not of this form is skipped.
fn read(payload: &str, kinds: &[Kind]) -> Vec<JobId> {
    let job = |name: &str| {
        let (kind, id) = name.split_once('/')?;
        Some(JobId { kind: Kind::of_word(kind, kinds)?, id: Uuid::try_parse(id).ok()? })
    };
    payload.split(',').filter_map(job).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_nudge_fits_into_a_notification() {
        let longest = Kind::new("abcdefghijklmnopqrstu");
        let name = format!("{}/{}", longest.word(), Uuid::max());
        let payload = vec![name; MOST].join(",");
        assert!(payload.len() < 8000, "{}", payload.len());
        assert_eq!(read(&payload, &[longest]).len(), MOST);
    }

    #[test]
    fn what_names_no_job_is_passed_over() {
        let id = Uuid::new_v4();
        let job = JobId { kind: Kind::TRAINING, id };
        let payload = format!("x,training/x,{id},dance/{id},training/{id},");
        assert_eq!(read(&payload, &[Kind::TRAINING]), [job]);
    }
}
