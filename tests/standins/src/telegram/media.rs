//! Photos, documents and albums that the bot sends.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::{
    Options,
    chat::Media,
    files::{self, Version},
    messages,
    params::{Params, Upload},
    refusal::Refusal,
    text,
    world::{Content, World},
};

/// Most items in an album; a single item is not an album.
const ALBUM: std::ops::RangeInclusive<usize> = 2..=10;

/// A file of a call, ready to be stored.
///
/// Pictures are decoded before the world is locked: a large one takes longer than a test should
/// block everybody else.
#[derive(Debug)]
pub(crate) enum Prepared {
    Photo(Vec<Version>),
    Document(Upload),
    /// One that Telegram already has, by its identifier.
    Known(&'static str, String),
}

impl Prepared {
    fn keep(self, world: &mut World) -> Result<Media, Refusal> {
        match self {
            Self::Photo(versions) => Ok(world.files.photo(versions)),
            Self::Document(upload) => {
                let mime = match upload.mime.as_str() {
                    "" => "application/octet-stream",
                    mime => mime,
                };
                Ok(world.files.document(upload.bytes, &upload.name, mime))
            }
            Self::Known(kind, file_id) => world.files.again(kind, &file_id),
        }
    }
}

/// Reads the files of a call: inside it, already known, or behind a link.
///
/// # Errors
///
/// 400 if one is missing, cannot be found, or is of the wrong kind.
pub(crate) async fn prepare(
    options: &Options,
    method: &str,
    params: &Params,
) -> Result<Vec<Prepared>, Refusal> {
    let one = |kind: &'static str| (kind, params.text(kind));
    let wanted = match method {
        "sendPhoto" => vec![one("photo")],
        "sendDocument" => vec![one("document")],
        "editMessageMedia" => {
            let item = replacing(params)?;
            vec![(kind(&item)?, item["media"].as_str().map(str::to_owned))]
        }
        "sendMediaGroup" => album(params)?
            .iter()
            .map(|item| Ok((kind(item)?, item["media"].as_str().map(str::to_owned))))
            .collect::<Result<_, Refusal>>()?,
        _ => Vec::new(),
    };
    let mut prepared = Vec::new();
    for (kind, value) in wanted {
        prepared.push(prepare_one(options, kind, value.as_deref(), params).await?);
    }
    Ok(prepared)
}

async fn prepare_one(
    options: &Options,
    kind: &'static str,
    value: Option<&str>,
    params: &Params,
) -> Result<Prepared, Refusal> {
    let fetched;
    let upload = match params.upload(kind, value) {
        Some(upload) => upload,
        None => match value {
            Some(link) if link.starts_with("http://") || link.starts_with("https://") => {
                fetched = fetch(link, kind).await?;
                &fetched
            }
            Some(file_id) if !file_id.is_empty() && !file_id.starts_with("attach://") => {
                return Ok(Prepared::Known(kind, file_id.to_owned()));
            }
            _ => return Err(Refusal::bad(format!("there is no {kind} in the request"))),
        },
    };
    if kind == "photo" {
        let read = if options.keeps_photos { files::uploaded_photo } else { files::glanced_at };
        read(&upload.bytes).map(Prepared::Photo)
    } else if upload.bytes.is_empty() {
        Err(Refusal::bad("file must be non-empty"))
    } else {
        Ok(Prepared::Document(upload.clone()))
    }
}

/// Fetches a file from a link, as Telegram does: 5 MB of a photo, 20 MB of anything else.
async fn fetch(link: &str, kind: &str) -> Result<Upload, Refusal> {
    let failed = |_| Refusal::bad("failed to get HTTP URL content");
    let answer = reqwest::get(link).await.and_then(reqwest::Response::error_for_status);
    let answer = answer.map_err(failed)?;
    let mime = answer
        .headers()
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let bytes: Bytes = answer.bytes().await.map_err(failed)?;
    let limit = if kind == "photo" { 5 << 20 } else { files::DOWNLOAD_LIMIT };
    if bytes.len() > limit {
        return Err(Refusal::bad("failed to get HTTP URL content"));
    }
    if kind == "photo" && image::guess_format(&bytes).is_err() {
        return Err(Refusal::bad("wrong type of the web page content"));
    }
    let name = link.split(['?', '#']).next().unwrap_or_default();
    let name = name.rsplit('/').next().unwrap_or_default().to_owned();
    Ok(Upload { name, mime, bytes })
}

/// `sendPhoto` and `sendDocument`.
pub(crate) fn send(
    world: &mut World,
    params: &Params,
    file: Vec<Prepared>,
) -> Result<Value, Refusal> {
    let text = text::caption(params)?;
    let content = Content { text, ..messages::content(world, params)? };
    world.reachable(params)?;
    let file =
        file.into_iter().next().ok_or_else(|| Refusal::bad("there is no file in the request"))?;
    let media = Some(file.keep(world)?);
    messages::post(world, params, Content { media, ..content })
}

/// `sendMediaGroup`: one message per item, all in the same album.
pub(crate) fn send_album(
    world: &mut World,
    params: &Params,
    files: Vec<Prepared>,
) -> Result<Value, Refusal> {
    world.reachable(params)?;
    if params.json("reply_markup")?.is_some() {
        // The real one drops it without a word; whoever sends one expects buttons.
        return Err(Refusal::bad("an album has no reply_markup"));
    }
    let captions = album(params)?
        .into_iter()
        .map(|item| text::caption(&Params::of_object(item)))
        .collect::<Result<Vec<_>, _>>()?;
    let common = messages::content(world, params)?;
    let media = files.into_iter().map(|file| file.keep(world)).collect::<Result<Vec<_>, _>>()?;
    let album = world.fresh();
    let items = captions.into_iter().zip(media).map(|(text, media)| {
        let content = Content {
            text,
            media: Some(media),
            media_group_id: Some(album.clone()),
            reply_to: common.reply_to,
            silent: common.silent,
            markup: None,
        };
        messages::post(world, params, content)
    });
    items.collect()
}

/// `editMessageMedia`: a file, its caption and its keyboard take the place of what a message shows.
pub(crate) fn edit(
    world: &mut World,
    params: &Params,
    file: Vec<Prepared>,
) -> Result<Value, Refusal> {
    let caption = text::caption(&Params::of_object(replacing(params)?))?;
    let file = file.into_iter().next().ok_or_else(|| Refusal::bad("can't parse InputMedia"))?;
    let media = file.keep(world)?;
    messages::edit_media(world, params, caption, media)
}

/// The medium of an edit.
fn replacing(params: &Params) -> Result<Map<String, Value>, Refusal> {
    match params.json("media")? {
        Some(Value::Object(item)) => Ok(item),
        _ => Err(Refusal::bad("can't parse InputMedia JSON object")),
    }
}

/// How many messages a call sends.
pub(crate) fn items(method: &str, params: &Params) -> usize {
    match method {
        "sendMediaGroup" => album(params).map_or(1, |items| items.len()),
        _ => 1,
    }
}

fn album(params: &Params) -> Result<Vec<Map<String, Value>>, Refusal> {
    let Some(Value::Array(items)) = params.json("media")? else {
        return Err(Refusal::bad("can't parse media JSON object"));
    };
    if !ALBUM.contains(&items.len()) {
        return Err(Refusal::bad("wrong number of messages: the album must include 2-10 items"));
    }
    let items: Option<Vec<_>> = items
        .into_iter()
        .map(|item| if let Value::Object(item) = item { Some(item) } else { None })
        .collect();
    let items = items.ok_or_else(|| Refusal::bad("expected an Array of InputMedia"))?;
    if items.iter().any(|item| item.get("type") != items[0].get("type")) {
        return Err(Refusal::bad("can't use the media of the specified type in the album"));
    }
    Ok(items)
}

fn kind(item: &Map<String, Value>) -> Result<&'static str, Refusal> {
    match item.get("type").and_then(Value::as_str) {
        Some("photo") => Ok("photo"),
        Some("document") => Ok("document"),
        _ => Err(Refusal::bad("can't use the media of the specified type in the album")),
    }
}
