//! A paid job at a provider: one machine, one shell, one supervisor for every kind of it.
//!
//! A training, a picture and a transcript are the same to all that is below: an intent that is saved
//! before the submit, a submit that is never repeated blindly, a watch by webhook and poll, a result
//! that is brought into our own store, an end that one statement decides. What is its own to a kind
//! is data ([`Specification`]) and one [`Craft`]: what is prepared, submitted, stored and proved.

pub mod actor;
mod craft;
mod effects;
pub mod machine;
mod orphan;
mod search;
mod specification;
pub mod supervisor;
mod supervisors;
mod work;
mod world;

pub use actor::{JobActor, Tell};
pub use craft::{AuditAnswer, Craft, Prepared};
pub use specification::{JobKind, Kinds, Specification};
pub use supervisor::JobSupervisor;
pub use supervisors::Supervisors;
pub use world::JobWorld;
