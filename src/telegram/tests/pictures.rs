//! Our pictures: sent with text and buttons, never overwritten by text, deleted.

use super::{talking, text, with_button};
use actors::ports::{ChatId, MessageId, Messenger as _, SendError};
use bytes::Bytes;
use image::{ImageFormat, RgbImage};
use standins::telegram::{Fault, Options};
use std::io::Cursor;
use std::time::Duration;

fn picture() -> Bytes {
    let mut jpeg = Cursor::new(Vec::new());
    RgbImage::new(400, 300).write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    jpeg.into_inner().into()
}

#[tokio::test]
async fn a_picture_comes_with_its_words_and_goes_again() {
    let (telegram, client, _) = talking(Options::default()).await;
    let anna = telegram.person(7, "Anna", "ru");
    anna.says("hi");
    let chat = ChatId(anna.id());
    let words = with_button("<b>Анна</b> &amp; Co", "menu");
    let id = client.send_photo(chat, picture(), &words).await.unwrap();
    let seen = anna.sees_text("Анна & Co").await;
    assert_eq!((seen.id, seen.buttons().len()), (id.0, 1));
    assert_eq!(seen.media.unwrap().kind, "photo");

    let error = client.edit(chat, id, &text("words")).await.unwrap_err();
    assert!(matches!(error, SendError::MessageGone(_)), "{error}");

    client.delete(chat, id).await.unwrap();
    assert!(anna.chat().from_bot().next().is_none());
    client.delete(chat, id).await.unwrap(); // gone already
    client.delete(chat, MessageId(i64::MAX)).await.unwrap();
}

#[tokio::test]
async fn a_picture_that_telegram_does_not_take_is_refused_and_a_wait_is_told() {
    let (telegram, client, _) = talking(Options::default()).await;
    let anna = telegram.person(7, "Anna", "ru");
    anna.says("hi");
    let chat = ChatId(anna.id());
    let broken = Bytes::from_static(b"no picture");
    let error = client.send_photo(chat, broken, &text("x")).await.unwrap_err();
    assert!(matches!(error, SendError::Refused(_)), "{error}");
    telegram.fault("sendPhoto", Fault::TooManyRequests { retry_after: 3 }, 1);
    let error = client.send_photo(chat, picture(), &text("x")).await.unwrap_err();
    assert!(matches!(error, SendError::RetryAfter(wait) if wait == Duration::from_secs(3)));
}
