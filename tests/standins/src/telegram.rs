//! A Telegram whose people are puppets.
//!
//! ```text
//!   test ──Person──▶ ┌───────────┐ ◀──getUpdates, sendMessage, …── bot under test
//!                    │ stand-in  │
//!   test ◀──sees──── └───────────┘ ──webhook, if one is set─────▶ bot under test
//! ```
//!
//! The bot talks to it over HTTP, as to the real one, and meets the same refusals, limits and
//! rules. The test is at the other end: it makes people write and press, waits for what they see,
//! orders faults, and reads the ledger of all calls.
//!
//! Not modelled: groups (beyond being upgraded), channels, inline mode, payments, business
//! accounts, rich messages, Markdown, and entities that Telegram finds by itself in the bot's
//! texts. A method that is not modelled is refused as unknown.

mod api;
mod callbacks;
mod calls;
mod chat;
mod commands;
mod control;
mod faults;
mod files;
mod html;
mod inline;
mod ledger;
mod lines;
mod markup;
mod media;
mod messages;
mod methods;
mod multipart;
mod options;
mod params;
mod people;
mod queue;
mod rates;
mod refusal;
mod sight;
#[cfg(test)]
mod tests;
mod text;
mod transcript;
mod updates;
mod webhook;
mod wire;
mod world;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_web::{App, HttpServer, dev::ServerHandle, rt::System, web};
use bytes::Bytes;
use serde_json::Value;
use tokio::sync::oneshot;

pub use chat::{Answer, Chat, Draft, Edit, Media, Message, Query};
pub use faults::Fault;
pub use inline::Offered;
pub use ledger::{Call, Outcome};
pub use markup::Button;
pub use options::Options;
pub use people::Person;
pub use rates::Rates;
use world::Shared;

/// A running stand-in; it stops when this is dropped.
#[derive(Debug)]
pub struct Telegram {
    shared: Arc<Shared>,
    address: SocketAddr,
    server: ServerHandle,
}

impl Telegram {
    /// Starts it on a thread of its own, independent of the test's runtime and its virtual time.
    ///
    /// # Errors
    ///
    /// If the port is taken.
    pub async fn start(options: Options) -> io::Result<Self> {
        let options = Options { speed: options.speed.max(1), ..options };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        let address = listener.local_addr()?;
        let shared = Shared::new(options);
        let (ready, started) = oneshot::channel();
        let theirs = Arc::clone(&shared);
        std::thread::Builder::new().name("telegram".to_owned()).spawn(move || {
            System::new().block_on(async move {
                match listen(&theirs, listener) {
                    Ok(server) => {
                        let deliveries = tokio::spawn(webhook::deliver_forever(theirs));
                        // If the test has already ended, nobody waits any more.
                        drop(ready.send(Ok(server.handle())));
                        drop(server.await);
                        deliveries.abort();
                    }
                    Err(error) => drop(ready.send(Err(error))),
                }
            });
        })?;
        let server = started.await.map_err(io::Error::other)??;
        Ok(Self { shared, address, server })
    }

