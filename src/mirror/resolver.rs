//! Which of a name's network addresses may be connected to.
//!
//! The client connects to these addresses without resolving again, so a name that resolves
//! differently the second time (DNS rebinding) gains nothing.

use super::address;
use super::host::AllowedHosts;
use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::io;
use std::net::{IpAddr, SocketAddr};
use tokio::net::lookup_host;

/// Looks up the addresses of a name.
pub(super) type Lookup = fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;

/// The system's resolver.
pub(super) const SYSTEM: Lookup = |name| {
    Box::pin(async move {
        let found = lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    })
};

/// Lets only checked addresses through.
pub(super) struct CheckedResolver {
    allowed: AllowedHosts,
    lookup: Lookup,
}

impl CheckedResolver {
    pub(super) fn new(allowed: AllowedHosts, lookup: Lookup) -> Self {
        Self { allowed, lookup }
    }
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let stand_in = self.allowed.is_stand_in(&name);
        let lookup = (self.lookup)(name);
        Box::pin(async move {
            let fits = |address: &IpAddr| {
                if stand_in { address.is_loopback() } else { address::is_public(*address) }
            };
            let mut found = lookup.await?;
            found.retain(fits);
            if found.is_empty() {
                return Err("the name has no address that may be connected to".into());
            }
            let sockets = found.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(sockets) as Addrs) // 0: the port of the URL
        })
    }
}
