//! The texts of notices.

use super::{Arg, moment, say, told_pictures};
use crate::bot::screen::{again, button};
use crate::language::Language;
use crate::ports::{Message, Notice, NoticeKind};
use crate::spending::Usd;

/// The message for a notice, and for what stands in its place when its fate is unknown: pictures are
/// then found in the gallery. `None` if this version does not know its kind.
#[must_use]
pub fn notice(notice: &Notice) -> Option<Message> {
    let language = notice.language;
    let name = ("name", Arg::Foreign(&notice.name));
    let avatar = notice.avatar().map(|avatar| avatar.to_string()).unwrap_or_default();
    let retry = || notice.avatar().map(|avatar| again(language, avatar)).unwrap_or_default();
    Some(match notice.kind? {
        NoticeKind::Ready => Message {
            html: ready(notice, name),
            buttons: vec![
                vec![button(language, "button-generate", format!("avatar_generate:{avatar}"))],
                vec![button(language, "button-avatars", "avatar_gallery")],
            ],
        },
        NoticeKind::Failed => {
            let reason = reason(language, &notice.reason);
            let html = say(language, "notice-failed", &[name, ("reason", Arg::Ours(&reason))]);
            Message { html, buttons: retry() }
        }
        NoticeKind::Delayed => {
            let until = notice.until.map(|until| moment(language, until));
            let until = until.unwrap_or_default();
            let args = [name, ("until", Arg::Ours(&until))];
            Message { html: say(language, "notice-delayed", &args), buttons: Vec::new() }
        }
        NoticeKind::Placeholder => {
            Message { html: say(language, "notice-placeholder", &[name]), buttons: Vec::new() }
        }
        NoticeKind::Pictures | NoticeKind::PicturesControl => told_pictures::in_gallery(notice),
        NoticeKind::PicturesWithheld => told_pictures::withheld(notice),
        NoticeKind::PicturesFailed => told_pictures::failed(notice),
        NoticeKind::SpendNear => spending(language, "notice-spend-near", notice.spent),
        NoticeKind::SpendReached => spending(language, "notice-spend-reached", notice.spent),
        NoticeKind::Cancelled => {
            Message { html: say(language, "notice-cancelled", &[name]), buttons: retry() }
        }
    })
}

fn ready(notice: &Notice, name: (&'static str, Arg<'_>)) -> String {
    let ready = say(notice.language, "notice-ready", &[name]);
    if notice.gift == 0 {
        return ready;
    }
    let count = ("count", Arg::Number(notice.gift.into()));
    format!("{ready}\n\n{}", say(notice.language, "notice-gift-waits", &[count]))
}

/// For operators.
fn spending(language: Language, key: &str, spent: Option<(Usd, Usd)>) -> Message {
    let (usd, limit) = spent.unwrap_or_default();
    let (usd, limit) = (usd.to_string(), limit.to_string());
    let args = [("usd", Arg::Ours(&usd)), ("limit", Arg::Ours(&limit))];
    Message { html: say(language, key, &args), buttons: Vec::new() }
}

/// Why it failed, as a sentence with a next step. A reason without its own text gets the general
/// one: people never read machine words.
#[must_use]
pub fn reason(language: Language, reason: &str) -> String {
    let key = format!("reason-{reason}");
    let words = say(language, &key, &[]);
    if words == key { say(language, "reason-other", &[]) } else { words }
}
