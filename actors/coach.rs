//! The photo coach: from numbers to remarks. Pure.
//!
//! ```text
//! pixels ─ photos ───▶ Verdict ─┐
//!                               ├─ judge ─▶ remarks of one photo: advice, or a refusal
//! type, Rules ──────────────────┤
//! Verdicts of all, hashes ──────┴─ review ▶ what the set has, what it lacks, its weakest photo
//! ```
//!
//! Photo processing measures and does not judge; this module judges and does not measure. So a
//! threshold can change without looking at any photo again, because the numbers are stored with
//! each.

mod judge;
mod measurements;
mod review;
mod rules;

pub use judge::{Remark, refusal, remarks};
pub use measurements::{Face, Measurements};
pub use review::{Review, Shot, distance, review, twin_of};
pub use rules::{Hard, Rules};

#[cfg(test)]
mod tests;
