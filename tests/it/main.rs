//! The real service, as a process, between stand-ins that are as strict as the real ones.
//!
//! Every test has its own world: a database, a data directory, a FAL, a Telegram. No test sleeps to
//! wait; each waits for what it wants to see, and says what was missing.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so and ends; what it wants to tell goes to stderr"
)]

mod access;
mod admin;
mod avatars;
mod bad_input;
mod cancel;
mod clocks;
mod coach;
mod commands;
mod commands_db;
mod commands_doctor;
mod commands_webhooks;
mod conversation;
mod crash;
mod credits;
mod delivery;
mod disk;
mod docs;
mod fal_away;
mod forget;
mod gallery;
mod happy_path;
mod hooks;
mod import;
mod import_pictures;
mod instances;
mod intake;
mod jobs;
mod judges;
mod ladder;
mod leaks;
mod limits;
mod listeners;
mod lost_submits;
#[path = "../../src/objects/s3/tests/moto.rs"]
mod moto;
mod operators;
mod outages;
mod parked;
mod pause;
mod pictures;
mod poison;
mod postgres;
mod press;
mod private_database;
mod progress;
mod rollback;
mod schema;
mod stores;
mod storms;
mod structure;
mod systemd;
mod tls;
mod webhooks;
mod world;
