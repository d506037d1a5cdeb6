//! `aisha serve`.

use super::{FAILED, WRONG, complain, configured, failed};
use crate::logging;
use crate::service::{self, Ended, Start};
use crate::systemd;
use actors::process::Roles;
use std::process::ExitCode;

/// Threads for connections, TLS and files. The actors run on the main thread.
const THREADS: usize = 2;

pub(super) fn run(roles: &[String]) -> ExitCode {
    let has = |role: &str| roles.is_empty() || roles.iter().any(|given| given == role);
    let roles = Roles { api: has("api"), bot: has("bot"), trainer: has("trainer") };
    let config = match configured(roles) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let socket = match systemd::public_socket() {
        Ok(socket) => socket,
        Err(error) => {
            complain(&format!("the socket unit did not hand over a TCP listener: {error}"));
            return ExitCode::from(WRONG);
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .thread_name("aisha")
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format!("the async runtime could not be started: {error}"));
            return ExitCode::from(FAILED);
        }
    };
    let (log, level, guard) = logging::start(config.log);
    let start = Start { roles, socket, level, log };
    let system = actix::System::with_tokio_rt(move || runtime);
    let ended = system.block_on(service::serve(config, start));
    drop(guard);
    match ended {
        Ok(Ended::Asked) => ExitCode::SUCCESS,
        Ok(Ended::GaveUp) => ExitCode::from(FAILED),
        Err(error) => {
            complain(&format!("{error:#}"));
            failed(error.as_ref())
        }
    }
}
