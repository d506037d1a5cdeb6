//! Showing the effects: the spinner stops, the screen appears.

use super::action::{Place, Reply};
use super::dialogue::Dialogue;
use super::known::Fence;
use super::texts::say;
use super::{contact_sheet, screen, visual};
use crate::bot::world::BotWorld;
use crate::language::Language;
use crate::ports::{
    ChatId, Face, Incoming, Input, Message, MessageId, Person, Resource, SendError, Standing,
};
use backon::{BackoffBuilder, ExponentialBuilder, Retryable};
use slog::{Logger, info, warn};
use std::time::Duration;

/// Waits before a call is tried again: four tries in all. Where Telegram names a wait, that one is
/// kept. The chat's next update waits too, other chats do not.
pub(super) const SEND_WAITS: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(400))
    .without_max_delay()
    .with_max_times(3);

/// Stops the spinner, shows the screen, and returns the new state of the conversation.
///
/// It does both at once, so that a press is answered even if the chat cannot be written to.
pub(super) async fn show(
    world: &BotWorld,
    log: &Logger,
    incoming: &Incoming,
    person: &Person,
    before: &Dialogue,
    reply: Reply,
) -> Dialogue {
    let (chat, contact_sheet) = (incoming.who.chat, before.contact_sheet());
    let next = reply.next.clone().unwrap_or_else(|| before.clone()).with_sheet(contact_sheet);
    let answered = async {
        if let Input::Button { callback, .. } = &incoming.input {
            answer(world, log, person.language, callback, reply.toast).await;
        }
    };
    let shown = async {
        if let Some(visual) = &reply.visual {
            visual::show(world, log, incoming, person, (visual, &reply)).await;
            next
        } else if reply.contact_sheet.is_empty() {
            words(world, log, incoming, person, next, &reply).await
        } else {
            over_photos(world, log, chat, next, &reply).await
        }
    };
    tokio::join!(answered, shown).1
}

/// Shows a screen without a picture.
async fn words(
    world: &BotWorld,
    log: &Logger,
    incoming: &Incoming,
    person: &Person,
    mut next: Dialogue,
    reply: &Reply,
) -> Dialogue {
    let Some(message) = &reply.message else { return next };
    let (chat, contact_sheet) = (incoming.who.chat, next.contact_sheet());
    // Text cannot replace a picture: it goes below, and the picture is deleted.
    let under_sheet = contact_sheet.is_some()
        && contact_sheet == incoming.pressed()
        && reply.place == Place::Here;
    let place = match (reply.place, &next) {
        (Place::Here, _) if under_sheet || reply.instead => None,
        (Place::Here, _) => incoming.pressed(),
        (Place::Counter, Dialogue::Collecting { counter, .. }) => *counter,
        (Place::Below | Place::Counter, _) => None,
    };
    match bring(world, chat, place, message, reply.shows.as_ref()).await {
        Ok(id) => {
            if let Some((standing, face)) = &reply.shows
                && presented(world, log, person, (standing, *face), id).await
            {
                world.known_screens.note((chat, id), message, Fence::Turn(standing.turn + 1));
            }
            if let (Place::Counter, Dialogue::Collecting { counter, .. }) = (reply.place, &mut next)
            {
                *counter = Some(id);
            }
        }
        Err(error) => warn!(log, "a reply could not be shown: {}", error),
    }
    if under_sheet {
        leave(world, log, chat, contact_sheet).await;
        next = next.with_sheet(None);
    } else if reply.instead {
        leave(world, log, chat, incoming.pressed()).await;
    }
    next
}

/// Brings a message to this state, unless it is known to be in it, or sends a new one.
async fn bring(
    world: &BotWorld,
    chat: ChatId,
    place: Option<MessageId>,
    message: &Message,
    shows: Option<&(Standing, Face)>,
) -> Result<MessageId, SendError> {
    let known = &world.known_screens;
    let epoch = world.process.held_leases.epoch(Resource::Updates).map(Fence::Epoch);
    let fence = match shows {
        Some((standing, _)) if standing.message == place => Some(Fence::Turn(standing.turn)),
        Some(_) => None,
        None => epoch,
    };
    if let (Some(id), Some(fence)) = (place, fence)
        && known.shows((chat, id), message, fence)
    {
        return Ok(id);
    }
    if let Some(id) = place {
        known.forget((chat, id));
    }
    let id = present(world, chat, place, message).await?;
    if let (None, Some(epoch)) = (shows, epoch) {
        known.note((chat, id), message, epoch);
    }
    Ok(id)
}

