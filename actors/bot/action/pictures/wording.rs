//! A person's own words.

use super::asking::{ask_model, while_typing};
use super::{Context, Ready, come, draft, ready, seed};
use crate::avatar::{AvatarId, TrainingType};
use crate::bot::action::{Reply, credits};
use crate::bot::dialogue::{Dialogue, Wish};
use crate::bot::interpreter::{Meant, Silence};
use crate::bot::screen::{self, Card, Title, most_offered};
use crate::generation::interpreting::{self, Description};
use crate::generation::policy::Refusal;
use crate::generation::prompt::{self, MOST_OWN, WordsError, mostly_english};
use crate::metrics;
use crate::ports::{PictureOrder, StoreError};

/// How strongly the weights count with a person's own words, as with most styles.
const SCALE: f64 = 1.0;

/// Where words come from.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// The person wrote these.
    Person(String),
    /// A photo of theirs.
    Photo,
}

/// The question for a description.
pub(super) fn ask(context: &Context<'_>, ready: &Ready) -> Reply {
    let sitter = &ready.sitter;
    let message = screen::ask_words(context.person.language, sitter.avatar, sitter.kind);
    Reply::screen(message).then(Dialogue::Wording { avatar: sitter.avatar })
}

/// A description, for this avatar or that of the conversation. It is judged before anything is asked
/// or saved.
pub(super) async fn words(
    context: &Context<'_>,
    avatar: Option<AvatarId>,
    text: String,
) -> Result<Reply, StoreError> {
    let ready = match ready(context, avatar).await? {
        Ok(ready) => ready,
        Err(reply) => return Ok(*reply),
    };
    let sitter = &ready.sitter;
    let wording = Dialogue::Wording { avatar: sitter.avatar };
    // The judge's time grows with the length, so that is bounded first.
    if text.trim().chars().count() <= MOST_OWN
        && let Some(refusal) = context.world.policy.refusal(&text)
    {
        return refuse(context, &ready, refusal).await;
    }
    if let Err(why) = prompt::own_words(&text, &sitter.trigger, ready.subject, sitter.kind) {
        return Ok(wrong(context, &ready, why).then(wording));
    }
    come(context, Some(sitter.avatar), Wish::Said(text)).await
}

/// A description that nothing is said against, ready to be made: in English where a chat model puts
/// it so, otherwise as it is.
///
/// What the model said is saved with the draft, so that it is asked once, whatever is made again.
pub(super) async fn said(
    context: &Context<'_>,
    ready: &Ready,
    text: String,
) -> Result<Reply, StoreError> {
    let own = text.trim().to_owned();
    let bare = prompt::without_trigger(&own, &ready.sitter.trigger);
    let question = interpreting::of_words(bare);
    let meant = while_typing(context, ask_model(context, &question)).await?;
    match meant {
        Meant::Picture(said) => offer(context, ready, said, Origin::Person(own)).await,
        Meant::Refused(refusal) => refuse(context, ready, refusal).await,
        Meant::Nothing(why) => unanswered(context, ready, own, why).await,
    }
}

/// The model said nothing: words go as they are, unless it does not want them.
async fn unanswered(
    context: &Context<'_>,
    ready: &Ready,
    own: String,
    why: Silence,
) -> Result<Reply, StoreError> {
    let (language, avatar) = (context.person.language, ready.sitter.avatar);
    let key = match why {
        Silence::Declined => {
            let message = screen::awaited(language, avatar, "pictures-declined");
            return Ok(Reply::screen(message).then(Dialogue::Wording { avatar }));
        }
        Silence::TooMany => Some("pictures-words-many"),
        Silence::Away | Silence::Blind => Some("pictures-words-away"),
        Silence::Off => None,
    };
    // English words lose nothing.
    let key = key.filter(|_| !mostly_english(&own));
    let reply = as_they_are(context, ready, own).await?;
    let message = reply.message.map(|message| match key {
        Some(key) => screen::led(language, key, message),
        None => message,
    });
    Ok(Reply { message, ..reply })
}

async fn as_they_are(
    context: &Context<'_>,
    ready: &Ready,
    own: String,
) -> Result<Reply, StoreError> {
    let prompt = with_trigger(ready, &own);
    order(context, ready, (own, None), prompt).await
}

/// Words of a model, ready to be made.
pub(super) async fn offer(
    context: &Context<'_>,
    ready: &Ready,
    said: Description,
    origin: Origin,
) -> Result<Reply, StoreError> {
    let Description { english, told } = said;
    let prompt = with_trigger(ready, &english);
    match origin {
        // Nothing is left of its words without signs and the trigger: a person's own are better.
        Origin::Person(own) if prompt.is_err() => as_they_are(context, ready, own).await,
        Origin::Person(own) => {
            let differs = !own.eq_ignore_ascii_case(&english);
            order(context, ready, (own, differs.then_some(english)), prompt).await
        }
        Origin::Photo => {
            let words = match told {
                Some(told) => (told, Some(english)),
                None => (english, None),
            };
            order(context, ready, words, prompt).await
        }
    }
}

fn with_trigger(ready: &Ready, words: &str) -> Result<String, WordsError> {
    let Ready { sitter, subject, .. } = ready;
    prompt::own_words(words, &sitter.trigger, *subject, sitter.kind)
}

async fn order(
    context: &Context<'_>,
    ready: &Ready,
    (words, english): (String, Option<String>),
    prompt: Result<String, WordsError>,
) -> Result<Reply, StoreError> {
    let (world, language, sitter) = (context.world, context.person.language, &ready.sitter);
    let prompt = match prompt {
        Ok(prompt) => prompt,
        Err(why) => return Ok(wrong(context, ready, why)),
    };
    let order = PictureOrder {
        style: None,
        words: Some(words),
        english,
        prompt,
        shape: sitter.shape.unwrap_or_default(),
        count: most_offered(world.most_pictures, sitter.count),
        seed: seed(),
        scale: SCALE,
        guidance: None,
        portrait: sitter.kind == TrainingType::Portrait,
        source: None,
    };
    let Some(id) = draft(context, ready, &order).await? else {
        return Ok(Reply::toast("toast-not-yours"));
    };
    let most = world.most_pictures;
    let title = Title::Words;
    let price = credits::shown(context, |prices| prices.pictures(order.count));
    let (avatar, name) = (sitter.avatar, &*sitter.name);
    let card = Card { id, avatar, name, order: &order, title, most, price };
    let next = Dialogue::picturing(sitter.avatar, Some(id));
    Ok(Reply::screen(screen::card(language, &card)).then(next))
}

fn wrong(context: &Context<'_>, ready: &Ready, why: WordsError) -> Reply {
    let language = context.person.language;
    Reply::screen(screen::wrong_words(language, ready.sitter.avatar, why))
}

/// Says why not, and counts it. What a crash repeats is not counted again.
pub(super) async fn refuse(
    context: &Context<'_>,
    ready: &Ready,
    refusal: Refusal,
) -> Result<Reply, StoreError> {
    let (language, avatar) = (context.person.language, ready.sitter.avatar);
    metrics::STARTS_REFUSED.count_as("words");
    let paused = !context.again && context.world.orders.strike(context.person.user).await?;
    Ok(if paused {
        slog::warn!(context.world.process.log, "⚠️ somebody asks for forbidden pictures again and again, and is paused";
            "user" => %context.person.user.0);
        Reply::screen(screen::plain(language, "pictures-paused")).then(Dialogue::Idle)
    } else {
        let message = screen::refused_words(language, avatar, refusal);
        Reply::screen(message).then(Dialogue::Wording { avatar })
    })
}
