//! `aisha serve`: joins the cast and its adapters, and runs them until told to stop.

mod nudges;
mod reload;
mod rows;
mod signals;
mod stores;
mod updates;
mod world;

pub use rows::{NoRows, Rows};
pub use stores::{Apart, adopt, check};

use crate::config::Config;
use crate::http::{self, FalIntake, Probe, Readiness, Sources};
use crate::logging::LogLevel;
use crate::metrics::Metrics;
use crate::objects::{FileObjects, S3Objects};
use crate::postgres;
use crate::systemd;
use actix::{Actor, Addr};
use actix_web::dev::ServerHandle;
use actors::avatar::InstanceId;
use actors::ports::Objects;
use actors::process::{Process, Roles};
use actors::root::{Cast, RootSupervisor, Shutdown, Signals};
use actors::webhook::WebhookWorld;
use actors::world::World;
use reload::Reload;
use slog::{Logger, info, warn};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Longest time for the cast to finish what it holds; with the doors and the database it stays
/// below the ten seconds that a stop may take.
const LAST_WORDS: Duration = Duration::from_secs(6);

/// Longest way of an accepted connection to its worker, which is microseconds on an idle machine.
const HAND_OVER: Duration = Duration::from_millis(100);

/// What a process brings to the service beside its configuration.
#[derive(Debug)]
pub struct Start {
    /// What it is for.
    pub roles: Roles,
    /// The public listener, where systemd holds it; wins over `AISHA_LISTEN`.
    pub socket: Option<TcpListener>,
    /// The level of the log, which a reload may change.
    pub level: LogLevel,
    /// The log.
    pub log: Logger,
}

/// How the service ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Somebody asked it to.
    Asked,
    /// The tree gave up; systemd is to start the process afresh.
    GaveUp,
}

/// Runs the service until a signal, or until it cannot go on.
///
/// # Errors
/// What kept it from starting, with the remedy; nothing was changed then but the schema.
pub async fn serve(config: Config, start: Start) -> anyhow::Result<Ended> {
    let Start { roles, socket, level, log } = start;
    for remark in &config.remarks {
        info!(log, "note: {}", remark);
    }
    let listeners = Listeners::open(&config, roles, socket)?;
    listeners.are_closed_to_strangers(config.webhooks.verify)?;
    let (stop, reloads) = (signals::stops()?, signals::reloads()?);
    let metrics = Metrics::install()?;
    let reload =
        Reload { started_with: config.fingerprint.clone(), roles, level, log: log.clone() };
    tokio::spawn(reload.at_each(reloads));
    let rows = Rows::open(&config, &log).await?;
    let ended = with_rows(&config, roles, listeners, &rows, (stop, metrics), &log).await;
    rows.close().await;
    info!(log, "stopped");
    ended
}

/// The listeners, opened before anything else: a taken port is found at once.
struct Listeners {
    public: Option<TcpListener>,
    admin: TcpListener,
}

impl Listeners {
    fn open(
        config: &Config,
        roles: Roles,
        socket: Option<TcpListener>,
    ) -> Result<Self, http::NoListener> {
        let public = match socket {
            _ if !roles.api => None,
            Some(socket) => Some(socket),
            None => Some(http::bind("AISHA_LISTEN", config.http.public)?),
        };
        let admin = http::bind("AISHA_ADMIN_LISTEN", config.http.admin)?;
        Ok(Self { public, admin })
    }

    /// Judges the addresses that are really listened on: a socket unit hands over its own, whatever
    /// `AISHA_LISTEN` says.
    fn are_closed_to_strangers(&self, verified: bool) -> Result<(), OpenListener> {
        let listeners = self.public.iter().chain([&self.admin]);
        let addresses = listeners.map(TcpListener::local_addr);
        // An address that cannot be told is not known to be loopback.
        let open = |address: &std::io::Result<SocketAddr>| {
            !address.as_ref().is_ok_and(|address| address.ip().is_loopback())
        };
        match addresses.into_iter().find(open) {
            Some(address) if !verified => Err(OpenListener {
                address: address.map_or_else(|error| error.to_string(), |a| a.to_string()),
            }),
            Some(_) | None => Ok(()),
        }
    }
}

/// A listener is open to strangers while nobody's signature is checked.
#[derive(Debug, Error)]
#[error(
    "FAL_WEBHOOK_VERIFY: false would let anybody report results at {address}; leave it true, or listen on loopback only: AISHA_LISTEN, or ListenStream= of the socket unit"
)]
pub struct OpenListener {
    address: String,
}

