//! The cast of Aisha: who acts, and on what decisions.
//!
//! ```text
//! RootSupervisor                    root.rs              rest for one
//! ├─ NotificationActor              notification.rs      outbox → Telegram
//! ├─ ProgressActor                  progress.rs          status messages, edited in place
//! ├─ TrainingSupervisor             job/supervisor.rs    one for one; each kind of job has one
//! │  └─ TrainingActor avt_…         job/actor.rs         one per avatar in flight
//! ├─ GenerationSupervisor           job/supervisor.rs    the same for orders of pictures
//! │  └─ GenerationActor gen_…       job/actor.rs         one per order in flight
//! ├─ StartupRecoveryActor           recovery.rs          leases; respawns actors; sweeps
//! ├─ WebhookActor                   webhook.rs           verify → store → route
//! ├─ BotActor                       bot.rs               updates → dialogues
//! ├─ EraserActor                    eraser.rs            removes what people deleted; chores at FAL (chores.rs)
//! └─ GiftActor                      generation/gift.rs   orders the first pictures of an avatar
//! ```
//!
//! Messages go down; only the news of an end comes up. Decisions are pure and lie beside their
//! shell: `job/machine.rs`, `bot/dialogue.rs`, `notification/schedule.rs`,
//! `progress/show.rs`, `supervisor/intensity.rs`.
//!
//! A training is one kind of paid job, an order of pictures another. [`job`] is the spine that all kinds
//! share: machine, shell and supervisor. [`training`] and [`generation`] are only what sets them apart: a
//! specification and a craft.
//!
//! What the cast needs from the outside stands in [`ports`]. Which technology meets it is not known
//! here: this crate names no SQL, HTTP, S3 or Telegram.
//!
//! The root holds the whole [`world`] and starts each fixed actor with its part (`root/fixed.rs`);
//! what all parts share is the [`process`].

pub mod access;
pub mod avatar;
pub mod backoff;
pub mod bot;
mod chores;
pub mod clock;
pub mod coach;
pub mod credits;
pub mod eraser;
pub mod error_chain;
pub mod generation;
pub mod held_leases;
pub mod job;
pub mod lanes;
pub mod language;
pub mod metrics;
pub mod notification;
pub mod pace;
pub mod ping;
pub mod platform;
pub mod ports;
pub mod process;
pub mod progress;
pub mod recovery;
pub mod root;
mod route;
pub mod spending;
pub mod supervisor;
pub mod timing;
pub mod training;
pub mod webhook;
pub mod world;
