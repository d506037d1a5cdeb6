//! What a person does with the bot, one press after the other.

use anyhow::{anyhow, ensure};
use bytes::Bytes;
use standins::telegram::{Chat, Message, Person};
use std::time::Duration;
use tokio::time::timeout;

/// Longest wait for anything to be seen. Generous, because it ends as soon as the thing is there.
const PATIENCE: Duration = Duration::from_secs(30);

/// The stand-in's own patience, which ends in a panic; ours ends earlier, in an error.
const NEVER: Duration = Duration::from_hours(24);

/// How often a curious person asks for the progress.
const CURIOSITY: Duration = Duration::from_secs(1);

/// Most photos in an album.
const ALBUM: usize = 10;

/// Lines of a chat that a failure shows.
const LAST_LINES: usize = 16;

/// Waits until this is seen.
///
/// # Errors
/// If it does not come, with the end of the chat.
pub(crate) async fn sees<T>(
    person: &Person,
    what: &str,
    look: impl FnMut(&Chat) -> Option<T>,
) -> anyhow::Result<T> {
    timeout(PATIENCE, person.sees(what, look, NEVER)).await.map_err(|_| {
        let chat = person.transcript();
        let lines: Vec<&str> = chat.lines().collect();
        let last = lines.get(lines.len().saturating_sub(LAST_LINES)..).unwrap_or_default();
        anyhow!("not seen within {PATIENCE:?}: {what}\n  {}", last.join("\n  "))
    })
}

/// Waits for a button whose data begins with this, presses it, waits for the answer; returns its
/// whole data.
async fn press(person: &Person, prefix: &str) -> anyhow::Result<String> {
    let look = |chat: &Chat| chat.with_button(prefix).map(|(message, data)| (message.id, data));
    let (message, data) = sees(person, &format!("the button {prefix}"), look).await?;
    press_on(person, message, &data).await?;
    Ok(data)
}

async fn press_on(person: &Person, message: i64, data: &str) -> anyhow::Result<()> {
    let asked = person.presses_on(message, data);
    let answered = |chat: &Chat| {
        let query = chat.queries.iter().find(|query| query.id == asked)?;
        query.answers.first().map(|_| ())
    };
    sees(person, &format!("an answer to the press of {data}"), answered).await
}

/// The way from `/start` to a running training; returns the avatar's id.
pub(crate) async fn trains(
    person: &Person,
    name: &str,
    photos: &[Bytes],
) -> anyhow::Result<String> {
    person.says("/start");
    press(person, "create_avatar").await?;
    press(person, "training_type_portrait").await?;
    person.says(name);
    press(person, "start_photo_upload").await?;
    send(person, photos).await?;
    press(person, "confirm_training_current").await?;
    let pressed = press(person, "start_training_").await?;
    Ok(pressed.trim_start_matches("start_training_").to_owned())
}

/// Pictures of an order, as long as nobody chooses another number.
pub(crate) const PICTURES: usize = 4;

/// The way from a finished avatar to its first order of pictures.
pub(crate) async fn orders(person: &Person, avatar: &str) -> anyhow::Result<()> {
    press(person, &format!("avatar_generate:{avatar}")).await?;
    press(person, "gen_consent:").await?;
    press(person, "gen_subject:woman").await?;
    press(person, "gen_pack:business").await?;
    press(person, "gen_style:headshot").await?;
    press(person, "gen_start:").await?;
    Ok(())
}

/// The pictures that the bot has sent.
pub(crate) fn pictures(chat: &Chat) -> usize {
    let photo = |message: &&Message| message.media.as_ref().is_some_and(|m| m.kind == "photo");
    chat.from_bot().filter(photo).count()
}

/// Waits for all pictures, and for what can be done with them.
pub(crate) async fn waits_for_pictures(person: &Person) -> anyhow::Result<()> {
    let all = |chat: &Chat| (pictures(chat) >= PICTURES).then_some(());
    sees(person, "the pictures", all).await?;
    let again = |chat: &Chat| chat.with_button("gen_again:").map(|_| ());
    sees(person, "what can be done with them", again).await
}

/// Sends photos as albums, and waits until the bot has counted all of them.
async fn send(person: &Person, photos: &[Bytes]) -> anyhow::Result<()> {
    for album in photos.chunks(ALBUM) {
        let (sender, album) = (person.clone(), album.to_vec());
        // Making the smaller versions of each photo, as a phone does, takes a while.
        tokio::task::spawn_blocking(move || sender.sends_album(&album)).await?;
    }
    let counted = |chat: &Chat| (counted(chat)? >= photos.len()).then_some(());
    sees(person, "all photos counted", counted).await
}

/// How many photos the bot says it has.
pub(crate) fn counted(chat: &Chat) -> Option<usize> {
    let (message, _) = chat.with_button("show_photo_gallery")?;
    message.text.split_whitespace().next()?.parse().ok()
}

/// The message that shows the training.
pub(crate) fn status(chat: &Chat) -> Option<&Message> {
    chat.with_button("refresh_training_").map(|(message, _)| message)
}

/// What the bot says about the progress: the words between the title and the promise.
pub(crate) fn how_far(chat: &Chat) -> Option<&str> {
    status(chat)?.text.lines().filter(|line| !line.is_empty()).nth(1)
}

/// How many percent the bot says are done.
fn percent(chat: &Chat) -> Option<u32> {
    let (before, _) = how_far(chat)?.split_once('%')?;
    before.split_whitespace().next_back()?.parse().ok()
}

/// Waits until the bot reports this percentage, asking every second.
pub(crate) async fn waits_for_percent(person: &Person, least: u32) -> anyhow::Result<()> {
    let far = |chat: &Chat| (percent(chat)? >= least).then_some(());
    let what = format!("{least} % of the training");
    tokio::select! {
        seen = sees(person, &what, far) => seen,
        asked = asks_on_and_on(person) => asked,
    }
}

/// Waits for the good news, asking every second as people do; then for all answers.
pub(crate) async fn waits_for_news(person: &Person, avatar: &str) -> anyhow::Result<()> {
    let data = format!("avatar_generate:{avatar}");
    let news = |chat: &Chat| chat.with_button(&data).map(|_| ());
    tokio::select! {
        seen = sees(person, "the news that the avatar is ready", news) => seen?,
        asked = asks_on_and_on(person) => asked?,
    }
    let answered =
        |chat: &Chat| chat.queries.iter().all(|query| !query.answers.is_empty()).then_some(());
    sees(person, "an answer to every press", answered).await?;
    ensure!(person.unanswered().is_empty(), "a press was not answered");
    Ok(())
}

/// Asks for the progress once a second. Ends only if an answer does not come.
async fn asks_on_and_on(person: &Person) -> anyhow::Result<()> {
    loop {
        tokio::time::sleep(CURIOSITY).await;
        let button = person.chat();
        let button = button.with_button("refresh_training_");
        let Some((message, data)) = button.map(|(message, data)| (message.id, data)) else {
            continue;
        };
        press_on(person, message, &data).await?;
    }
}
