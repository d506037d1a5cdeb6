//! What goes wrong between the cast and the world: one call is struck.

use std::sync::Arc;
use tokio::sync::Notify;

/// What happens to the struck call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blow {
    /// The process dies; the call never had an effect.
    DieBefore,
    /// The call has its effect, then the process dies: the answer is lost.
    DieAfter,
    /// The call fails without an effect, as it may when there is no connection.
    FailBefore,
    /// The call has its effect and its answer is lost.
    FailAfter,
}

/// Counts calls and strikes the planned ones.
#[derive(Debug, Default)]
pub(crate) struct Blows {
    /// Calls of the living instance so far.
    pub(crate) calls: usize,
    /// The planned blow of this instance and of each after it: at which call, how.
    pub(crate) plan: Vec<(usize, Blow)>,
    /// The call of this name kills the process, so many times.
    pub(crate) deadly: Option<(&'static str, usize)>,
    /// Blows that were struck, with the call's name.
    pub(crate) struck: Vec<(Blow, &'static str)>,
    /// Notified when the process dies.
    pub(crate) death: Arc<Notify>,
}

impl Blows {
    /// Counts a call; tells what happens to it.
    pub(crate) fn next(&mut self, what: &'static str) -> Option<Blow> {
        self.calls += 1;
        if let Some((name, times @ 1..)) = &mut self.deadly
            && *name == what
        {
            *times -= 1;
            self.struck.push((Blow::DieBefore, what));
            return Some(Blow::DieBefore);
        }
        let (at, blow) = *self.plan.first()?;
        if at != self.calls {
            return None;
        }
        self.plan.remove(0);
        self.struck.push((blow, what));
        Some(blow)
    }
}
