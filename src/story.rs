//! The story of one paid job in words, whatever its kind: what happened, and what happens next. For the
//! terminal and the operator's page.

mod bought;
mod heard;
pub(crate) mod moment;
pub(crate) mod outlook;
mod steps;
mod words;

pub(crate) use bought::Bought;
pub(crate) use heard::says;
pub(crate) use steps::{Step, steps, steps_of_job};
