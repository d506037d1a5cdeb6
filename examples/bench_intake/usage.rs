//! What a process and its children use, from the kernel.

use anyhow::Context;
use nix::unistd::{SysconfVar, sysconf};
use std::time::Duration;

/// The usage of a whole family of processes so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// CPU time of the processes, including the kernel's for them, and including processes that
    /// have ended.
    computed: Duration,
    /// Resident bytes; shared memory is counted for each process.
    pub(crate) resident: u64,
}

/// A process: its id, its parent's, its ticks including those of reaped children, its resident
/// pages.
struct Process(u32, u32, u64, u64);

impl Usage {
    /// Of this process, its living children and theirs.
    pub(crate) fn of(pid: u32) -> anyhow::Result<Self> {
        let all = processes()?;
        let (mut family, mut ticks, mut pages) = (vec![pid], 0, 0);
        while let Some(parent) = family.pop() {
            for Process(id, above, own, resident) in &all {
                if *id == parent {
                    ticks += own;
                    pages += resident;
                } else if *above == parent {
                    family.push(*id);
                }
            }
        }
        let number = |of| anyhow::Ok(u64::try_from(sysconf(of)?.context("the kernel is silent")?)?);
        let computed = Duration::from_millis(ticks * 1000 / number(SysconfVar::CLK_TCK)?);
        Ok(Self { computed, resident: pages * number(SysconfVar::PAGE_SIZE)? })
    }

    /// CPU time since then, in microseconds for each of so many.
    pub(crate) fn each_since(self, before: Self, count: f64) -> f64 {
        self.computed.saturating_sub(before.computed).as_secs_f64() * 1e6 / count
    }
}

fn processes() -> anyhow::Result<Vec<Process>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let Ok(id) = entry?.file_name().to_string_lossy().parse::<u32>() else { continue };
        // A process that ends meanwhile is counted by its parent.
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{id}/stat")) else { continue };
        // The name may contain blanks; after its bracket and the state come numbers.
        let rest = stat.rsplit(')').next().unwrap_or_default();
        let fields: Vec<u64> =
            rest.split_whitespace().skip(1).map(|n| n.parse().unwrap_or_default()).collect();
        let [above, ..] = fields[..] else { continue };
        let ticks = fields.get(10..14).unwrap_or_default().iter().sum();
        let pages = fields.get(20).copied().unwrap_or_default();
        all.push(Process(id, u32::try_from(above)?, ticks, pages));
    }
    Ok(all)
}
