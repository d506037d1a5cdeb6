//! The HTTP server in its thread.

use std::{io, net::TcpListener, sync::Arc};

use actix_web::{
    App, HttpResponse, HttpServer,
    dev::{Server, ServerHandle},
    middleware::from_fn,
    web::{self, Data, PayloadConfig},
};
use tokio::{runtime::Runtime, sync::oneshot};

use super::{files, platform, queue, shared::Shared, spoil, storage};

/// The largest body, for uploads.
const MAX_BODY: usize = 1 << 30;

/// Serves until the server is stopped, then ends all jobs.
pub(super) fn run(
    runtime: Runtime,
    listener: TcpListener,
    shared: Arc<Shared>,
    tell: oneshot::Sender<io::Result<ServerHandle>>,
) {
    runtime.block_on(async {
        let server = match server(listener, shared) {
            Ok(server) => server,
            Err(error) => {
                // Nobody to tell means that nobody waits for the start.
                drop(tell.send(Err(error)));
                return;
            }
        };
        if tell.send(Ok(server.handle())).is_ok() {
            // An error ends the server; requests then fail, which a test will notice.
            drop(server.await);
        }
    });
    runtime.shutdown_background();
}

fn server(listener: TcpListener, shared: Arc<Shared>) -> io::Result<Server> {
    let shared = Data::from(shared);
    let app = move || {
        App::new()
            .app_data(Data::clone(&shared))
            .app_data(PayloadConfig::new(MAX_BODY))
            .wrap(from_fn(spoil::apply))
            .route("/.well-known/jwks.json", web::get().to(keys))
            .configure(storage::routes)
            .configure(platform::routes)
            .route("/files/{tail:.*}", web::get().to(files::serve))
            .route("/files/{tail:.*}", web::head().to(files::serve))
            .default_service(web::to(queue::handle))
    };
    let server = HttpServer::new(app)
        .workers(1)
        .disable_signals()
        .on_connect(spoil::remember_wire)
        .listen(listener)?;
    Ok(server.run())
}

async fn keys(shared: Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().json(shared.read(|world| world.keys.published()))
}
