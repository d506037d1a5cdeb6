//! Files that we send: one with buttons, or an album without; and one that takes the place of what
//! a message shows.

use super::client::Client;
use super::errors::{ApiError, Refusal};
use super::messenger::{edited, keyboard, numbered};
use actors::ports::{
    ALBUM, Attachment, ChatId, Content, Message, MessageId, SendError, SentFile, ShownAs,
};
use futures_util::{TryStreamExt as _, stream};
use reqwest::Body;
use reqwest::multipart::{Form, Part};
use serde::{Deserialize, Serialize};
use tokio::fs::File;
use tokio_util::io::ReaderStream;

/// Telegram no longer knows a file by this name, or knows it in the other form.
const FILE_GONE: [&str; 7] = [
    "wrong file identifier",
    "wrong file_id",
    "invalid file_id",
    "wrong remote file",
    "type of file mismatch",
    "can't use file of type",
    "FILE_REFERENCE_", // …EXPIRED, …INVALID
];

/// Telegram does not take it as a photo.
const NOT_A_PHOTO: [&str; 4] =
    ["IMAGE_PROCESS_FAILED", "PHOTO_INVALID_DIMENSIONS", "PHOTO_SAVE_FILE_INVALID", "too big"];

/// The message of a file, as far as we need it.
#[derive(Deserialize)]
struct Posted {
    message_id: i64,
    /// Ascending.
    photo: Option<Vec<Named>>,
    document: Option<Named>,
}

#[derive(Deserialize)]
struct Named {
    file_id: String,
}

impl From<Posted> for SentFile {
    fn from(posted: Posted) -> Self {
        let largest = posted.photo.and_then(|mut sizes| sizes.pop());
        let file = largest.or(posted.document).map(|named| named.file_id);
        Self { message: MessageId(posted.message_id), file }
    }
}

/// One item of an album.
#[derive(Serialize)]
struct Item<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    media: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parse_mode: Option<&'static str>,
}

/// Sends files that belong together.
pub(super) async fn send(
    client: &Client,
    chat: ChatId,
    files: &[Attachment],
    message: &Message,
) -> Result<Vec<SentFile>, SendError> {
    let sent = match files {
        [] => return Err(SendError::Refused("there is no file to send".to_owned())),
        [file] => {
            let (method, kind) = method(file.shown_as);
            let form = single(chat, file, kind, message)?;
            client.upload::<Posted>(method, form, weight(files)).await.map(|posted| vec![posted])
        }
        files if files.len() > ALBUM => {
            return Err(SendError::Refused(format!("an album has at most {ALBUM} files")));
        }
        files => {
            let form = album(chat, files, message)?;
            client.upload::<Vec<Posted>>("sendMediaGroup", form, weight(files)).await
        }
    };
    match sent {
        Ok(sent) => Ok(sent.into_iter().map(SentFile::from).collect()),
        Err(ApiError::Answered(refusal)) => Err(about_the_file(refusal)),
        Err(error) => Err(error.into()),
    }
}

/// Puts a file in the place of what a message shows.
pub(super) async fn edit(
    client: &Client,
    (chat, id): (ChatId, MessageId),
    file: &Attachment,
    message: &Message,
) -> Result<SentFile, SendError> {
    let mut form = Form::new()
        .text("chat_id", chat.0.to_string())
        .text("message_id", numbered(id)?.to_string());
    let (item, form_with) = item(form, 0, file, Some(&message.html))?;
    form = form_with.text("media", json(&item)?);
    if let Some(keyboard) = keyboard(message) {
        form = form.text("reply_markup", json(&keyboard)?);
    }
    let files = std::slice::from_ref(file);
    let answer = client.upload::<Posted>("editMessageMedia", form, weight(files)).await;
    match answer {
        Err(ApiError::Answered(refusal)) if is_about_a_file(&refusal) => {
            Err(about_the_file(refusal))
        }
        answer => {
            let same = SentFile { message: id, file: None };
            edited(answer.map(SentFile::from), same)
        }
    }
}

