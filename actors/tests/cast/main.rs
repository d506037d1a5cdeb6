//! The cast in a world of models, at every point where it can break.
//!
//! `crash_matrix` plays the real actors in virtual time and kills or fails them at every single
//! call. `simulation` plays tens of thousands of seeded histories of the pure life cycle against
//! the same rows. Nothing sleeps, nothing waits for a real clock.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so and ends; what it wants to tell goes to stderr"
)]

mod crash_matrix;
mod delivery;
mod simulation;
mod world;
