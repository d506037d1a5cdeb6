//! The photo coach: from numbers to remarks. Pure.
//!
//! ```text
//! pixels ─ photo processing ─▶ Verdict ─┐
//!                               ├─ judge ─▶ remarks of one photo: advice, or a refusal
//! type, Rules ──────────────────┤
//! Verdicts of all, hashes ──────┴─ review ▶ what the set has, what it lacks, its weakest photo
//! ```
//!
//! The photo processing measures and judges nothing; here is judged and nothing is measured. So a threshold
//! can change without a second look at a single photo: the numbers are stored with each.

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
