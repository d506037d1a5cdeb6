//! The world as the intake of webhooks sees it.

use crate::ports::{Inbox, Signatures, WebhookReader};
use crate::process::Process;
use std::fmt;
use std::sync::Arc;

/// What the intake of webhooks is given.
#[expect(missing_docs, reason = "each field is the port whose trait describes it")]
pub struct WebhookWorld {
    pub process: Arc<Process>,
    pub inbox: Arc<dyn Inbox>,
    pub signatures: Arc<dyn Signatures>,
    pub reader: Arc<dyn WebhookReader>,
}

impl fmt::Debug for WebhookWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookWorld").finish_non_exhaustive()
    }
}
