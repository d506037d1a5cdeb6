//! One update, from the stored row to the reply.

use super::action::{self, Context, Reply};
use super::album::Album;
use super::dialogue::{Dialogue, decide};
use super::inline;
use super::lines::{Behind, Excess};
use super::show::{answer, say_plainly, show};
use crate::backoff::doubling;
use crate::bot::world::BotWorld;
use crate::job::supervisor::LookAt;
use crate::language::Language;
use crate::ports::{
    Begun, ChatKey, Incoming, Input, JobId, Person, Received, StoreError, UpdateId,
};
use crate::route::Route;
use backon::{BackoffBuilder, ExponentialBuilder, Retryable};
use slog::{Logger, error, warn};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Tries to handle one update before it is parked for the operator, so that a poison update does
/// not block its chat for ever.
const MOST_TRIES: i32 = 3;

/// Waits for a database that is out of reach.
const DATABASE_WAITS: ExponentialBuilder =
    doubling(Duration::from_millis(100), Duration::from_secs(10));

/// Handles one update.
pub(super) async fn handle(
    world: Arc<BotWorld>,
    log: Logger,
    route: Arc<Route>,
    received: Received,
    behind: watch::Receiver<Behind>,
) {
    let Some(incoming) = received.incoming.as_ref() else { return };
    let album = Album { behind, in_album: incoming.in_album };
    let talk = Talk { world: &world, log: &log, route: &route, update: received.id, incoming };
    // A database that is away is no fault of the update: that it was tried is counted once.
    let mut begun = None;
    for wait in DATABASE_WAITS.build() {
        match talk.go_on(&mut begun, &album).await {
            Ok(()) => return,
            Err(error @ (StoreError::Unavailable(_) | StoreError::Busy)) => {
                warn!(log, "an update waits for the database: {}", error.words(); "update" => received.id.0);
            }
            Err(StoreError::Refused(cause)) => {
                begun = None;
                error!(log, "an update cannot be handled: {:?}", cause; "update" => received.id.0);
            }
        }
        tokio::time::sleep(wait).await;
    }
}

/// An update and everything needed to handle it.
struct Talk<'a> {
    world: &'a BotWorld,
    log: &'a Logger,
    route: &'a Route,
    update: UpdateId,
    incoming: &'a Incoming,
}

