//! All pictures of a person as files: packed one part after the other, and sent as they are packed.
//!
//! ```text
//! press ─▶ ask ─▶ queue, each person once ─▶ run: rows ─▶ [pack a part ─▶ send it] … ─▶ done
//! ```
//!
//! A process packs for one person at a time, so one part is on its disk and none in its memory.
//! Nothing is stored: after a crash the person presses again, and no picture was touched.

pub(super) mod queue;

use super::world::BotWorld;
use crate::bot::show::{SEND_WAITS, say_plainly};
use crate::bot::texts::{Arg, say};
use crate::language::Language;
use crate::ports::{
    Attachment, ChatAction, ChatId, Content, GalleryFile, Message, NamedObject, PackError,
    SendError, ShownAs, StoreError,
};
use backon::BackoffBuilder;
use queue::Request;
use slog::{Logger, info, warn};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

/// Bytes of a part: Telegram takes files of 50 MB from a bot, and counts in both ways.
const PART: u64 = 45_000_000;

/// Pictures of one export: a hundred orders a day for a month, or two gigabytes.
const MOST: u32 = 10_000;

/// Serves the queue until the shutdown.
pub(super) async fn run(world: &BotWorld, log: &Logger, shutdown: &CancellationToken) {
    let serve = async {
        loop {
            let turn = world.exports.turn().await;
            export(world, log, turn.request).await;
        }
    };
    tokio::select! {
        () = serve => {}
        () = shutdown.cancelled() => {}
    }
}

/// Why an export ended early.
#[derive(Debug, Error)]
enum Failure {
    #[error("{}", .0.words())]
    Rows(#[from] StoreError),
    #[error(transparent)]
    Pack(#[from] PackError),
    #[error(transparent)]
    Send(#[from] SendError),
}

async fn export(world: &BotWorld, log: &Logger, request: Request) {
    let Request { chat, language, .. } = request;
    match parts(world, log, request).await {
        Ok(0) => say_plainly(world, log, language, chat, "pictures-export-empty").await,
        Ok(parts) => info!(log, "pictures are exported"; "parts" => parts),
        Err(error) => {
            warn!(log, "an export of pictures ended early: {}", error);
            say_plainly(world, log, language, chat, "pictures-export-failed").await;
        }
    }
}

/// Packs and sends one part after the other; returns how many.
async fn parts(world: &BotWorld, log: &Logger, request: Request) -> Result<u32, Failure> {
    let files = world.gallery.files(request.user, MOST).await?;
    let named = named(&files);
    let planned = planned(&files);
    let (mut rest, mut part) = (named.as_slice(), 0);
    while !rest.is_empty() {
        let busy = world.messenger.show_action(request.chat, ChatAction::UploadDocument).await;
        if let Err(error) = busy {
            info!(log, "a chat does not show that we are busy: {}", error);
        }
        let packed = world.zipper.zip(rest, PART, world.objects.as_ref()).await?;
        rest = rest.get(packed.taken.max(1)..).unwrap_or_default();
        if packed.missing > 0 {
            warn!(log, "objects of pictures are missing from an export"; "count" => packed.missing);
        }
        if packed.missing == packed.taken {
            continue;
        }
        part += 1;
        // The rows of the older Aisha may not know how large a picture is.
        let of = if rest.is_empty() { part } else { planned.max(part + 1) };
        let file = Attachment {
            shown_as: ShownAs::Document,
            content: Content::File {
                path: packed.archive.path().to_owned(),
                bytes: packed.archive.byte_size(),
            },
            name: if of == 1 { "aisha.zip".to_owned() } else { format!("aisha-{part}.zip") },
            content_type: "application/zip".to_owned(),
        };
        send(world, request.chat, &file, &caption(request.language, part, of)).await?;
    }
    Ok(part)
}

fn caption(language: Language, part: u32, of: u32) -> Message {
    let numbers = [("part", Arg::Number(part.into())), ("parts", Arg::Number(of.into()))];
    let key = if of == 1 { "pictures-export-one" } else { "pictures-export-part" };
    let made = say(language, "pictures-made-by-machine", &[]);
    Message { html: format!("{} {made}", say(language, key, &numbers)), buttons: Vec::new() }
}

/// The files by names that sort by age: `aisha-2026-11-21-0001.jpg`.
fn named(files: &[GalleryFile]) -> Vec<NamedObject> {
    let name = |(n, file): (usize, &GalleryFile)| {
        let (day, end) = (file.created_at.format("%Y-%m-%d"), file.extension());
        NamedObject { name: format!("aisha-{day}-{:04}.{end}", n + 1), key: file.key.clone() }
    };
    files.iter().enumerate().map(name).collect()
}

/// How many parts there will be, by what the rows say of the sizes.
fn planned(files: &[GalleryFile]) -> u32 {
    let (mut parts, mut bytes) = (u32::from(!files.is_empty()), 0);
    for file in files {
        if bytes > 0 && bytes + file.byte_size > PART {
            (parts, bytes) = (parts + 1, 0);
        }
        bytes += file.byte_size;
    }
    parts
}

/// Sends a part. One whose fate is unknown is not sent again, and the rest neither: the person is
/// told, and presses once more.
async fn send(
    world: &BotWorld,
    chat: ChatId,
    file: &Attachment,
    message: &Message,
) -> Result<(), SendError> {
    let mut waits = SEND_WAITS.build();
    loop {
        match (world.messenger.send_one(chat, file.clone(), message).await, waits.next()) {
            (Err(SendError::RetryAfter(asked)), Some(_)) => tokio::time::sleep(asked).await,
            (Err(SendError::NotSent(_)), Some(wait)) => tokio::time::sleep(wait).await,
            (sent, _) => return sent.map(|_| ()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::{ImageId, ObjectKey};
    use chrono::DateTime;
    use uuid::Uuid;

    fn file(byte_size: u64) -> GalleryFile {
        GalleryFile {
            image: ImageId(Uuid::nil()),
            key: ObjectKey("images/1.jpg".to_owned()),
            byte_size,
            content_type: "image/png".to_owned(),
            name: "a/../b".to_owned(),
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn parts_are_counted_as_they_are_packed() {
        for (sizes, parts) in [
            (vec![], 0),
            (vec![0, 0], 1),
            (vec![PART], 1),
            (vec![PART, 1], 2),
            (vec![PART / 2, PART / 2, 1], 2),
            (vec![PART + 1, 1], 2),
        ] {
            let files: Vec<GalleryFile> = sizes.into_iter().map(file).collect();
            assert_eq!(planned(&files), parts, "{files:?}");
        }
        assert_eq!(named(&[file(1)])[0].name, "aisha-1970-01-01-0001.png");
    }
}
