//! One avatar's story in words: what happened, and what happens next. For the terminal and the
//! operator's page.

mod heard;
pub(crate) mod moment;
pub(crate) mod outlook;
mod steps;
mod words;

pub(crate) use heard::says;
pub(crate) use steps::{Step, steps};