    /// The base address for the bot's configuration.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The token for the bot's configuration.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.shared.options.token
    }

    /// Stops serving; open connections are cut, and nothing is answered from then on.
    pub async fn stop(self) {
        self.server.stop(false).await;
        self.closes();
    }

    /// Cuts all open connections; new ones are served as usual.
    pub fn hangs_up(&self) {
        self.shared.lines.cut_all();
    }

    /// Until the server's threads have ended, which takes a moment, they do not answer.
    fn closes(&self) {
        self.shared.lock(|world| world.stopped = true);
        self.hangs_up();
    }

    /// A person who has never written to the bot; the same number is always the same person.
    ///
    /// An empty language means that the client does not send one.
    #[must_use]
    pub fn person(&self, id: i64, first_name: &str, language_code: &str) -> Person {
        self.shared.with(|world| people::meet(world, id, first_name, language_code));
        Person::new(Arc::clone(&self.shared), id)
    }

    /// A person who wrote to the bot long ago, so that it may write to them.
    #[must_use]
    pub fn friend(&self, id: i64, first_name: &str, language_code: &str) -> Person {
        let person = self.person(id, first_name, language_code);
        self.shared.with(|world| {
            if let Some(profile) = world.people.get_mut(&id) {
                profile.started = true;
            }
        });
        person
    }

    /// Makes calls of a method fail at a rate, in thousandths; the same seed fails the same calls.
    pub fn fault_at_random(&self, method: &str, fault: Fault, per_mille: u32, seed: u64) {
        self.shared.lock(|world| world.faults.at_random(method, fault, per_mille, seed));
    }

    /// A group that the bot is in.
    pub fn group(&self, id: i64, title: &str) {
        self.shared.with(|world| world.groups.insert(id, title.to_owned()));
    }

    /// Turns a group into a supergroup, which gets a new number.
    pub fn upgrades(&self, from: i64, to: i64) {
        self.shared.with(|world| world.upgrade(from, to));
    }

    /// Switches inline mode on or off, as `BotFather` does.
    pub fn set_inline(&self, on: bool) {
        self.shared.lock(|world| world.inline.on = on);
    }

    /// What the bot offered in inline mode, oldest first.
    #[must_use]
    pub fn offered(&self) -> Vec<Offered> {
        self.shared.lock(|world| world.inline.offered.clone())
    }

    /// Switches rate limits on or off.
    pub fn set_rates(&self, rates: Rates) {
        self.shared.lock(|world| world.rates = rates);
    }

    /// Makes the next calls of a method fail, this many times; `*` is any but `getUpdates`, `file`
    /// is a download.
    pub fn fault(&self, method: &str, fault: Fault, times: u32) {
        self.shared.lock(|world| world.faults.order(method, None, fault, times));
    }

    /// Like [`Telegram::fault`], for calls about one person.
    pub fn fault_for(&self, person: &Person, method: &str, fault: Fault, times: u32) {
        self.shared.lock(|world| world.faults.order(method, Some(person.id()), fault, times));
    }

    /// How many of the ordered faults have not happened yet.
    #[must_use]
    pub fn faults_left(&self) -> u32 {
        self.shared.lock(|world| world.faults.left())
    }

    /// Cancels all faults.
    pub fn heal(&self) {
        self.shared.lock(|world| world.faults.clear());
    }

    /// Revokes the token, as `BotFather` does: 401 from now on.
    pub fn revoke(&self) {
        self.shared.with(|world| world.revoked = true);
    }

    /// Delivers any JSON as an update, such as unknown kinds or malformed ones. Returns its number.
    #[expect(clippy::must_use_candidate, reason = "done for its effect")]
    pub fn update_raw(&self, update: Value) -> i64 {
        self.shared.with(|world| world.queue.push_raw(update))
    }

    /// Updates that the bot has not confirmed.
    #[must_use]
    pub fn pending_updates(&self) -> usize {
        self.shared.lock(|world| world.queue.waiting().len())
    }

    /// All calls so far, oldest first.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.shared.lock(|world| world.ledger.clone())
    }

    /// All calls of a method so far, by its documented spelling.
    #[must_use]
    pub fn calls_of(&self, method: &str) -> Vec<Call> {
        let calls = self.calls().into_iter();
        calls.filter(|call| call.method.eq_ignore_ascii_case(method)).collect()
    }

    /// Edits that were refused because they would have changed nothing.
    #[must_use]
    pub fn edits_in_vain(&self) -> usize {
        self.calls().iter().filter(|call| call.was_in_vain()).count()
    }

    /// Presses that the bot has not answered.
    #[must_use]
    pub fn unanswered(&self) -> Vec<Query> {
        self.shared.lock(|world| {
            let queries = world.chats.values().flat_map(|chat| chat.queries.iter());
            queries.filter(|query| query.answers.is_empty()).cloned().collect()
        })
    }

    /// The bytes of a file that either side has sent.
    #[must_use]
    pub fn file(&self, file_id: &str) -> Option<Bytes> {
        self.shared.lock(|world| world.files.bytes(file_id))
    }

    /// All chats as text.
    #[must_use]
    pub fn transcript(&self) -> String {
        self.shared.lock(|world| world.chats.values().map(Chat::transcript).collect())
    }

    /// Waits until `look` finds something in the whole stand-in, such as a call in the ledger.
    ///
    /// # Panics
    ///
    /// If it does not come in time, with the description and all chats as text.
    pub async fn waits_for<T>(
        &self,
        description: &str,
        mut look: impl FnMut(&Self) -> Option<T>,
        timeout: Duration,
    ) -> T {
        let until = tokio::time::Instant::now() + timeout;
        let mut changes = self.shared.changes();
        loop {
            changes.mark_unchanged();
            if let Some(found) = look(self) {
                return found;
            }
            let in_time = tokio::time::timeout_at(until, changes.changed()).await.is_ok();
            assert!(in_time, "no {description} in {timeout:?}\n{}", self.transcript());
        }
    }
}

impl Drop for Telegram {
    fn drop(&mut self) {
        // The stop is triggered at once; only waiting for it would need an await.
        drop(self.server.stop(false));
        self.closes();
    }
}

fn listen(shared: &Arc<Shared>, listener: TcpListener) -> io::Result<actix_web::dev::Server> {
    let data = web::Data::new(Arc::clone(shared));
    let app = move || App::new().app_data(data.clone()).default_service(web::to(api::serve));
    let theirs = Arc::clone(shared);
    let server = HttpServer::new(app)
        .workers(1)
        .on_connect(move |connection, data| theirs.lines.add(connection, data))
        .disable_signals()
        .shutdown_timeout(0)
        .listen(listener)?;
    Ok(server.run())
}
