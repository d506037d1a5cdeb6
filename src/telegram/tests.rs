//! The adapter against a strict stand-in, and against answers that no Bot API gives.

mod failing;
mod fetching;
mod journal;
mod pictures;
mod polling;
mod sending;
mod understanding;

use super::{Client, Settings};
use actors::ports::{Button, Message};
use journal::Journal;
use standins::telegram::{Options, Telegram};
use std::time::Duration;

/// A stand-in, its client, and the client's log.
async fn talking(options: Options) -> (Telegram, Client, Journal) {
    let patience = Duration::from_secs(10);
    let telegram = Telegram::start(Options { patience, ..options }).await.unwrap();
    let journal = Journal::default();
    let client = client(&telegram.url(), telegram.token(), &journal);
    (telegram, client, journal)
}

fn client(url: &str, token: &str, journal: &Journal) -> Client {
    let settings = Settings { api_url: url.parse().unwrap(), token: token.into(), credits: false };
    Client::new(settings, &journal.logger()).unwrap()
}

fn text(html: &str) -> Message {
    Message { html: html.to_owned(), buttons: Vec::new() }
}

fn with_button(html: &str, data: &str) -> Message {
    let button = Button { label: "OK".to_owned(), data: data.to_owned() };
    Message { html: html.to_owned(), buttons: vec![Vec::new(), vec![button]] }
}
