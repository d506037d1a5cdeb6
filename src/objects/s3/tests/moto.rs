//! moto, an S3 server by others, as a child process on a port of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Listens on a free port, prints it, and ends when its standard input ends, so also when the tests
/// are killed and no destructor runs. Handles one request at a time, because moto trips over two
/// puts of the same key.
const PROGRAM: &str = "
import logging, sys, threading
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
logging.getLogger('werkzeug').setLevel(logging.ERROR)
app, turn = DomainDispatcherApplication(create_backend_app), threading.Lock()
def one_at_a_time(environ, start_response):
    with turn:
        return app(environ, start_response)
server = make_server('127.0.0.1', 0, one_at_a_time, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print('http://127.0.0.1:%d' % server.server_port, flush=True)
sys.stdin.read()
";

const HOW_TO: &str = "no Python with moto; make one and say where it is:
    python3 -m venv .venv && .venv/bin/pip install 'moto[server]==5.2.5'
    export AISHA_TEST_PYTHON=\"$PWD/.venv/bin/python\"
";

/// A running server; killed on drop.
pub(super) struct Moto {
    server: Child,
    url: String,
}

impl Moto {
    fn start() -> Self {
        let python = std::env::var_os("AISHA_TEST_PYTHON").expect(HOW_TO);
        let mut server = Command::new(python)
            .args(["-c", PROGRAM])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect(HOW_TO);
        let mut url = String::new();
        let said = server.stdout.take().expect("it is piped");
        BufReader::new(said).read_line(&mut url).expect(HOW_TO);
        assert!(url.starts_with("http://"), "moto said {url:?} instead of its address\n{HOW_TO}");
        Self { server, url: url.trim().to_owned() }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        self.server.kill().expect("our own child");
        self.server.wait().expect("our own child");
    }
}

/// The server that all tests share while any of them runs.
pub(super) fn running() -> Arc<Moto> {
    static SHARED: Mutex<Weak<Moto>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(moto) = shared.upgrade() {
        return moto;
    }
    let moto = Arc::new(Moto::start());
    *shared = Arc::downgrade(&moto);
    moto
}

#[test]
fn the_server_ends_when_nobody_holds_its_input() {
    let mut moto = Moto::start();
    drop(moto.server.stdin.take());
    assert!(moto.server.wait().unwrap().success(), "ended by itself, not by a signal");
}
