//! One avatar's story in words: what happened, and what happens next. For the terminal and the
//! operator's page.

pub(crate) mod moment;
pub(crate) mod outlook;
mod steps;
mod words;

pub(crate) use steps::{Step, steps};