async fn with_rows(
    config: &Config,
    roles: Roles,
    listeners: Listeners,
    rows: &Rows,
    (stop, metrics): (CancellationToken, Metrics),
    log: &Logger,
) -> anyhow::Result<Ended> {
    let instance = InstanceId(Uuid::new_v4());
    let objects = objects(config).await?;
    let joined = stores::open(config, roles, rows, &*objects, log).await?;
    let pinned = joined.identity.fal_user.clone();
    let (world, client, health) =
        world::built(config, roles, rows, (objects, pinned), instance, log).await?;
    stores::catch_up(&rows.pool, &joined, &world.bot).await?;
    let (cast, ready, failed) =
        (watch::Sender::new(Cast::default()), watch::Sender::new(false), watch::Sender::new(false));
    let signals = Signals { cast: cast.clone(), ready: ready.clone(), failed: failed.clone() };
    let root = RootSupervisor::new(Arc::clone(&world), signals).start();

    if roles.trainer || roles.bot {
        let on_nudge = nudges::on_nudge(&world.process, cast.subscribe());
        let (pool, log, stop) = (rows.pool.clone(), world.process.log.clone(), stop.clone());
        tokio::spawn(async move { postgres::listen(pool, instance, on_nudge, &log, stop).await });
    }
    let telegram =
        roles.bot.then(|| updates::come_in(config, client, &world, cast.subscribe(), stop.clone()));
    let readiness = Readiness {
        stores: probe(rows, &world),
        recovered: ready.subscribe(),
        telegram: telegram.clone(),
    };
    tokio::spawn(metrics.clone().keep(stop.clone()));
    if roles.trainer {
        let (pool, bot) = (rows.pool.clone(), Arc::clone(&world.bot));
        tokio::spawn(stores::keep_marking(pool, bot, joined.identity.id, stop.clone()));
    }
    let mut servers = Vec::new();
    if let Some(listener) = listeners.public {
        let update_intake = updates::update_intake(config, &world, cast.subscribe());
        let WebhookWorld { signatures, reader, .. } = &*world.webhook;
        let (signatures, reader) = (Arc::clone(signatures), Arc::clone(reader));
        let fal = FalIntake { cast: cast.subscribe(), signatures, reader };
        servers.push(http::public(listener, readiness, fal, update_intake)?);
    }
    let token = config.http.admin_token.clone();
    let sources = Sources {
        root: root.clone().recipient(),
        world: Arc::clone(&world),
        pool: rows.pool.clone(),
        runtime: Handle::current(),
        health,
        polling: telegram,
    };
    servers.push(http::admin(listeners.admin, sources, metrics.clone(), token, stop.clone())?);
    let handles: Vec<_> = servers.iter().map(actix_web::dev::Server::handle).collect();
    for server in servers {
        tokio::spawn(server);
    }

    let attending =
        systemd::attend(root.clone().recipient(), rows.pool.clone(), stop.clone(), log.clone());
    tokio::spawn(attending);
    let ended = lives(config, &stop, ready.subscribe(), failed.subscribe(), log).await;

    systemd::stopping(log);
    stop.cancel();
    close(&handles, &root, &world, log).await;
    Ok(ended)
}

/// What readiness asks of the stores. Who only takes webhooks touches no object.
fn probe(rows: &Rows, world: &World) -> Probe {
    let Process { roles, log, .. } = &*world.process;
    let objects = (roles.bot || roles.trainer).then(|| Arc::clone(&world.bot.objects));
    Probe::new(rows.pool.clone(), objects, Handle::current(), log.clone())
}

/// Says when it is ready, and waits for the end.
async fn lives(
    config: &Config,
    stop: &CancellationToken,
    mut recovered: watch::Receiver<bool>,
    mut gave_up: watch::Receiver<bool>,
    log: &Logger,
) -> Ended {
    tokio::select! {
        () = stop.cancelled() => Ended::Asked,
        _ = gave_up.wait_for(|failed| *failed) => Ended::GaveUp,
        () = async {
            if recovered.wait_for(|ready| *ready).await.is_ok() {
                systemd::ready(log);
                info!(log, "✅ ready"; "public" => %config.http.public, "admin" => %config.http.admin);
            }
            std::future::pending::<()>().await;
        } => Ended::Asked,
    }
}

/// Closes the doors, lets the cast finish what it holds, and gives the leases back.
async fn close(
    listeners: &[ServerHandle],
    root: &Addr<RootSupervisor>,
    world: &World,
    log: &Logger,
) {
    // A worker that is told to stop forgets what it was handed and has not begun. So no more is
    // accepted first: it waits in the kernel for our successor, if a socket unit holds the door.
    for update_intake in listeners {
        update_intake.pause().await;
    }
    tokio::time::sleep(HAND_OVER).await;
    for update_intake in listeners {
        update_intake.stop(true).await;
    }
    if tokio::time::timeout(LAST_WORDS, root.send(Shutdown)).await.is_err() {
        warn!(log, "not everything was finished in time; it is found again at the next start");
    }
    if let Err(error) = world.recovery.leases.leave().await {
        warn!(log, "leases could not be given back and will run out: {}", error);
    }
}

/// The object store that is configured.
///
/// # Errors
/// What keeps it from being used.
pub async fn objects(config: &Config) -> anyhow::Result<Arc<dyn Objects>> {
    Ok(match &config.objects {
        Some(settings) => Arc::new(S3Objects::connect(settings.clone()).await?),
        None => Arc::new(FileObjects::open(config.data_dir.join("objects")).await?),
    })
}
