//! What people see of a reply: the spinner stops, the screen appears.

use super::action::{Place, Reply};
use super::dialogue::Dialogue;
use super::known::Fence;
use super::talk::pressed;
use super::texts::{Language, say};
use super::{Incoming, Input};
use super::{contact_sheet, screen};
use crate::ports::{ChatId, Face, Message, MessageId, Person, Resource, SendError, Standing};
use crate::world::World;
use slog::{Logger, info, warn};
use std::time::Duration;

/// First wait before a call is tried again; doubled.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// Tries to send one screen. It waits as long as Telegram asks; the chat's next update waits too,
/// other chats do not.
const SEND_TRIES: u32 = 4;

/// Stops the spinner, shows the screen, and tells where the conversation stands now.
///
/// Both at once: a chat that cannot be written to still gets its press answered.
pub(super) async fn show(
    world: &World,
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
        if reply.contact_sheet.is_empty() {
            words(world, log, incoming, person, next, &reply).await
        } else {
            over_photos(world, log, chat, next, &reply).await
        }
    };
    tokio::join!(answered, shown).1
}

/// Shows the screen; words only.
async fn words(
    world: &World,
    log: &Logger,
    incoming: &Incoming,
    person: &Person,
    mut next: Dialogue,
    reply: &Reply,
) -> Dialogue {
    let Some(message) = &reply.message else { return next };
    let (chat, contact_sheet) = (incoming.who.chat, next.contact_sheet());
    // Words cannot take the place of a picture: they go below, and the picture goes.
    let under_sheet =
        contact_sheet.is_some() && contact_sheet == pressed(incoming) && reply.place == Place::Here;
    let place = match (reply.place, &next) {
        (Place::Here, _) if under_sheet => None,
        (Place::Here, _) => pressed(incoming),
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
    }
    next
}

/// Brings a message to this state, unless it is known to be in it, or sends a new one.
async fn bring(
    world: &World,
    chat: ChatId,
    place: Option<MessageId>,
    message: &Message,
    shows: Option<&(Standing, Face)>,
) -> Result<MessageId, SendError> {
    let known = &world.known_screens;
    let epoch = world.held_leases.epoch(Resource::Updates).map(Fence::Epoch);
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

/// Shows the screen below a picture of the draft's photos, instead of the one before.
async fn over_photos(
    world: &World,
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

async fn leave(world: &World, log: &Logger, chat: ChatId, contact_sheet: Option<MessageId>) {
    if let Some(contact_sheet) = contact_sheet {
        contact_sheet::take_away(world, log, chat, contact_sheet).await;
    }
}

/// From here on this is the training's status message; one that was it before says so. Tells whether
/// that is noted.
async fn presented(
    world: &World,
    log: &Logger,
    person: &Person,
    (standing, face): (&Standing, Face),
    id: MessageId,
) -> bool {
    let noted = world.status_messages.presented(person.user, standing, id, face).await;
    match &noted {
        Ok(Some(old)) => {
            world.known_screens.forget((standing.chat, *old));
            let elsewhere = screen::training_elsewhere(person.language, standing);
            if let Err(error) = world.messenger.edit(standing.chat, *old, &elsewhere).await {
                info!(log, "a former status message stays as it is: {}", error);
            }
        }
        Ok(None) => {}
        // What ought to be shown is shown again.
        Err(error) => warn!(log, "what was shown is not noted: {}", error),
    }
    noted.is_ok()
}

/// Stops the spinner of a press, with a short text if there is one.
pub(super) async fn answer(
    world: &World,
    log: &Logger,
    language: Language,
    callback: &str,
    toast: Option<&'static str>,
) {
    let toast = toast.map(|key| say(language, key, &[]));
    let mut tries = 0;
    loop {
        tries += 1;
        match world.messenger.answer(callback, toast.as_deref()).await {
            Ok(()) => return,
            Err(SendError::RetryAfter(wait)) if tries < SEND_TRIES => {
                tokio::time::sleep(wait).await;
            }
            // Answering twice is harmless: the first one is seen.
            Err(SendError::NotSent(_) | SendError::Unknown(_)) if tries < SEND_TRIES => {
                tokio::time::sleep(FIRST_WAIT * 2_u32.pow(tries)).await;
            }
            Err(error) => {
                warn!(log, "a press could not be answered: {}", error);
                return;
            }
        }
    }
}

/// Says a sentence, with the way to the menu.
pub(super) async fn say_plainly(
    world: &World,
    log: &Logger,
    language: Language,
    chat: ChatId,
    key: &'static str,
) {
    if let Err(error) = present(world, chat, None, &screen::plain(language, key)).await {
        warn!(log, "a reply could not be shown: {}", error);
    }
}

/// Edits the given message, or sends a new one when there is none to edit any more.
pub(super) async fn present(
    world: &World,
    chat: ChatId,
    place: Option<MessageId>,
    message: &Message,
) -> Result<MessageId, SendError> {
    let mut place = place;
    let mut tries = 0;
    loop {
        let result = match place {
            Some(id) => world.messenger.edit(chat, id, message).await.map(|()| id),
            None => world.messenger.send(chat, message).await,
        };
        tries += 1;
        match result {
            Err(SendError::MessageGone(_)) if place.is_some() => place = None,
            Err(SendError::RetryAfter(wait)) if tries < SEND_TRIES => {
                tokio::time::sleep(wait).await;
            }
            Err(SendError::NotSent(_)) if tries < SEND_TRIES => {
                tokio::time::sleep(FIRST_WAIT * 2_u32.pow(tries)).await;
            }
            // An edit may be repeated when nobody knows its fate; a new message may not.
            Err(SendError::Unknown(_)) if place.is_some() && tries < SEND_TRIES => {}
            done => return done,
        }
    }
}
