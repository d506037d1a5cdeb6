//! The fixed actors as the outside reaches them.

use crate::bot::BotActor;
use crate::training_supervisor::TrainingSupervisor;
use crate::webhook::WebhookActor;
use actix::Addr;

/// The addresses that are fed from outside or by other actors. Follows restarts.
#[derive(Clone, Debug, Default)]
pub struct Cast {
    /// Takes FAL's webhooks.
    pub webhook: Option<Addr<WebhookActor>>,
    /// Takes what people send.
    pub bot: Option<Addr<BotActor>>,
    /// Watches trainings.
    pub trainings: Option<Addr<TrainingSupervisor>>,
}
