//! The service under measurement: the binary beside the example, and addresses for it.

use anyhow::{Context, ensure};
use standins::port::free_port;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// The binary that was built with this example.
pub(crate) fn binary() -> anyhow::Result<PathBuf> {
    let example = std::env::current_exe()?;
    let folder = example.ancestors().nth(2).context("the benchmark lies nowhere")?;
    let binary = folder.join("aisha");
    ensure!(binary.is_file(), "the service is missing: {}; run it by make", binary.display());
    Ok(binary)
}

/// An address of loopback that nobody listens on.
pub(crate) fn free_address() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()))
}
