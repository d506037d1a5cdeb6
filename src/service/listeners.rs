//! The listeners of the service, and who may reach them.

use crate::config::Config;
use crate::http;
use actors::process::Roles;
use std::net::{SocketAddr, TcpListener};
use thiserror::Error;

/// The listeners, opened before anything else: a taken port is found at once.
pub(super) struct Listeners {
    pub(super) public: Option<TcpListener>,
    pub(super) admin: TcpListener,
}

impl Listeners {
    pub(super) fn open(
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
    pub(super) fn are_closed_to_strangers(&self, verified: bool) -> Result<(), OpenListener> {
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