/// Shows the screen below a picture of the draft's photos, instead of the previous one.
async fn over_photos(
    world: &BotWorld,
    log: &Logger,
    chat: ChatId,
    next: Dialogue,
    reply: &Reply,
) -> Dialogue {
    let Some(message) = &reply.message else { return next };
    let older = next.contact_sheet();
    match contact_sheet::show(world, log, chat, &reply.contact_sheet, message).await {
        Ok(shown) => {
            leave(world, log, chat, older).await;
            next.with_sheet(shown.is_sheet.then_some(shown.id))
        }
        Err(error) => {
            warn!(log, "a reply could not be shown: {}", error);
            next
        }
    }
}

async fn leave(world: &BotWorld, log: &Logger, chat: ChatId, contact_sheet: Option<MessageId>) {
    if let Some(contact_sheet) = contact_sheet {
        contact_sheet::take_away(world, log, chat, contact_sheet).await;
    }
}

/// From here on this is the training's status message; the previous one now points to it. Tells
/// whether that is noted.
async fn presented(
    world: &BotWorld,
    log: &Logger,
    person: &Person,
    (standing, face): (&Standing, Face),
    id: MessageId,
) -> bool {
    let noted = world.status_messages.presented(person.user, standing, id, face).await;
    match &noted {
        Ok(Some(old)) => {
            world.known_screens.forget((standing.chat, *old));
            let elsewhere = screen::elsewhere(person.language, standing);
            if let Err(error) = world.messenger.edit(standing.chat, *old, &elsewhere).await {
                info!(log, "a former status message stays as it is: {}", error);
            }
        }
        Ok(None) => {}
        // What should be shown will be shown again.
        Err(error) => warn!(log, "what was shown is not noted: {}", error),
    }
    noted.is_ok()
}

/// Stops the spinner of a press, with a short text if there is one.
pub(super) async fn answer(
    world: &BotWorld,
    log: &Logger,
    language: Language,
    callback: &str,
    toast: Option<&'static str>,
) {
    let toast = toast.map(|key| say(language, key, &[]));
    let answered = (|| world.messenger.answer(callback, toast.as_deref()))
        .retry(SEND_WAITS)
        // Answering twice is harmless: the first one is seen.
        .when(|error| {
            matches!(
                error,
                SendError::RetryAfter(_) | SendError::NotSent(_) | SendError::Unknown(_)
            )
        })
        .adjust(|error, wait| {
            let SendError::RetryAfter(asked) = error else { return wait };
            wait.and(Some(*asked))
        })
        .await;
    if let Err(error) = answered {
        warn!(log, "a press could not be answered: {}", error);
    }
}

/// Sends a sentence, with a button to the menu.
pub(super) async fn say_plainly(
    world: &BotWorld,
    log: &Logger,
    language: Language,
    chat: ChatId,
    key: &'static str,
) {
    if let Err(error) = present(world, chat, None, &screen::plain(language, key)).await {
        warn!(log, "a reply could not be shown: {}", error);
    }
}

/// Edits the given message, or sends a new one if there is none left to edit.
pub(super) async fn present(
    world: &BotWorld,
    chat: ChatId,
    place: Option<MessageId>,
    message: &Message,
) -> Result<MessageId, SendError> {
    let mut place = place;
    let mut waits = SEND_WAITS.build();
    loop {
        let result = match place {
            Some(id) => world.messenger.edit(chat, id, message).await.map(|()| id),
            None => world.messenger.send(chat, message).await,
        };
        match (result, waits.next()) {
            (Err(SendError::MessageGone(_)), _) if place.is_some() => place = None,
            (Err(SendError::RetryAfter(asked)), Some(_)) => tokio::time::sleep(asked).await,
            (Err(SendError::NotSent(_)), Some(wait)) => tokio::time::sleep(wait).await,
            // An edit may be repeated when nobody knows its fate; a new message may not.
            (Err(SendError::Unknown(_)), Some(_)) if place.is_some() => {}
            (done, _) => return done,
        }
    }
}