fn is_about_a_file(refusal: &Refusal) -> bool {
    refusal.code == 400 && (refusal.says_any(&FILE_GONE) || refusal.says_any(&NOT_A_PHOTO))
}

/// What a refusal means where files are sent.
fn about_the_file(refusal: Refusal) -> SendError {
    match refusal.code {
        400 if refusal.says_any(&FILE_GONE) => SendError::FileGone(refusal.to_string()),
        400 if refusal.says_any(&NOT_A_PHOTO) => SendError::NotAPhoto(refusal.to_string()),
        _ => refusal.into(),
    }
}

/// The method for one, and Telegram's word for the form.
fn method(shown_as: ShownAs) -> (&'static str, &'static str) {
    match shown_as {
        ShownAs::Photo => ("sendPhoto", "photo"),
        ShownAs::Document => ("sendDocument", "document"),
    }
}

/// Bytes that go over the wire.
fn weight(files: &[Attachment]) -> u64 {
    let bytes = files.iter().map(|file| match &file.content {
        Content::Bytes(bytes) => bytes.len() as u64,
        Content::File { bytes, .. } => *bytes,
        Content::Known(_) => 0,
    });
    bytes.sum()
}

fn single(
    chat: ChatId,
    file: &Attachment,
    kind: &'static str,
    message: &Message,
) -> Result<Form, SendError> {
    let mut form = Form::new()
        .text("chat_id", chat.0.to_string())
        .text("caption", message.html.clone())
        .text("parse_mode", "HTML");
    form = match &file.content {
        Content::Known(name) => form.text(kind, name.clone()),
        Content::Bytes(_) | Content::File { .. } => form.part(kind, part(file)?),
    };
    if let Some(keyboard) = keyboard(message) {
        form = form.text("reply_markup", json(&keyboard)?);
    }
    Ok(form)
}

fn album(chat: ChatId, files: &[Attachment], message: &Message) -> Result<Form, SendError> {
    let mut form = Form::new().text("chat_id", chat.0.to_string());
    let mut items = Vec::new();
    for (n, file) in files.iter().enumerate() {
        // The caption of a single item is shown below the whole album.
        let caption = (n == 0).then_some(message.html.as_str());
        let (next, with) = item(form, n, file, caption)?;
        form = with;
        items.push(next);
    }
    Ok(form.text("media", json(&items)?))
}

/// A file among those of a call; its bytes go into the form.
fn item<'a>(
    form: Form,
    number: usize,
    file: &Attachment,
    caption: Option<&'a str>,
) -> Result<(Item<'a>, Form), SendError> {
    let (media, form) = match &file.content {
        Content::Known(name) => (name.clone(), form),
        Content::Bytes(_) | Content::File { .. } => {
            let name = format!("file{number}");
            (format!("attach://{name}"), form.part(name, part(file)?))
        }
    };
    let parse_mode = caption.map(|_| "HTML");
    Ok((Item { kind: method(file.shown_as).1, media, caption, parse_mode }, form))
}

/// A file as a part of a form. Bytes in memory are shared, not copied; those on disk are read as
/// they are sent.
fn part(file: &Attachment) -> Result<Part, SendError> {
    let part = match &file.content {
        Content::Bytes(bytes) => Part::stream_with_length(bytes.clone(), bytes.len() as u64),
        Content::File { path, bytes } => {
            let opened = File::open(path.clone());
            let read = stream::once(opened).map_ok(ReaderStream::new).try_flatten();
            Part::stream_with_length(Body::wrap_stream(read), *bytes)
        }
        Content::Known(_) => return Err(SendError::Refused("a name is no file".to_owned())),
    };
    part.file_name(file.name.clone())
        .mime_str(&file.content_type)
        .map_err(|error| SendError::Refused(error.to_string()))
}

fn json(value: &impl Serialize) -> Result<String, SendError> {
    serde_json::to_string(value).map_err(|error| SendError::Refused(error.to_string()))
}
