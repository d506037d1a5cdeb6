//! The lanes to Telegram: one budget for all calls of a process, and who goes first.
//!
//! ```text
//!   BotActor ── answers ───▶ ┐
//!   NotificationActor ─────▶ ├ one limiter, Telegram's limits ▶ Messenger
//!   edits of progress ─────▶ ┘ (turned away when there is no room)
//! ```
//!
//! Each lane is a [`Messenger`], so its user need not know about the others. Telegram allows about
//! thirty messages per second overall and one per second per chat, and answers 429 beyond. A 429
//! silences that chat, or everything if several chats are refused in a row. Waiting people are
//! answered even above the thirty, in a bounded burst, unless notices are in flight or Telegram has
//! just refused something. Answering presses and downloading files is outside these limits, which
//! are about messages. An album takes a permit for each of its items, and one turn of its chat.

mod chats;
#[cfg(test)]
mod tests;
mod traffic;

use crate::clock::Clock;
use crate::language::Language;
use crate::metrics;
use crate::ports::{
    Attachment, ChatAction, ChatId, FileRef, InlinePicture, Message, MessageId, Messenger,
    SendError, SentFile,
};
use async_trait::async_trait;
use bytes::Bytes;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use strum::IntoStaticStr;
use tokio::sync::oneshot;
use traffic::{CallId, Landed, Traffic};

/// Messages and edits per second overall: Telegram's limit of about thirty. Answers may exceed it
/// for a while.
pub const PERMITS: usize = 30;

/// Permits of an instance that takes updates while another one sends the notices.
const SEATS_OF_ANSWERS: usize = 10;

/// Permits of an instance that sends the notices while another one takes updates.
const SEATS_OF_NOTICES: usize = PERMITS - SEATS_OF_ANSWERS;

/// Permits of an instance that does neither, for what it began before it lost its lease.
const SEATS_OF_LEFTOVERS: usize = 1;

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Lane {
    /// To a person who is waiting. Goes first, and in a short burst if needed.
    Answers,
    /// Unrequested. Waits for its turn.
    Notices,
    /// Progress that the next edit will show too. Never waits.
    Edits,
}

impl Lane {
    /// Its label in the metrics.
    fn word(self) -> &'static str {
        self.into()
    }
}

/// What the sender of notices may do right now.
#[derive(Debug, Default)]
pub struct Vacancies {
    /// Notices that could be sent at once.
    pub permits: usize,
    /// Chats that accept none yet.
    pub busy: Vec<ChatId>,
    /// When permits are free again, if there are none.
    pub look: Option<Duration>,
    /// When the first busy chat accepts one, if known.
    pub first: Option<Duration>,
}

/// The limiter. Shared by all lanes of a process.
pub struct Lanes {
    clock: Clock,
    limiter: Mutex<Limiter>,
}

struct Limiter {
    traffic: Traffic,
    /// Callers that wait until they may send.
    waiting: HashMap<CallId, oneshot::Sender<()>>,
}

impl Lanes {
    /// A limiter with the whole budget.
    #[must_use]
    pub fn new(clock: Clock) -> Arc<Self> {
        let limiter = Limiter { traffic: Traffic::new(PERMITS), waiting: HashMap::new() };
        Arc::new(Self { clock, limiter: Mutex::new(limiter) })
    }

    /// A lane to this messenger.
    #[must_use]
    pub fn lane(self: &Arc<Self>, lane: Lane, to: Arc<dyn Messenger>) -> Arc<dyn Messenger> {
        Arc::new(Paced { lanes: Arc::clone(self), lane, to })
    }

    /// Sets this instance's part of the budget, by what it does on behalf of all.
    pub fn share(&self, takes_updates: bool, sends_notices: bool) {
        let permits = match (takes_updates, sends_notices) {
            (true, true) => PERMITS,
            (true, false) => SEATS_OF_ANSWERS,
            (false, true) => SEATS_OF_NOTICES,
            (false, false) => SEATS_OF_LEFTOVERS,
        };
        self.lock().traffic.share(permits);
    }

    /// What the sender of notices may do right now. Times are by the process's clock.
    #[must_use]
    pub fn vacancies(&self) -> Vacancies {
        self.lock().traffic.vacancies(self.clock.uptime())
    }

