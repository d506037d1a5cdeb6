//! People's credits. Every statement carries the person, so nobody can look into another's wallet.

use super::StoreError;
use crate::avatar::{AvatarId, UserId};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Movements that are shown of a wallet: as many as fit on a phone.
pub const MOVEMENTS_SHOWN: i64 = 10;

/// What somebody has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Credits, with those that are held.
    pub posted: i64,
    /// Of them, what is held for what runs.
    pub held: i64,
    /// What is owed, after a payment was taken back.
    pub owed: i64,
    /// The last movements, the newest first.
    pub movements: Vec<Movement>,
}

impl Balance {
    /// What can be spent.
    #[must_use]
    pub fn available(&self) -> i64 {
        self.posted.saturating_sub(self.held)
    }
}

/// Something that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub why: Why,
    /// Credits: more than 0 came, less went.
    pub credits: i64,
}

/// Why credits moved, in the words of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A training was completed.
    Training,
    /// Pictures were made.
    Pictures,
    /// Speech was written down.
    Speech,
    /// Something else that is paid.
    Other,
    /// They bought them.
    Payment,
    /// A payment was given back.
    Refund,
    /// Telegram took a payment back.
    Clawback,
    /// Once, to begin with.
    Welcome,
    /// With an invitation.
    Invite,
    /// An operator gave them.
    Grant,
    /// From the older Aisha.
    Import,
}

impl Why {
    /// From `transfers.kind`, and what a capture was for.
    #[must_use]
    pub fn of_words(kind: &str, about: &str) -> Self {
        match (kind, about) {
            ("capture", "training") => Self::Training,
            ("capture", "generation") => Self::Pictures,
            ("capture", "transcription") => Self::Speech,
            ("payment", _) => Self::Payment,
            ("refund", _) => Self::Refund,
            ("clawback" | "debt", _) => Self::Clawback,
            ("welcome", _) => Self::Welcome,
            ("invite", _) => Self::Invite,
            ("grant", _) => Self::Grant,
            ("import", _) => Self::Import,
            _ => Self::Other,
        }
    }
}

/// The store of people's credits.
#[async_trait]
pub trait Wallets: Send + Sync {
    /// What somebody has. Who has no wallet yet gets one, with the credits of a welcome.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: ask again; nobody is welcomed twice.
    async fn balance(&self, user: UserId) -> Result<Balance, StoreError>;

    /// Notes the price on the button that starts a training of this avatar. A start at another price
    /// is refused, and the price is shown anew.
    ///
    /// # Errors
    /// As [`Wallets::balance`]; safe to repeat.
    async fn show_price(
        &self,
        user: UserId,
        avatar: AvatarId,
        credits: i64,
    ) -> Result<(), StoreError>;
}
