//! The HTTP server in its thread.

use std::{io, net::TcpListener, sync::Arc};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    dev::{Server, ServerHandle},
    web::{self, Bytes, Data, PayloadConfig},
};
use serde_json::{Value, json};
use tokio::{runtime::Runtime, sync::oneshot};

use super::{Call, Shared, answer, check, refusal::Refusal};

/// The largest body: a picture of some megabytes in base64.
const MAX_BODY: usize = 32 << 20;

/// Serves until the server is stopped.
pub(super) fn run(
    runtime: &Runtime,
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
}

fn server(listener: TcpListener, shared: Arc<Shared>) -> io::Result<Server> {
    let shared = Data::from(shared);
    let app = move || {
        App::new()
            .app_data(Data::clone(&shared))
            .app_data(PayloadConfig::new(MAX_BODY))
            .route("/v1/models", web::get().to(models))
            .route("/v1/chat/completions", web::post().to(chat))
            .default_service(web::to(nowhere))
    };
    Ok(HttpServer::new(app).workers(1).disable_signals().listen(listener)?.run())
}

async fn nowhere(request: HttpRequest) -> HttpResponse {
    let message = format!("Invalid URL ({} {})", request.method(), request.path());
    Refusal { status: 404, message, param: None, code: None }.answer()
}

fn has_key(request: &HttpRequest, shared: &Shared) -> bool {
    let sent = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    sent.and_then(|value| value.strip_prefix("Bearer ")) == Some(shared.key.as_str())
}

async fn models(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    if !has_key(&request, &shared) {
        return Refusal::no_key().answer();
    }
    let model =
        |id: &String| json!({ "id": id, "object": "model", "created": 1, "owned_by": "us" });
    let list: Vec<Value> = shared.lock().settings.models.iter().map(model).collect();
    HttpResponse::Ok().json(json!({ "object": "list", "data": list }))
}

async fn chat(request: HttpRequest, body: Bytes, shared: Data<Shared>) -> HttpResponse {
    if !has_key(&request, &shared) {
        return Refusal::no_key().answer();
    }
    let (settings, fault) = {
        let mut world = shared.lock();
        (world.settings.clone(), world.faults.pop_front())
    };
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let asked = match check::check(&body, &settings) {
        Ok(asked) => asked,
        Err(refusal) => {
            let call = Call {
                model: body["model"].as_str().unwrap_or_default().to_owned(),
                task: String::new(),
                material: String::new(),
                picture: None,
                form: body["response_format"]["type"].as_str().unwrap_or("text").to_owned(),
                status: refusal.status,
            };
            shared.lock().calls.push(call);
            return refusal.answer();
        }
    };
    tokio::time::sleep(settings.thinks).await;
    let content = answer::content(&asked, &settings);
    let response = match &fault {
        Some(fault) => answer::spoiled(fault, &asked, &content),
        None if asked.stream => answer::streamed(&asked, &content),
        None => HttpResponse::Ok().json(answer::whole(&asked, &content)),
    };
    let check::Asked { model, task, material, picture, form, .. } = asked;
    let status = response.status().as_u16();
    shared.lock().calls.push(Call { model, task, material, picture, form, status });
    response
}
