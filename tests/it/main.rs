//! The real service, as a process, between stand-ins that are as strict as the real ones.
//!
//! Every test has a town of its own: a database, a data directory, a FAL, a Telegram. Nothing
//! sleeps to wait; everything waits for what it wants to see, and says what was missing.

#![expect(clippy::print_stderr, reason = "what a failed test wants to tell goes there")]

mod bad_input;
mod cancel;
mod crash;
mod happy_path;
mod judges;
mod postgres;
mod press;
mod private_database;
mod schema;
mod town;
mod webhooks;
