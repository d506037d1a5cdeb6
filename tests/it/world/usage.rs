//! The resources of a process.

use super::{LOOK, PATIENCE, Service, World};
use std::fs::{read_dir, read_to_string};
use std::time::Instant;

/// The resources of a process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// Open files and sockets.
    pub(crate) files: usize,
    /// Resident memory in bytes.
    pub(crate) resident: u64,
    /// Peak resident memory, in bytes.
    pub(crate) peak: u64,
}

/// Limits for a service in a story (I8): files and sockets, peak resident bytes, and connections to
/// its database per process that uses it.
const MOST: (usize, u64, i64) = (256, 256 << 20, 12);

impl World {
    /// I8: the service's resources are bounded, whatever happened to it.
    pub(crate) async fn stays_within_its_bounds(&self, service: &Service) {
        let (files, peak, connections) = MOST;
        let started = Instant::now();
        loop {
            let usage = service.usage();
            assert!(usage.peak <= peak, "{usage:?}");
            if usage.files <= files {
                break;
            }
            // Callers of a storm keep their connections for some seconds.
            assert!(started.elapsed() < PATIENCE, "{usage:?}");
            tokio::time::sleep(LOOK).await;
        }
        let open = self.connections().await;
        // Sessions of killed processes may not have been closed yet.
        let living: i64 = self.row(LIVING, &[]).await.get(0);
        assert!(open <= connections * living.max(1), "{open} connections, {living} processes");
    }

    /// The services' connections to the world's database.
    pub(crate) async fn connections(&self) -> i64 {
        self.row(CONNECTIONS, &[]).await.get(0)
    }
}

const CONNECTIONS: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'aisha' AND pid <> pg_backend_pid()";

const LIVING: &str = "SELECT count(*) FROM instances";

impl Service {
    /// Its current resources.
    pub(crate) fn usage(&self) -> Usage {
        let process = format!("/proc/{}", self.pid());
        let status = read_to_string(format!("{process}/status")).unwrap();
        let bytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kibibytes = line.and_then(|line| line.split_whitespace().next());
            kibibytes.and_then(|number| number.parse::<u64>().ok()).expect(name) << 10
        };
        Usage {
            files: read_dir(format!("{process}/fd")).unwrap().count(),
            resident: bytes("VmRSS:"),
            peak: bytes("VmHWM:"),
        }
    }
}
