//! Files that people sent.

use super::talking;
use crate::telegram::{Client, understand};
use actors::ports::{FileRef, Input, Messenger as _, SendError};
use bytes::Bytes;
use serde_json::{Value, json};
use standins::telegram::{Fault, Options, Person, Telegram};

/// Sends a file and returns how the bot sees it.
async fn sent(telegram: &Telegram, client: &Client, bytes: Bytes) -> FileRef {
    let anna: Person = telegram.person(4_000_000_001, "Anna", "ru");
    anna.sends_document(bytes, "me.heic", "image/heic");
    let params = json!({ "offset": -1 });
    let updates: Vec<Value> = client.call("getUpdates", &params).await.unwrap();
    let Input::Photo(file) = understand(&updates[0]).unwrap().input else {
        panic!("not a photo: {}", updates[0]);
    };
    file
}

#[tokio::test]
async fn a_file_comes_as_it_was_sent() {
    let (telegram, client, _) = talking(Options::default()).await;
    let bytes = Bytes::from(vec![7; 300_000]);
    let file = sent(&telegram, &client, bytes.clone()).await;
    assert_eq!(file.size, Some(300_000));
    assert_eq!(client.download(&file, 300_000).await.unwrap(), bytes);
}

#[tokio::test]
async fn the_limit_holds_whatever_is_announced() {
    let (telegram, client, _) = talking(Options::default()).await;
    let file = sent(&telegram, &client, Bytes::from(vec![7; 300_000])).await;
    let too_large = |answer: Result<Bytes, SendError>| {
        let Err(SendError::TooLarge { limit }) = answer else { panic!("{answer:?}") };
        limit
    };
    assert_eq!(too_large(client.download(&file, 299_999).await), 299_999);
    assert_eq!(telegram.calls_of("getFile").len(), 0, "what is announced is enough to refuse");
    let unannounced = FileRef { size: None, ..file };
    assert_eq!(too_large(client.download(&unannounced, 299_999).await), 299_999);
    assert_eq!(telegram.calls_of("file").len(), 0, "nor is it fetched to be thrown away");
    // The actual bytes are counted too.
    let link: Value = client.call("getFile", &json!({ "file_id": unannounced.id })).await.unwrap();
    let path = link["file_path"].as_str().unwrap();
    assert_eq!(client.fetch(path, 299_999).await.unwrap(), None);
    assert_eq!(client.fetch(path, 300_000).await.unwrap().unwrap().len(), 300_000);
}

#[tokio::test]
async fn what_telegram_does_not_give_out_is_too_large() {
    let (telegram, client, _) = talking(Options::default()).await;
    let file = sent(&telegram, &client, Bytes::from(vec![7; (20 << 20) + 1])).await;
    let error = client.download(&file, 50 << 20).await.unwrap_err();
    assert!(matches!(error, SendError::TooLarge { limit: 0x0140_0000 }), "{error}");
}

#[tokio::test]
async fn a_file_that_cannot_be_had_says_why() {
    let (telegram, client, _) = talking(Options::default()).await;
    let file = sent(&telegram, &client, Bytes::from_static(b"picture")).await;
    let unknown = FileRef { id: "AgACnothing".to_owned(), ..file.clone() };
    let error = client.download(&unknown, 100).await.unwrap_err();
    assert!(matches!(error, SendError::Refused(_)), "{error}");
    let gone = Fault::Refuse { code: 404, description: "Not Found".to_owned() };
    telegram.fault("file", gone, 1);
    let error = client.download(&file, 100).await.unwrap_err();
    assert!(matches!(error, SendError::Refused(_)), "{error}");
    for fault in [Fault::Drop, Fault::BadGateway] {
        telegram.fault("file", fault, 1);
        let error = client.download(&file, 100).await.unwrap_err();
        assert!(matches!(error, SendError::Unknown(_)), "{error}");
    }
    assert_eq!(client.download(&file, 100).await.unwrap(), "picture");
}
