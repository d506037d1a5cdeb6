//! One update, from the stored row to the reply.

use super::deed::{self, Place, Reply, Scene};
use super::dialogue::{Dialogue, decide};
use super::{Incoming, Input};
use crate::bot::texts::{Language, say};
use crate::ports::{ChatId, ChatKey, Message, MessageId, Received, SendError, StoreError};
use crate::route::Route;
use crate::training_supervisor::LookAt;
use crate::world::World;
use slog::{Logger, error, warn};
use std::sync::Arc;
use std::time::Duration;

/// Tries to handle one update before it is parked for the operator: a poison update must not stop
/// its chat for ever.
const MOST_TRIES: i32 = 3;

/// First wait when the database is out of reach; doubled up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// Longest wait for the database.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Tries to send one screen. It waits as long as Telegram asks; the chat's next update waits too,
/// other chats do not.
const SEND_TRIES: u32 = 4;

/// Handles one update.
pub(super) async fn handle(
    world: Arc<World>,
    log: Logger,
    route: Arc<Route>,
    received: Received,
    more_photos: bool,
) {
    let Some(incoming) = received.incoming.as_ref() else { return };
    let mut wait = FIRST_WAIT;
    // A database that is away is no fault of the update: that it was tried is counted once.
    let mut counted = false;
    loop {
        let tried = if counted { Ok(true) } else { may_try(&world, &log, &received).await };
        let handled = match tried {
            Ok(true) => {
                counted = true;
                once(&world, &log, &route, &received, incoming, more_photos).await
            }
            Ok(false) => return,
            Err(error) => Err(error),
        };
        match handled {
            Ok(()) => return,
            Err(StoreError::Unavailable(cause)) => {
                warn!(log, "an update waits for the database: {}", cause; "update" => received.id.0);
            }
            Err(StoreError::Refused(cause)) => {
                counted = false;
                error!(log, "an update cannot be handled: {:?}", cause; "update" => received.id.0);
            }
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// Counts a try before it is made, so that a poison update is parked also when it takes the process
/// with it. False when the update needs no handling any more.
async fn may_try(world: &World, log: &Logger, received: &Received) -> Result<bool, StoreError> {
    let Some(tries) = world.updates.attempt(received.id).await? else { return Ok(false) };
    if tries > MOST_TRIES {
        error!(log, "⚠️ an update failed again and again and is parked"; "update" => received.id.0);
        world.updates.handled(received.id, None, "parked").await?;
        return Ok(false);
    }
    Ok(true)
}

async fn once(
    world: &World,
    log: &Logger,
    route: &Route,
    received: &Received,
    incoming: &Incoming,
    more_photos: bool,
) -> Result<(), StoreError> {
    let who = &incoming.who;
    let key = ChatKey { chat: who.chat.0, person: who.telegram_id };
    let person = world.drafts.greet(who).await?;
    let dialogue = world.updates.dialogue(key).await?;
    let deed = decide(&dialogue, &incoming.input);
    let scene = Scene {
        world,
        who,
        person: &person,
        dialogue: &dialogue,
        more_photos,
        pressed: pressed(incoming),
    };
    let reply = deed::perform(&scene, deed).await?;
    // What was started or cancelled does not wait until Telegram has shown it.
    let look = reply.look.map(|avatar| LookAt { avatar, report: None });
    if let Some(nudge) = route.pass_on(look.into_iter().collect()) {
        nudge.await;
    }
    let next = show(world, log, incoming, person.language, dialogue, reply).await;
    world.updates.handled(received.id, Some((key, &next)), "handled").await
}

fn pressed(incoming: &Incoming) -> Option<MessageId> {
    match &incoming.input {
        Input::Button { message, .. } => *message,
        Input::Command(_) | Input::Text(_) | Input::Photo(_) | Input::Other => None,
    }
}

/// Stops the spinner, shows the screen, and tells where the conversation stands now.
async fn show(
    world: &World,
    log: &Logger,
    incoming: &Incoming,
    language: Language,
    before: Dialogue,
    reply: Reply,
) -> Dialogue {
    if let Input::Button { callback, .. } = &incoming.input {
        let toast = reply.toast.map(|key| say(language, key, &[]));
        if let Err(error) = world.messenger.answer(callback, toast.as_deref()).await {
            warn!(log, "a press could not be answered: {}", error);
        }
    }
    let mut next = reply.next.unwrap_or(before);
    let Some(message) = reply.message else { return next };
    let shown = match reply.place {
        Place::Here => present(world, incoming.who.chat, pressed(incoming), &message).await,
        Place::Below => present(world, incoming.who.chat, None, &message).await,
        Place::Counter => {
            let known = match &next {
                Dialogue::Collecting { counter, .. } => *counter,
                Dialogue::Idle | Dialogue::Naming { .. } => None,
            };
            present(world, incoming.who.chat, known, &message).await
        }
    };
    match shown {
        Ok(id) => {
            if let (Place::Counter, Dialogue::Collecting { counter, .. }) = (reply.place, &mut next)
            {
                *counter = Some(id);
            }
        }
        Err(error) => warn!(log, "a reply could not be shown: {}", error),
    }
    next
}

/// Edits the given message, or sends a new one when there is none to edit any more.
async fn present(
    world: &World,
    chat: ChatId,
    place: Option<MessageId>,
    message: &Message,
) -> Result<MessageId, SendError> {
    let (mut chat, mut place) = (chat, place);
    let mut tries = 0;
    loop {
        let result = match place {
            Some(id) => world.messenger.edit(chat, id, message).await.map(|()| id),
            None => world.messenger.send(chat, message).await,
        };
        tries += 1;
        match result {
            Err(SendError::MessageGone(_)) if place.is_some() => place = None,
            Err(SendError::Moved(to)) if tries < SEND_TRIES => chat = to,
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
