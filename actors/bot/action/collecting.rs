//! The message that counts photos: one for all that came together, edited in place.

use super::coaching;
use super::creating::no_draft;
use super::{Context, Place, Reply, owned};
use crate::avatar::AvatarId;
use crate::bot::dialogue::{Dialogue, Untold};
use crate::bot::screen;
use crate::ports::{AvatarCard, Message, MessageId, StoreError};

/// How many photos may be below the counter before it is posted again: an album fills a screen, and
/// a person who sends more would have to scroll back to it.
const FAR: u32 = 10;

/// The state of counting a draft's photos.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counting {
    avatar: AvatarId,
    counter: Option<MessageId>,
    below: u32,
    pub(super) untold: Untold,
}

impl Counting {
    /// From the conversation; a new one if that is about another draft.
    pub(super) fn of(dialogue: &Dialogue, avatar: AvatarId) -> Self {
        match dialogue {
            Dialogue::Collecting { avatar: about, counter, below, untold, .. }
                if *about == avatar =>
            {
                Self { avatar, counter: *counter, below: *below, untold: *untold }
            }
            Dialogue::Idle
            | Dialogue::Naming { .. }
            | Dialogue::Collecting { .. }
            | Dialogue::Renaming { .. }
            | Dialogue::Picturing { .. }
            | Dialogue::Wording { .. } => {
                Self { avatar, counter: None, below: 0, untold: Untold::default() }
            }
        }
    }

    fn dialogue(self) -> Dialogue {
        let Self { avatar, counter, below, untold } = self;
        Dialogue::Collecting { avatar, counter, below, untold, contact_sheet: None }
    }

    /// One more photo is finished. The last of those that came together shows the counter.
    pub(super) async fn goes_on(
        mut self,
        context: &Context<'_>,
        card: &AvatarCard,
    ) -> Result<Reply, StoreError> {
        self.below = self.below.saturating_add(1);
        if context.album.goes_on().await {
            return Ok(Reply::silence().then(self.dialogue()));
        }
        // A person whose photo was refused looks at the end of the chat, not at earlier messages.
        if self.below > FAR || self.untold != Untold::default() {
            (self.counter, self.below) = (None, 0);
        }
        let message = counted(context, card, self.untold).await?;
        self.untold = Untold::default();
        Ok(Reply { place: Place::Counter, ..Reply::screen(message).then(self.dialogue()) })
    }

    /// Like [`Counting::goes_on`], after a photo with its own answer: that is sent at once, and the
    /// counter comes below it.
    pub(super) async fn refused(
        mut self,
        context: &Context<'_>,
        card: &AvatarCard,
        refusal: Message,
    ) -> Result<Reply, StoreError> {
        (self.counter, self.below) = (None, 0);
        if context.album.goes_on().await {
            return Ok(Reply::screen(refusal).then(self.dialogue()));
        }
        let mut message = counted(context, card, self.untold).await?;
        message.html = format!("{}\n\n{}", refusal.html, message.html);
        self.untold = Untold::default();
        Ok(Reply { place: Place::Counter, ..Reply::screen(message).then(self.dialogue()) })
    }
}

async fn counted(
    context: &Context<'_>,
    card: &AvatarCard,
    untold: Untold,
) -> Result<Message, StoreError> {
    let (language, limits) = (context.person.language, &context.world.limits);
    let counter = screen::counter(language, card, limits);
    let counter = coaching::advised(context, card, counter).await?;
    Ok(screen::remarked(language, counter, untold, limits))
}

/// Something that is not a photo came.
pub(super) async fn miss_photo(
    context: &Context<'_>,
    avatar: AvatarId,
) -> Result<Reply, StoreError> {
    let Some(card) = draft(context, avatar).await? else { return Ok(no_draft(context)) };
    let mut counting = Counting::of(context.dialogue, avatar);
    counting.untold.unusable = counting.untold.unusable.saturating_add(1);
    counting.goes_on(context, &card).await
}

/// Text came while photos are expected.
pub(super) async fn await_photos(
    context: &Context<'_>,
    avatar: AvatarId,
) -> Result<Reply, StoreError> {
    let Some(card) = draft(context, avatar).await? else { return Ok(no_draft(context)) };
    let counter = counted(context, &card, Untold::default()).await?;
    let message = screen::led(context.person.language, "awaiting-photos", counter);
    let next = Dialogue::collecting(avatar);
    Ok(Reply { place: Place::Counter, ..Reply::screen(message).then(next) })
}

/// The counter, in the message that was pressed.
pub(super) async fn recount(context: &Context<'_>, avatar: AvatarId) -> Result<Reply, StoreError> {
    let Some(card) = draft(context, avatar).await? else { return Ok(no_draft(context)) };
    let counter = context.pressed;
    let next = Dialogue::Collecting {
        avatar,
        counter,
        below: 0,
        untold: Untold::default(),
        contact_sheet: None,
    };
    let message = counted(context, &card, Untold::default()).await?;
    Ok(Reply { place: Place::Counter, ..Reply::screen(message).then(next) })
}

pub(super) async fn draft(
    context: &Context<'_>,
    avatar: AvatarId,
) -> Result<Option<AvatarCard>, StoreError> {
    Ok(owned(context, avatar).await?.filter(|card| card.status.is_draft()))
}
