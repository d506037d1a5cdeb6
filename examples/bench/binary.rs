//! The service that is measured: the binary beside the example, and addresses for it.

use anyhow::{Context, ensure};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

/// The binary that was built with this example.
pub(crate) fn binary() -> anyhow::Result<PathBuf> {
    let example = std::env::current_exe()?;
    let folder = example.ancestors().nth(2).context("the benchmark lies nowhere")?;
    let binary = folder.join("aisha");
    ensure!(binary.is_file(), "the service is missing: {}; run it by make", binary.display());
    Ok(binary)
}

/// An address of loopback that nobody listens on now.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
