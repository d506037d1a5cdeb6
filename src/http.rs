//! The two listeners: a public one for FAL, Telegram and health checks, and one for the operator.

mod admin;
mod body;
mod fal_webhook;
mod health;
mod telegram_webhook;

pub use admin::Sources;
pub use fal_webhook::FalIntake;
pub use health::{Probe, Readiness};

use crate::metrics::Metrics;
use crate::telegram::UpdateIntake;
use actix_web::dev::Server;
use actix_web::{App, HttpServer, web};
use admin::{AdminState, Desk};
use body::{FROM_ANYBODY, FROM_TELEGRAM, MemoryBudget};
use fal_webhook::Way;
use secrecy::SecretString;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

/// Longest time for a request's head, so that a slowloris client cannot hold its socket longer.
const HEAD: Duration = Duration::from_secs(5);

/// Most open connections per worker of a listener; more wait in the kernel's queue. A connection
/// that has only sent its head costs some 10 KiB.
const CONNECTIONS: usize = 4096;

/// A listener that could not be opened.
#[derive(Debug, Error)]
#[error(
    "{variable}: {address} cannot be listened on: {source}; choose another address, or end the program that uses it"
)]
pub struct NoListener {
    variable: &'static str,
    address: SocketAddr,
    source: std::io::Error,
}

/// Opens a listener before anything else happens, so that a port in use is noticed at once.
///
/// # Errors
/// [`NoListener`], with the variable to change.
pub fn bind(variable: &'static str, address: SocketAddr) -> Result<TcpListener, NoListener> {
    TcpListener::bind(address).map_err(|source| NoListener { variable, address, source })
}

/// Serves the public listener.
///
/// # Errors
/// When the listener cannot be served.
pub fn public(
    listener: TcpListener,
    readiness: Readiness,
    fal: FalIntake,
    telegram: Option<UpdateIntake>,
) -> std::io::Result<Server> {
    let way = Way { intake: fal, budget: MemoryBudget::new(FROM_ANYBODY) };
    let telegrams = MemoryBudget::new(FROM_TELEGRAM);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(readiness.clone()))
            .service(health::health)
            .service(health::ready)
            .app_data(web::Data::new(telegram.clone()))
            .app_data(web::Data::new(way.clone()))
            .app_data(web::Data::new(telegrams.clone()))
            .configure(fal_webhook::routes)
            .configure(telegram_webhook::routes)
    });
    Ok(server
        .workers(2)
        .max_connections(CONNECTIONS)
        .client_request_timeout(HEAD)
        .disable_signals()
        .shutdown_timeout(5)
        .listen(listener)?
        .run())
}

/// Serves the operator's listener.
///
/// # Errors
/// When the listener cannot be served.
pub fn admin(
    listener: TcpListener,
    sources: Sources,
    metrics: Metrics,
    token: Option<SecretString>,
    stop: CancellationToken,
) -> std::io::Result<Server> {
    let state = AdminState::new(Desk::open(sources, stop.clone()), metrics, token, stop);
    let server = HttpServer::new(move || {
        let state = state.clone();
        App::new().configure(|config| state.routes(config))
    });
    Ok(server
        .workers(1)
        .max_connections(CONNECTIONS)
        .client_request_timeout(HEAD)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(listener)?
        .run())
}
