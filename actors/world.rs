//! Everything that the cast is given, in the parts in which its actors get it.
//!
//! [`crate::root`] hands each fixed actor its part; an actor knows neither the whole nor the parts
//! of the others.

use crate::bot::BotWorld;
use crate::eraser::EraserWorld;
use crate::generation::GiftWorld;
use crate::job::{JobWorld, Kinds};
use crate::notification::NotificationWorld;
use crate::process::Process;
use crate::progress::ProgressWorld;
use crate::recovery::RecoveryWorld;
use crate::webhook::WebhookWorld;
use std::sync::Arc;

/// The world of one process.
#[derive(Debug)]
#[expect(missing_docs, reason = "each field is the part whose type describes it")]
pub struct World {
    pub process: Arc<Process>,
    pub bot: Arc<BotWorld>,
    pub notification: Arc<NotificationWorld>,
    pub progress: Arc<ProgressWorld>,
    pub eraser: Arc<EraserWorld>,
    pub gifts: Arc<GiftWorld>,
    pub recovery: Arc<RecoveryWorld>,
    pub webhook: Arc<WebhookWorld>,
    pub jobs: Arc<JobWorld>,
    /// Every kind of paid job that this process works on.
    pub kinds: Kinds,
}
