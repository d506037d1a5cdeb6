//! The chat model, as the bot uses it: within the time that a person waits, a number of calls for
//! everybody, and a number of calls for each person.
//!
//! Nothing depends on it. Without it, or when it is away, people's words go as they are; nobody's line
//! waits for a call but that of the person who asked.

use crate::avatar::UserId;
use crate::generation::interpreting::{self, Description, Interpretation};
use crate::generation::policy::{Policy, Refusal};
use crate::metrics::CHAT_CALLS;
use crate::ports::{Chat, ChatCalls, ChatError, ChatQuestion, StoreError};
use slog::{Logger, error, info, warn};
use std::fmt;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Calls under way at once, for all people.
///
/// A call holds the turn of its person for seconds. There are 1000 turns for texts and 64 for photos,
/// so even if every call is about a photo, half of those turns stay free for other people's. A person
/// who finds no permit does not wait for one.
const CALLS_AT_ONCE: usize = 32;

/// Calls that one person may cause in 24 hours. Each costs the operator a fraction of a cent; a
/// person who makes pictures all day needs some twenty.
pub(super) const CALLS_A_DAY: u32 = 50;

/// The chat model, if there is one.
pub struct Interpreter {
    chat: Option<Arc<dyn Chat>>,
    calls: Arc<dyn ChatCalls>,
    policy: Arc<Policy>,
    log: Logger,
    permits: Semaphore,
}

/// What became of words or a photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// A picture that the policy has nothing against.
    Picture(Description),
    /// Not made, with a strike.
    Refused(Refusal),
    /// The model said nothing.
    Nothing(Silence),
}

/// Why a model said nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// It does not want to. That may be a whim, so there is no strike.
    Declined,
    /// It cannot look at photos.
    Blind,
    /// The person has used up their calls of the day.
    TooMany,
    /// There is no answer now.
    Away,
    /// There is no model.
    Off,
}

impl Interpreter {
    /// An interpreter with this model, or with none.
    pub fn new(
        chat: Option<Arc<dyn Chat>>,
        calls: Arc<dyn ChatCalls>,
        policy: Arc<Policy>,
        log: Logger,
    ) -> Self {
        Self { chat, calls, policy, log, permits: Semaphore::new(CALLS_AT_ONCE) }
    }

    /// Whether there is a model.
    pub(super) fn is_there(&self) -> bool {
        self.chat.is_some()
    }

    /// Asks for somebody, who may cause this many calls in 24 hours.
    ///
    /// A crash after the count costs this person one call.
    pub(super) async fn ask(
        &self,
        user: UserId,
        most: u32,
        question: &ChatQuestion,
    ) -> Result<Meant, StoreError> {
        let Some(chat) = &self.chat else { return Ok(Meant::Nothing(Silence::Off)) };
        let Ok(_permit) = self.permits.try_acquire() else {
            CHAT_CALLS.count_as("crowd");
            return Ok(Meant::Nothing(Silence::Away));
        };
        // Counted before it is made: it may cost something even if its answer is lost.
        if !self.calls.count_call(user, most).await? {
            CHAT_CALLS.count_as("limit");
            return Ok(Meant::Nothing(Silence::TooMany));
        }
        Ok(match chat.ask(question).await {
            Ok(answer) => self.meant(interpreting::read(answer)),
            Err(error) => self.failed(&error),
        })
    }

    /// The model's own words are judged like a person's.
    fn meant(&self, read: Option<Interpretation>) -> Meant {
        CHAT_CALLS.count_as(if read.is_some() { "answered" } else { "unreadable" });
        match read {
            Some(Interpretation::Picture(said)) => {
                let mut all = std::iter::once(&said.english).chain(&said.told);
                match all.find_map(|words| self.policy.refusal(words)) {
                    Some(refusal) => Meant::Refused(refusal),
                    None => Meant::Picture(said),
                }
            }
            Some(Interpretation::Refused(refusal)) => Meant::Refused(refusal),
            None => {
                warn!(self.log, "the chat model answered in another form than it was asked for");
                Meant::Nothing(Silence::Away)
            }
        }
    }

    fn failed(&self, error: &ChatError) -> Meant {
        CHAT_CALLS.count_as(error.word());
        match error {
            ChatError::Declined => Meant::Nothing(Silence::Declined),
            ChatError::Blind(why) => {
                info!(self.log, "the chat model does not see photos: {}", why);
                Meant::Nothing(Silence::Blind)
            }
            ChatError::Key(_) | ChatError::Model(_) => {
                error!(
                    self.log,
                    "⚠️ words go untranslated until the settings of the chat model are right, see `aisha doctor`: {}",
                    error
                );
                Meant::Nothing(Silence::Away)
            }
            ChatError::TooLong(_) | ChatError::Refused(_) | ChatError::Unavailable(_) => {
                warn!(self.log, "no answer of the chat model: {}", error);
                Meant::Nothing(Silence::Away)
            }
        }
    }
}

impl fmt::Debug for Interpreter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interpreter").field("is_there", &self.is_there()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
