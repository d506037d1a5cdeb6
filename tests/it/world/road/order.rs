//! What a PostgreSQL client sends through the proxy: enough of the protocol to recognize a
//! statement.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Statements of PostgreSQL whose next answer is lost.
#[derive(Default)]
pub(super) struct Losing {
    pub(super) ordered: Vec<&'static str>,
    pub(super) lost: usize,
}

/// The running statement whose answer will be lost.
pub(super) type Doomed = Arc<Mutex<Option<&'static str>>>;

/// The state of a PostgreSQL client, as far as it matters here.
#[derive(Default)]
pub(super) struct Order {
    losing: Arc<Mutex<Losing>>,
    doomed: Doomed,
    unread: Vec<u8>,
    greeted: bool,
    prepared: HashMap<Vec<u8>, Vec<u8>>,
}

impl Order {
    pub(super) fn new(losing: Arc<Mutex<Losing>>, doomed: Doomed) -> Self {
        Self { losing, doomed, ..Self::default() }
    }

    /// Messages are a kind, a length and a body; the startup message has no kind.
    pub(super) fn reads(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
        loop {
            let kind = usize::from(self.greeted);
            let Some(length) = self.unread.get(kind..kind + 4) else { return };
            let length = u32::from_be_bytes(length.try_into().unwrap()) as usize;
            if self.unread.len() < kind + length {
                return;
            }
            let message: Vec<u8> = self.unread.drain(..kind + length).collect();
            if self.greeted {
                self.hears(message[0], &message[5..]);
            }
            self.greeted = true;
        }
    }

    fn hears(&mut self, kind: u8, body: &[u8]) {
        let mut words = body.split(|byte| *byte == 0).map(<[u8]>::to_vec);
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        match kind {
            b'P' => drop(self.prepared.insert(first, second)),
            b'B' => {
                let mut losing = self.losing.lock().unwrap();
                let text = self.prepared.get(&second);
                let ordered =
                    losing.ordered.iter().position(|o| text.is_some_and(|t| t == o.as_bytes()));
                if let Some(found) = ordered {
                    *self.doomed.lock().unwrap() = Some(losing.ordered.remove(found));
                }
            }
            _ => {}
        }
    }
}
