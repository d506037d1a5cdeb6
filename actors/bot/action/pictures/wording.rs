//! A person's own words.

use super::{Context, Ready, come, draft, ready, seed};
use crate::avatar::TrainingType;
use crate::bot::action::{Reply, credits};
use crate::bot::dialogue::{Dialogue, Wish};
use crate::bot::screen::{self, Card, Title, most_offered};
use crate::generation::policy::Refusal;
use crate::generation::prompt::{self, MOST_OWN, WordsError};
use crate::metrics;
use crate::ports::{PictureOrder, StoreError};

/// How strongly the weights count with a person's own words, as with most styles.
const SCALE: f64 = 1.0;

/// The question for a description.
pub(super) fn ask(context: &Context<'_>, ready: &Ready) -> Reply {
    let sitter = &ready.sitter;
    let message = screen::ask_words(context.person.language, sitter.avatar, sitter.kind);
    Reply::screen(message).then(Dialogue::Wording { avatar: sitter.avatar })
}

/// A description. It is judged before anything is asked or saved.
pub(super) async fn words(context: &Context<'_>, text: String) -> Result<Reply, StoreError> {
    let ready = match ready(context, None).await? {
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

/// A description that nothing is said against, ready to be made.
pub(super) async fn said(
    context: &Context<'_>,
    ready: &Ready,
    text: String,
) -> Result<Reply, StoreError> {
    let (world, language, sitter) = (context.world, context.person.language, &ready.sitter);
    let prompt = match prompt::own_words(&text, &sitter.trigger, ready.subject, sitter.kind) {
        Ok(prompt) => prompt,
        Err(why) => return Ok(wrong(context, ready, why)),
    };
    let order = PictureOrder {
        style: None,
        words: Some(text.trim().to_owned()),
        prompt,
        shape: sitter.shape.unwrap_or_default(),
        count: most_offered(world.most_pictures, sitter.count),
        seed: seed(),
        scale: SCALE,
        guidance: None,
        portrait: sitter.kind == TrainingType::Portrait,
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
async fn refuse(
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
