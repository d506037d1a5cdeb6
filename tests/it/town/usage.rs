//! What a process holds of its machine.

use super::Service;
use std::fs::{read_dir, read_to_string};

/// What a process holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// Open files and sockets.
    pub(crate) files: usize,
    /// Resident memory in bytes.
    pub(crate) resident: u64,
    /// The most that was ever resident, in bytes.
    pub(crate) peak: u64,
}

impl Service {
    /// What it holds now.
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
