//! Aisha: AI avatars in Telegram that never lose a paid training.
//!
//! The actors are in the crate `actors`. This crate has everything they work with: the adapters
//! behind their ports, the listeners, the commands, and [`service`], the one place that names an
//! actor and an adapter together.

pub mod cli;
pub mod config;
pub mod fal;
pub mod http;
pub mod logging;
pub mod metrics;
pub mod mirror;
pub mod objects;
pub mod openai;
pub mod photos;
pub mod postgres;
pub mod providers;
mod redaction;
pub mod service;
mod story;
pub mod systemd;
pub mod telegram;
mod temporary;
