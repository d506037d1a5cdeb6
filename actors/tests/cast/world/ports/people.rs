//! What people send, and their own avatars.

use super::super::store::user;
use super::Port;
use actors::avatar::{AvatarId, PhotoId, TrainingType, UserId};
use actors::language::Language;
use actors::ports::{
    AvatarCard, Avatars, Balance, Begun, Cancellation, ChatKey, FEW_UNHANDLED, JobId, MessageId,
    NewPhoto, ObjectKey, Opened, Person, PhotoAdded, PhotoCard, Plan, Received, Start, StoreError,
    Unhandled, UpdateId, UpdateInbox, Wallets, Who,
};
use actors::spending::Usd;
use async_trait::async_trait;
use serde_json::Value;

#[async_trait]
impl UpdateInbox for Port {
    async fn store(&self, _: &[Received]) -> Result<Vec<UpdateId>, StoreError> {
        Ok(Vec::new()) // The world stores them itself, as the poller does.
    }

    async fn unhandled(&self, after: &str) -> Result<Unhandled, StoreError> {
        let after = after.to_owned();
        let page = move |model: &mut super::Model| {
            let mut people: Vec<i64> = open(model).map(|received| person(&received)).collect();
            people.retain(|person| person.to_string() > after);
            people.sort_by_key(ToString::to_string);
            people.dedup();
            let first = |person: &i64| first(model, *person, FEW_UNHANDLED);
            Unhandled { received: people.iter().flat_map(first).collect(), next: None }
        };
        self.query("unhandled", page).await
    }

    async fn unhandled_of(&self, people: &[(i64, usize)]) -> Result<Vec<Received>, StoreError> {
        let of = |model: &mut super::Model| {
            people.iter().flat_map(|(person, most)| first(model, *person, *most)).collect()
        };
        self.query("unhandled_of", of).await
    }

    async fn attempt(&self, id: UpdateId) -> Result<Option<i32>, StoreError> {
        let count = |model: &mut super::Model| {
            let mut open = model.updates.iter_mut().filter(|update| !update.handled);
            open.find(|update| update.received.id == id).map(|update| {
                update.tries += 1;
                update.tries
            })
        };
        self.query("attempt", count).await
    }

    async fn begin(&self, id: UpdateId, who: &Who) -> Result<Option<Begun>, StoreError> {
        let person = Person { user: user(who.telegram_id), language: Language::En, admitted: true };
        let begin = |model: &mut super::Model| {
            let dialogue = model.dialogue.clone();
            let mut open = model.updates.iter_mut().filter(|update| !update.handled);
            open.find(|update| update.received.id == id).map(|update| {
                update.tries += 1;
                Begun { tries: update.tries, person, dialogue }
            })
        };
        self.query("begin", begin).await
    }

    async fn membership(&self, _: UpdateId, _: i64, _: bool) -> Result<(), StoreError> {
        Err(StoreError::Refused("nobody blocks the bot in these stories".into()))
    }

    async fn skip(&self, _: &[UpdateId]) -> Result<(), StoreError> {
        Err(StoreError::Refused("nobody sends too much in these stories".into()))
    }

    async fn handled(
        &self,
        id: UpdateId,
        state: Option<(ChatKey, Value)>,
        _: &str,
    ) -> Result<(), StoreError> {
        let handled = |model: &mut super::Model| {
            let mut open = model.updates.iter_mut().filter(|update| !update.handled);
            let Some(update) = open.find(|update| update.received.id == id) else { return };
            update.handled = true;
            if let Some((_, dialogue)) = state {
                model.dialogue = Some(dialogue);
            }
        };
        self.query("handled", handled).await
    }

    async fn forget_old(&self) -> Result<u64, StoreError> {
        self.query("forget_old", |_| 0).await // No story here lasts for a month.
    }
}

fn open(model: &super::Model) -> impl Iterator<Item = Received> {
    model.updates.iter().filter(|update| !update.handled).map(|update| update.received.clone())
}

fn person(received: &Received) -> i64 {
    received.incoming.as_ref().map_or(0, |incoming| incoming.who.telegram_id)
}

fn first(model: &super::Model, of: i64, most: usize) -> Vec<Received> {
    open(model).filter(|received| person(received) == of).take(most).collect()
}

pub(super) fn chat(user: UserId) -> i64 {
    i64::try_from(user.0.as_u64_pair().1).unwrap()
}

#[async_trait]
impl Avatars for Port {
    async fn speak(&self, _: UserId, _: Language) -> Result<(), StoreError> {
        Ok(())
    }

    async fn avatars(&self, _: UserId) -> Result<Vec<AvatarCard>, StoreError> {
        Ok(Vec::new())
    }

    async fn avatar(
        &self,
        user: UserId,
        avatar: AvatarId,
    ) -> Result<Option<AvatarCard>, StoreError> {
        self.query("avatar", |model| model.rows.card(chat(user), JobId::training(avatar))).await
    }

    async fn open(&self, _: UserId, _: TrainingType, _: &str) -> Result<Opened, StoreError> {
        Err(StoreError::Refused("nobody opens drafts in these stories".into()))
    }

    async fn redeem(&self, _: UserId, _: &str) -> Result<Option<i64>, StoreError> {
        Ok(None) // Nobody is invited in these stories.
    }

    async fn add_photo(
        &self,
        _: UserId,
        _: AvatarId,
        _: &NewPhoto,
    ) -> Result<PhotoAdded, StoreError> {
        Ok(PhotoAdded::NoDraft)
    }

    async fn has_photo(&self, _: UserId, _: AvatarId, _: &str) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn photos(&self, _: UserId, _: AvatarId) -> Result<Vec<PhotoCard>, StoreError> {
        Ok(Vec::new())
    }

    async fn remove_photo(&self, _: UserId, _: PhotoId) -> Result<Option<ObjectKey>, StoreError> {
        Ok(None)
    }

    async fn start(
        &self,
        user: UserId,
        avatar: AvatarId,
        plan: &Plan,
        _: Usd,
        shown_in: Option<MessageId>,
    ) -> Result<Start, StoreError> {
        let start = |model: &mut super::Model| {
            model.rows.start(chat(user), JobId::training(avatar), plan, shown_in)
        };
        self.query("start", start).await
    }

    async fn cancel(&self, user: UserId, avatar: AvatarId) -> Result<Cancellation, StoreError> {
        self.query("cancel_training", |model| {
            model.rows.cancel(chat(user), JobId::training(avatar))
        })
        .await
    }
}

#[async_trait]
impl Wallets for Port {
    async fn balance(&self, _: UserId) -> Result<Balance, StoreError> {
        Ok(Balance::default()) // Nothing costs credits in these stories.
    }

    async fn show_price(&self, _: UserId, _: AvatarId, _: i64) -> Result<(), StoreError> {
        Ok(())
    }
}
