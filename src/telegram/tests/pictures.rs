//! Our pictures: sent with text and buttons, never overwritten by text, deleted.

use super::{talking, text, with_button};
use actors::ports::{
    Attachment, ChatAction, ChatId, Content, MessageId, Messenger as _, SendError, ShownAs,
};
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
    assert!(matches!(error, SendError::NotAPhoto(_)), "{error}");
    telegram.fault("sendPhoto", Fault::TooManyRequests { retry_after: 3 }, 1);
    let error = client.send_photo(chat, picture(), &text("x")).await.unwrap_err();
    assert!(matches!(error, SendError::RetryAfter(wait) if wait == Duration::from_secs(3)));
}

fn uploaded(shown_as: ShownAs, bytes: Bytes) -> Attachment {
    let (name, content_type) = ("aisha-1.jpg".to_owned(), "image/jpeg".to_owned());
    Attachment { shown_as, content: Content::Bytes(bytes), name, content_type }
}

fn known(shown_as: ShownAs, name: &str) -> Attachment {
    let content = Content::Known(name.to_owned());
    Attachment { content, ..uploaded(shown_as, Bytes::new()) }
}

#[tokio::test]
async fn an_album_has_its_words_below_the_first_and_is_sent_again_by_its_names() {
    let (telegram, client, _) = talking(Options::default()).await;
    let anna = telegram.friend(7, "Anna", "ru");
    let chat = ChatId(anna.id());
    let words = with_button("<b>Анна</b> &amp; Co", "menu");
    let album = vec![uploaded(ShownAs::Photo, picture()); 4];
    let sent = client.send_files(chat, &album, &words).await.unwrap();
    let seen: Vec<_> = anna.chat().from_bot().cloned().collect();
    let texts: Vec<_> = seen.iter().map(|message| message.text.as_str()).collect();
    assert_eq!(texts, ["Анна & Co", "", "", ""]);
    assert!(seen.iter().all(|message| message.buttons().is_empty()));
    assert!(seen.iter().all(|message| message.media_group_id == seen[0].media_group_id));
    let names: Vec<_> = sent.iter().map(|sent| sent.file.clone().unwrap()).collect();
    for (sent, seen) in sent.iter().zip(&seen) {
        let media = seen.media.as_ref().unwrap();
        assert_eq!((sent.message.0, sent.file.as_deref()), (seen.id, Some(&*media.file_id)));
    }

    let mixed = [known(ShownAs::Photo, &names[2]), uploaded(ShownAs::Photo, picture())];
    assert_eq!(client.send_files(chat, &mixed, &text("again")).await.unwrap().len(), 2);
    let single = client.send_one(chat, known(ShownAs::Photo, &names[0]), &words).await.unwrap();
    assert_eq!(anna.chat().message(single.message.0).unwrap().buttons().len(), 1);
    client.show_action(chat, ChatAction::UploadPhoto).await.unwrap();
    assert_eq!(anna.chat().actions[0].1, "upload_photo");
}

#[tokio::test]
async fn a_document_is_kept_byte_for_byte_and_has_a_name_of_its_own() {
    let (telegram, client, _) = talking(Options::default()).await;
    let anna = telegram.friend(7, "Anna", "ru");
    let chat = ChatId(anna.id());
    let original = uploaded(ShownAs::Document, picture());
    let sent = client.send_one(chat, original, &with_button("1", "menu")).await.unwrap();
    let media = anna.sees_text("1").await.media.unwrap();
    assert_eq!((media.kind, media.name.as_deref()), ("document", Some("aisha-1.jpg")));
    let name = sent.file.unwrap();
    assert_eq!(telegram.file(&name).unwrap(), picture());
    client.send_one(chat, known(ShownAs::Document, &name), &text("2")).await.unwrap();
    let album = vec![uploaded(ShownAs::Document, picture()); 2];
    assert_eq!(client.send_files(chat, &album, &text("3")).await.unwrap().len(), 2);

    // Each refusal with its remedy: upload it, send it as a document, mend the program.
    let error = client.send_one(chat, known(ShownAs::Photo, &name), &text("x")).await.unwrap_err();
    assert!(matches!(error, SendError::FileGone(_)), "{error}");
    let lost = [known(ShownAs::Photo, "AgACx"), uploaded(ShownAs::Photo, picture())];
    let error = client.send_files(chat, &lost, &text("x")).await.unwrap_err();
    assert!(matches!(error, SendError::FileGone(_)), "{error}");
    let heavy = Bytes::from([picture().to_vec(), vec![0; 10 << 20]].concat());
    for odd in [heavy, Bytes::from_static(b"no picture")] {
        let album = [uploaded(ShownAs::Photo, picture()), uploaded(ShownAs::Photo, odd)];
        let error = client.send_files(chat, &album, &text("x")).await.unwrap_err();
        assert!(matches!(error, SendError::NotAPhoto(_)), "{error}");
    }
    for count in [0, 11] {
        let files = vec![uploaded(ShownAs::Photo, picture()); count];
        let error = client.send_files(chat, &files, &text("x")).await.unwrap_err();
        assert!(matches!(error, SendError::Refused(_)), "{error}");
    }
    telegram.fault("sendMediaGroup", Fault::Swallow, 1);
    let error = client.send_files(chat, &album, &text("x")).await.unwrap_err();
    assert!(matches!(error, SendError::Unknown(_)), "{error}");
}

#[tokio::test]
async fn a_file_takes_the_place_of_another_or_of_words_and_buttons_change_alone() {
    let (telegram, client, _) = talking(Options::default()).await;
    let anna = telegram.friend(7, "Anna", "ru");
    let chat = ChatId(anna.id());
    let id = client.send(chat, &with_button("words", "menu")).await.unwrap();
    let photo = uploaded(ShownAs::Photo, picture());
    let shown = client.edit_file(chat, id, &photo, &with_button("<b>1</b>", "one")).await.unwrap();
    let name = shown.file.unwrap();
    let seen = anna.chat().message(id.0).unwrap().clone();
    assert_eq!((seen.text.as_str(), seen.button("one").as_deref()), ("1", Some("one")));
    assert_eq!(seen.media.unwrap().file_id, name);

    let same = known(ShownAs::Photo, &name);
    let again = client.edit_file(chat, id, &same, &with_button("<b>1</b>", "one")).await.unwrap();
    assert_eq!((again.message, again.file), (id, None), "nothing to change");
    client.edit_file(chat, id, &same, &text("2")).await.unwrap();
    client.edit_buttons(chat, id, &with_button("unread", "two")).await.unwrap();
    client.edit_buttons(chat, id, &with_button("unread", "two")).await.unwrap();
    let seen = anna.chat().message(id.0).unwrap().clone();
    assert_eq!((seen.text.as_str(), seen.button("two").as_deref()), ("2", Some("two")));

    let lost = known(ShownAs::Photo, "AgACx");
    let error = client.edit_file(chat, id, &lost, &text("3")).await.unwrap_err();
    assert!(matches!(error, SendError::FileGone(_)), "{error}");
    let error = client.edit_file(chat, MessageId(99), &same, &text("3")).await.unwrap_err();
    assert!(matches!(error, SendError::MessageGone(_)), "{error}");
}
