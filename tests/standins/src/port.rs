//! Ports for servers that will be started in a moment.

use std::net::TcpListener;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};

/// Where Linux lists the ports of outgoing connections, and the range assumed if that is missing.
const EPHEMERAL: &str = "/proc/sys/net/ipv4/ip_local_port_range";
const EPHEMERAL_FROM: u16 = 32_768;

/// The lowest port that we give out: well-known servers are below it.
const FROM: u16 = 12_000;

/// A port of loopback that nobody listens on, and that nobody takes before its server does.
///
/// The kernel does not choose it: it would choose from the ports of outgoing connections, and one
/// of those could take the port before the server starts. Each port is given out once per process,
/// and every process begins at a different one.
#[must_use]
pub fn free_port() -> u16 {
    static NEXT: OnceLock<AtomicU16> = OnceLock::new();
    let ports = ephemeral_from().max(FROM + 1) - FROM;
    let next = NEXT.get_or_init(|| {
        let spread = std::process::id().wrapping_mul(7_919) % u32::from(ports);
        AtomicU16::new(u16::try_from(spread).unwrap_or_default())
    });
    loop {
        let port = FROM + next.fetch_add(1, Ordering::Relaxed) % ports;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

fn ephemeral_from() -> u16 {
    let range = std::fs::read_to_string(EPHEMERAL).unwrap_or_default();
    let from = range.split_whitespace().next().and_then(|from| from.parse().ok());
    from.unwrap_or(EPHEMERAL_FROM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_port_is_given_out_twice_nor_to_an_outgoing_connection() {
        let mut ports: Vec<u16> = (0..100).map(|_| free_port()).collect();
        assert!(ports.iter().all(|port| *port < ephemeral_from()), "{ports:?}");
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 100);
    }
}
