//! The supervision kernel: how a child's end is noticed, and how often it may be started again.
//!
//! `actix::Supervisor` does not notice panics and restarts what ended on purpose, so supervision
//! here rests on the [`Obituary`]: a value inside every child whose `Drop` tells the supervisor
//! how the child ended, also while a panic unwinds.

mod intensity;
mod last_errors;
mod obituary;
#[cfg(test)]
mod tests;
mod tree;

pub use intensity::{Intensity, Restart};
pub use last_errors::{LastError, LastErrors};
pub use obituary::{Ended, How, Obituary};
pub use tree::{Census, Node, NodeState};
