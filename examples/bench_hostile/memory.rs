//! Peak memory of the service, and of the service with its PostgreSQL.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(crate) const MEBIBYTE: u64 = 1 << 20;

/// Between two samples.
const LOOK: Duration = Duration::from_millis(100);

/// The peak, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Peak {
    /// Resident, of the service alone.
    pub(crate) service: u64,
    /// Pss of all processes, so that shared memory is counted once.
    pub(crate) together: u64,
}

/// Samples until it is dropped.
pub(crate) struct Watch(Arc<Mutex<Peak>>);

impl Watch {
    /// The memory of this process and of all whose command line names this folder, with their
    /// children.
    pub(crate) fn of(pid: u32, folder: &Path) -> Self {
        let peak = Arc::<Mutex<Peak>>::default();
        let (seen, folder) = (Arc::downgrade(&peak), PathBuf::from(folder));
        std::thread::spawn(move || {
            while let Some(peak) = seen.upgrade() {
                let service = field(pid, "status", "VmRSS:");
                let all = family(pid, &folder);
                let together = all.into_iter().map(|pid| field(pid, "smaps_rollup", "Pss:")).sum();
                let mut peak = lock(&peak);
                peak.service = peak.service.max(service);
                peak.together = peak.together.max(together);
                drop(peak);
                pause();
            }
        });
        Self(peak)
    }

    pub(crate) fn peak(&self) -> Peak {
        *lock(&self.0)
    }

    pub(crate) fn restart(&self) {
        *lock(&self.0) = Peak::default();
    }
}

#[expect(clippy::disallowed_methods, reason = "a thread of its own, beside every runtime")]
fn pause() {
    std::thread::sleep(LOOK);
}

fn lock(peak: &Mutex<Peak>) -> MutexGuard<'_, Peak> {
    peak.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A number from a file in `/proc`, which is in kB there; 0 if the process is gone.
fn field(pid: u32, file: &str, name: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    number.unwrap_or_default() * 1024
}

fn family(pid: u32, folder: &Path) -> HashSet<u32> {
    let folder = folder.display().to_string();
    let processes: Vec<u32> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    let names = |pid: &u32| {
        let command = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&command).contains(&folder)
    };
    let mut family: HashSet<u32> = processes.iter().copied().filter(names).collect();
    family.insert(pid);
    let parent = |pid: u32| {
        let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("PPid:"))?;
        line.trim().parse::<u32>().ok()
    };
    // Two generations: the server, and a process for each connection.
    for _ in 0..2 {
        let children: Vec<u32> = processes
            .iter()
            .copied()
            .filter(|child| parent(*child).is_some_and(|parent| family.contains(&parent)))
            .collect();
        family.extend(children);
    }
    family
}
