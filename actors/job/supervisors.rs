//! The supervisors of a process, one for each kind of job that it works on.

use super::supervisor::JobSupervisor;
use crate::ports::Kind;
use actix::Addr;

/// Their addresses. Follows restarts.
#[derive(Clone, Debug, Default)]
pub struct Supervisors(Vec<(Kind, Addr<JobSupervisor>)>);

impl Supervisors {
    /// Stores the address of a kind's supervisor that was just started, in place of the previous
    /// one.
    pub fn insert(&mut self, kind: Kind, supervisor: Addr<JobSupervisor>) {
        self.0.retain(|(known, _)| *known != kind);
        self.0.push((kind, supervisor));
    }

    /// That of a kind, if this process works on it.
    #[must_use]
    pub fn of(&self, kind: Kind) -> Option<&Addr<JobSupervisor>> {
        self.iter().find(|(known, _)| *known == kind).map(|(_, supervisor)| supervisor)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, &Addr<JobSupervisor>)> {
        self.0.iter().map(|(kind, supervisor)| (*kind, supervisor))
    }

    /// Whether this process works on no jobs at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
