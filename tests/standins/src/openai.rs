//! A server with OpenAI's API on loopback: chat completions and the list of models.
//!
//! It refuses what OpenAI refuses, and on request what compatible servers do not know. What it
//! answers is what the test wants, in the form that was asked for. The [`Call`]s record what came.
//!
//! It has its own thread and clock, so that a test may pause its runtime's time.

mod answer;
mod check;
mod refusal;
mod server;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque, fmt, io, net::Ipv4Addr, net::TcpListener, sync::Arc, sync::Mutex,
    sync::MutexGuard, sync::PoisonError, thread::JoinHandle, time::Duration,
};

use actix_web::dev::ServerHandle;
use serde_json::Value;
use tokio::{runtime, sync::oneshot};

/// How it behaves.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "servers lack any of these, in any mixture")]
pub struct Settings {
    /// The models that it has.
    pub models: Vec<String>,
    /// Answers by a word of the material; the first that fits is given.
    pub answers: Vec<(String, Value)>,
    /// It knows `json_schema`.
    pub knows_schema: bool,
    /// It knows `json_object`.
    pub knows_object: bool,
    /// It knows `max_completion_tokens`; otherwise it insists on `max_tokens`.
    pub knows_completion_limit: bool,
    /// Its models see pictures.
    pub sees: bool,
    /// How long it thinks.
    pub thinks: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            models: vec!["gpt-standin".to_owned(), "gpt-standin-mini".to_owned()],
            answers: Vec::new(),
            knows_schema: true,
            knows_object: true,
            knows_completion_limit: true,
            sees: true,
            thinks: Duration::ZERO,
        }
    }
}

/// What goes wrong with one chat call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// 429 that passes, with this header and value.
    RateLimited(&'static str, String),
    /// 429 that stays: nothing is left to spend.
    Quota,
    /// 500 with the HTML page of a gateway.
    Html,
    /// 500, and a header that forbids to ask again.
    Never,
    /// The model refuses.
    Refusal,
    /// The answer is cut off at its limit.
    Length,
    /// The answer has no content.
    NullContent,
    /// Something withholds the content.
    Filtered,
    /// The content is not JSON.
    BadJson,
    /// The content is JSON of another form.
    OtherForm,
    /// The answer breaks off in the middle.
    CutOff,
    /// The answer never ends.
    Endless,
}

/// One chat call that came with the right key.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The model that was asked.
    pub model: String,
    /// What it was told to do.
    pub task: String,
    /// What it was told to do it with.
    pub material: String,
    /// Width, height and bytes of the picture.
    pub picture: Option<(u32, u32, usize)>,
    /// The type of `response_format`, or `text`.
    pub form: String,
    /// The status of the answer.
    pub status: u16,
}

#[derive(Debug, Default)]
struct World {
    settings: Settings,
    faults: VecDeque<Fault>,
    calls: Vec<Call>,
}

#[derive(Debug)]
struct Shared {
    key: String,
    world: Mutex<World>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running stand-in. Dropping it ends it.
pub struct OpenAi {
    shared: Arc<Shared>,
    url: String,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for OpenAi {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("OpenAi").field("url", &self.url).finish_non_exhaustive()
    }
}

impl OpenAi {
    /// Starts the stand-in; when this returns, it answers requests.
    ///
    /// # Errors
    ///
    /// If there is no free port, or the thread cannot be started.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let url = format!("http://{}", listener.local_addr()?);
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let shared =
            Arc::new(Shared { key: "sk-standin-7f3a".to_owned(), world: Mutex::default() });
        let (tell, told) = oneshot::channel();
        let behind = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("openai-standin".to_owned())
            .spawn(move || server::run(&runtime, listener, behind, tell))?;
        let server = told.await.map_err(io::Error::other)??;
        Ok(Self { shared, url, server, thread: Some(thread) })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The key that clients must have.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.shared.key
    }

    /// Changes its behaviour from now on.
    pub fn set(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.shared.lock().settings);
    }

    /// Answers with this from now on if the material holds this word.
    pub fn says(&self, word: &str, answer: Value) {
        self.set(|settings| settings.answers.insert(0, (word.to_owned(), answer)));
    }

    /// Breaks the next calls.
    pub fn fault(&self, fault: Fault, times: usize) {
        self.shared.lock().faults.extend(std::iter::repeat_n(fault, times));
    }

    /// The calls so far.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.shared.lock().calls.clone()
    }

    /// How many of them OpenAI would bill: those that a model answered.
    #[must_use]
    pub fn billed(&self) -> usize {
        self.shared.lock().calls.iter().filter(|call| call.status == 200).count()
    }

    /// Ends the stand-in and waits until the port is free.
    pub async fn stop(mut self) {
        self.server.stop(false).await;
        self.join();
    }

    fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has already been printed, and there is nothing to save.
            drop(thread.join());
        }
    }
}

impl Drop for OpenAi {
    fn drop(&mut self) {
        // The stop is triggered by calling `stop`; its future only waits.
        drop(self.server.stop(false));
        self.join();
    }
}
