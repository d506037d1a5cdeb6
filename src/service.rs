//! `aisha serve`: joins the actors and their adapters, and runs them until told to stop.

mod listeners;
mod nudges;
mod older_pictures;
mod reload;
mod rows;
mod signals;
mod stores;
mod updates;
mod world;

pub use listeners::OpenListener;
pub use older_pictures::OlderPictures;
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
use listeners::Listeners;
use reload::Reload;
use slog::{Logger, info, warn};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long the actors may take to finish. With the listeners and the database it stays below the
/// ten seconds that a stop may take.
const LAST_WORDS: Duration = Duration::from_secs(6);

/// Upper bound on handing an accepted connection to its worker; takes microseconds on an idle
/// machine.
const HAND_OVER: Duration = Duration::from_millis(100);

/// What a process brings to the service beside its configuration.
#[derive(Debug)]
pub struct Start {
    /// Its roles.
    pub roles: Roles,
    /// The public listener, if systemd holds it; takes precedence over `AISHA_LISTEN`.
    pub socket: Option<TcpListener>,
    /// The log level, which a reload may change.
    pub level: LogLevel,
    /// The log.
    pub log: Logger,
}

/// How the service ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// On request.
    Asked,
    /// The supervision tree gave up; systemd should start a new process.
    GaveUp,
}

/// Runs the service until a signal, or until it cannot continue.
///
/// # Errors
/// Why it could not start, with the remedy; in that case nothing but the schema was changed.
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
        let kinds = world.kinds.iter().map(|kind| kind.specification.kind).collect();
        let (pool, log, stop) = (rows.pool.clone(), world.process.log.clone(), stop.clone());
        tokio::spawn(async move {
            postgres::listen(pool, (instance, kinds), on_nudge, &log, stop).await;
        });
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
        policy: config.policy,
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

/// The stores' part of readiness. A process that only takes webhooks uses no objects.
fn probe(rows: &Rows, world: &World) -> Probe {
    let Process { roles, log, .. } = &*world.process;
    let objects = (roles.bot || roles.trainer).then(|| Arc::clone(&world.bot.objects));
    Probe::new(rows.pool.clone(), objects, Handle::current(), log.clone())
}

/// Reports readiness, and waits for the end.
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

/// Closes the listeners, lets the actors finish, and releases the leases.
async fn close(
    listeners: &[ServerHandle],
    root: &Addr<RootSupervisor>,
    world: &World,
    log: &Logger,
) {
    // A worker that is told to stop drops connections that it has been handed but not begun. So
    // stop accepting first: new connections wait in the kernel for our successor, if a socket unit
    // holds the listener.
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
/// Why it cannot be used.
pub async fn objects(config: &Config) -> anyhow::Result<Arc<dyn Objects>> {
    Ok(match &config.objects {
        Some(settings) => Arc::new(S3Objects::connect(settings.clone()).await?),
        None => Arc::new(FileObjects::open(config.data_dir.join("objects")).await?),
    })
}