impl Talk<'_> {
    /// Begins, unless it has begun, and handles the update. Also succeeds if it no longer needs
    /// handling.
    async fn go_on(&self, begun: &mut Option<Begun>, album: &Album) -> Result<(), StoreError> {
        if let Input::Membership { blocked } = self.incoming.input {
            return self.noted(blocked).await;
        }
        if let Input::Inline { query, word } = &self.incoming.input {
            let (person, asked) = (self.incoming.who.telegram_id, (query.as_str(), word.as_str()));
            return inline::answer(self.world, self.log, self.update, person, asked).await;
        }
        let known = match begun {
            Some(known) => known,
            None => match self.begin().await? {
                Some(new) => begun.insert(new),
                None => return Ok(()),
            },
        };
        if known.tries > MOST_TRIES {
            return self.park(known.person.language).await;
        }
        self.once(known, album).await
    }

    /// Records who blocked or unblocked the bot. What they missed becomes due with it.
    async fn noted(&self, blocked: bool) -> Result<(), StoreError> {
        let (updates, person) = (&self.world.updates, self.incoming.who.telegram_id);
        match updates.membership(self.update, person, blocked).await {
            Err(StoreError::Refused(cause)) => {
                error!(self.log, "who blocked the bot cannot be noted: {:?}", cause; "update" => self.update.0);
                updates.handled(self.update, None, "parked").await
            }
            noted => noted,
        }
    }

    /// Counts the try before it is made, so that a poison update is parked even if it crashes the
    /// process.
    async fn begin(&self) -> Result<Option<Begun>, StoreError> {
        match self.world.updates.begin(self.update, &self.incoming.who).await {
            // Its person cannot even be recorded. The try still counts.
            Err(StoreError::Refused(cause)) => {
                match self.world.updates.attempt(self.update).await? {
                    Some(tries) if tries > MOST_TRIES => {
                        let code = self.incoming.who.language_code.as_deref();
                        self.park(Language::of(None, code)).await?;
                        Ok(None)
                    }
                    Some(_) => Err(StoreError::Refused(cause)),
                    None => Ok(None),
                }
            }
            begun => begun,
        }
    }

    /// Gives the update up, and tells its sender.
    async fn park(&self, language: Language) -> Result<(), StoreError> {
        let Self { world, log, update, incoming, .. } = self;
        error!(log, "⚠️ an update failed again and again and is parked"; "update" => update.0);
        match &incoming.input {
            Input::Button { callback, .. } => {
                answer(world, log, language, callback, Some("toast-failed")).await;
            }
            Input::Membership { .. } | Input::Inline { .. } => {}
            Input::Command(_)
            | Input::Link(_)
            | Input::Text(_)
            | Input::Photo(_)
            | Input::Payment
            | Input::Other => {
                say_plainly(world, log, language, incoming.who.chat, "failed").await;
            }
        }
        world.updates.handled(*update, None, "parked").await
    }

    async fn once(&self, begun: &Begun, album: &Album) -> Result<(), StoreError> {
        let Self { world, log, incoming, .. } = self;
        let who = &incoming.who;
        let key = ChatKey { chat: who.chat.0, person: who.telegram_id };
        let dialogue = Dialogue::recalled(begun.dialogue.as_ref());
        let action = decide(&dialogue, &incoming.input);
        let context = Context {
            world,
            who,
            person: &begun.person,
            dialogue: &dialogue,
            update: self.update,
            again: begun.tries > 1,
            album,
            pressed: incoming.pressed(),
        };
        let reply = action::perform(&context, action).await?;
        let reply = if album.in_crowd() { reply.hushed() } else { reply };
        // Starting and cancelling do not wait until Telegram has shown the screen.
        let forgotten = reply.forgotten.is_some();
        let erased = reply.forgotten.iter().flatten().map(|avatar| JobId::training(*avatar));
        let looks = reply.look.into_iter().chain(erased);
        let looks = looks.map(|job| LookAt { job, call: None }).collect();
        if let Some(nudge) = self.route.pass_on(looks) {
            nudge.await;
        }
        let next = self.showing(&begun.person, &dialogue, reply).await;
        if forgotten {
            return world.collection.leave_no_trace(self.update, key).await;
        }
        let next = serde_json::to_value(next).map_err(|error| StoreError::Refused(error.into()))?;
        world.updates.handled(self.update, Some((key, next)), "handled").await?;
        slog::debug!(log, "handled"; "update" => self.update.0);
        Ok(())
    }

    async fn showing(&self, person: &Person, dialogue: &Dialogue, reply: Reply) -> Dialogue {
        let language = reply.language.unwrap_or(person.language);
        let person = Person { language, ..person.clone() };
        show(self.world, self.log, self.incoming, &person, dialogue, reply).await
    }
}

/// Turns away what a chat sent beyond its bound: every press is answered, the person is told once.
pub(super) async fn turn_away(world: &BotWorld, log: &Logger, excess: &Excess) {
    let Excess { who, updates, presses, first } = excess;
    warn!(log, "a chat sends more than is handled"; "chat" => who.chat.0, "skipped" => updates.len());
    let begun = match updates.first() {
        Some(first) => world.updates.begin(*first, who).await,
        None => return,
    };
    let language = match begun {
        Ok(Some(begun)) => begun.person.language,
        Ok(None) => return, // Another instance has turned them away.
        Err(_) => Language::of(None, who.language_code.as_deref()),
    };
    for press in presses {
        answer(world, log, language, press, Some("toast-flooded")).await;
    }
    if *first {
        say_plainly(world, log, language, who.chat, "flooded").await;
    }
    let stay = |error: &StoreError| warn!(log, "skipped updates stay stored: {}", error);
    let skipped = (|| world.updates.skip(updates))
        .retry(DATABASE_WAITS)
        .when(|error| !matches!(error, StoreError::Refused(_)))
        .notify(|error, _| stay(error))
        .await;
    if let Err(error) = skipped {
        stay(&error);
    }
}