    /// Waits for its turn, with a permit for each message; edits are turned away instead.
    async fn depart(
        self: &Arc<Self>,
        lane: Lane,
        chat: ChatId,
        messages: usize,
    ) -> Result<Flight, SendError> {
        if lane == Lane::Edits {
            let call = self.lock().traffic.edit(chat, self.clock.uptime());
            if call.is_none() {
                metrics::EDITS_SKIPPED.count();
            }
            return call.map(|call| self.flight(lane, call)).ok_or(SendError::NoPermit);
        }
        let (go, mut gone) = oneshot::channel();
        let flight = {
            let mut limiter = self.lock();
            let call = limiter.traffic.enter(lane, chat, messages);
            limiter.waiting.insert(call, go);
            self.flight(lane, call)
        };
        loop {
            let look = self.pump();
            let now = self.clock.uptime();
            let wait = look.map_or(Duration::from_secs(1), |look| look.saturating_sub(now));
            tokio::select! {
                biased;
                // An error would mean that the limiter dropped it without a word, which it never
                // does.
                _ = &mut gone => return Ok(flight),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    fn flight(self: &Arc<Self>, lane: Lane, call: CallId) -> Flight {
        Flight { lanes: Arc::clone(self), lane, call, landed: false }
    }

    /// Lets calls go that may; returns when the next one may.
    fn pump(&self) -> Option<Duration> {
        let mut limiter = self.lock();
        let pumped = limiter.traffic.pump(self.clock.uptime());
        for call in pumped.departed {
            if let Some(go) = limiter.waiting.remove(&call)
                && go.send(()).is_err()
            {
                // It was abandoned at this very moment, and the end of its flight reports that.
            }
        }
        pumped.look
    }

    fn lock(&self) -> MutexGuard<'_, Limiter> {
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Lanes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lanes").field("traffic", &self.lock().traffic).finish_non_exhaustive()
    }
}

/// One call, waiting or in flight. If it is dropped, its place goes to others.
struct Flight {
    lanes: Arc<Lanes>,
    lane: Lane,
    call: CallId,
    landed: bool,
}

impl Flight {
    fn land<T>(mut self, result: Result<T, SendError>) -> Result<T, SendError> {
        let how = match &result {
            Ok(_) => Landed::Done,
            Err(SendError::RetryAfter(wait)) => Landed::Refused(*wait),
            Err(_) => Landed::Unheard,
        };
        self.landed = true;
        if let Landed::Refused(_) = how {
            metrics::TELEGRAM_REFUSALS.count_as(self.lane.word());
        }
        self.lanes.lock().traffic.land(self.call, how, self.lanes.clock.uptime());
        self.lanes.pump();
        result
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if !self.landed {
            let now = self.lanes.clock.uptime();
            let mut limiter = self.lanes.lock();
            limiter.waiting.remove(&self.call);
            limiter.traffic.leave(self.call, now);
        }
    }
}

/// A messenger whose messages wait for their turn.
struct Paced {
    lanes: Arc<Lanes>,
    lane: Lane,
    to: Arc<dyn Messenger>,
}

#[async_trait]
impl Messenger for Paced {
    async fn send(&self, chat: ChatId, message: &Message) -> Result<MessageId, SendError> {
        let flight = self.lanes.depart(self.lane, chat, 1).await?;
        flight.land(self.to.send(chat, message).await)
    }

    async fn edit(&self, chat: ChatId, id: MessageId, message: &Message) -> Result<(), SendError> {
        let flight = self.lanes.depart(self.lane, chat, 1).await?;
        flight.land(self.to.edit(chat, id, message).await)
    }

    async fn send_files(
        &self,
        chat: ChatId,
        files: &[Attachment],
        message: &Message,
    ) -> Result<Vec<SentFile>, SendError> {
        let flight = self.lanes.depart(self.lane, chat, files.len().max(1)).await?;
        flight.land(self.to.send_files(chat, files, message).await)
    }

    async fn edit_file(
        &self,
        chat: ChatId,
        id: MessageId,
        file: &Attachment,
        message: &Message,
    ) -> Result<SentFile, SendError> {
        let flight = self.lanes.depart(self.lane, chat, 1).await?;
        flight.land(self.to.edit_file(chat, id, file, message).await)
    }

    async fn edit_buttons(
        &self,
        chat: ChatId,
        id: MessageId,
        message: &Message,
    ) -> Result<(), SendError> {
        let flight = self.lanes.depart(self.lane, chat, 1).await?;
        flight.land(self.to.edit_buttons(chat, id, message).await)
    }

    /// One that accompanies progress takes a permit if there is one to spare, and never its chat's
    /// turn: the next message says more.
    async fn show_action(&self, chat: ChatId, action: ChatAction) -> Result<(), SendError> {
        let now = self.lanes.clock.uptime();
        if self.lane == Lane::Edits && !self.lanes.lock().traffic.sign(now) {
            return Err(SendError::NoPermit);
        }
        self.to.show_action(chat, action).await
    }

    async fn delete(&self, chat: ChatId, id: MessageId) -> Result<(), SendError> {
        self.to.delete(chat, id).await
    }

    async fn answer(&self, callback: &str, text: Option<&str>) -> Result<(), SendError> {
        self.to.answer(callback, text).await
    }

    async fn answer_inline(
        &self,
        query: &str,
        picture: Option<&InlinePicture>,
    ) -> Result<(), SendError> {
        self.to.answer_inline(query, picture).await
    }

    async fn list_commands(&self, chat: ChatId, language: Language) -> Result<(), SendError> {
        self.to.list_commands(chat, language).await
    }

    async fn download(&self, file: &FileRef, limit: u64) -> Result<Bytes, SendError> {
        self.to.download(file, limit).await
    }
}
