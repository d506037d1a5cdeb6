//! A paid job at a provider: one machine, one shell, one supervisor for every kind of it.
//!
//! A training, a picture and a transcript look the same to the code below: the intent is saved
//! before the submit, a submit is never repeated blindly, webhooks and polls watch the job, the
//! result is copied into our own store, and one statement decides how it ended. What is particular
//! to a kind is data ([`Specification`]) and one [`Craft`]: what is prepared, submitted, stored and
//! proved.

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
