//! Uploads as the JavaScript client does them: initiate, then `PUT` to the URL from the answer, in
//! parts if the file is large. And what both ways share.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Bytes, Data, Path},
};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    cdn,
    ledger::Upload,
    queue::authorized,
    reply,
    shared::{Shared, World},
    uploads::{Part, Pending},
};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/storage/upload/initiate", web::post().to(initiate))
        .route("/storage/upload/initiate-multipart", web::post().to(initiate))
        .route("/storage/auth/token", web::post().to(cdn::token))
        .route("/upload/{id}/{name}", web::put().to(put))
        .route("/upload/{id}/{name}/complete", web::post().to(complete_initiated))
        .route("/upload/{id}/{name}/{number}", web::put().to(put_part))
        .route("/files/upload", web::post().to(cdn::upload))
        .route("/files/upload/multipart", web::post().to(cdn::begin))
        .route(
            "/files/b/{id}/{name}/multipart/{upload}/complete",
            web::post().to(cdn::complete_begun),
        )
        .route(
            "/files/b/{id}/{name}/multipart/{upload}/{number}",
            web::put().to(cdn::put_begun_part),
        );
}

#[derive(Debug, Deserialize)]
struct Wish {
    content_type: String,
    file_name: String,
}

#[derive(Debug, Deserialize)]
struct Parts {
    parts: Vec<Part>,
}

/// The JavaScript way, and the Python client's fallback; the same for whole files and parts.
async fn initiate(request: HttpRequest, body: Bytes, shared: Data<Shared>) -> HttpResponse {
    if !authorized(&request, &shared) {
        return reply::bad_key();
    }
    let Ok(wish) = serde_json::from_slice::<Wish>(&body) else {
        return reply::detail(422, "content_type and file_name are required");
    };
    let pending = Pending::new(&wish.file_name, &wish.content_type, lifecycle(&request));
    let answer = json!({
        "upload_url": format!(
            "{}/upload/{}/{}?signature={}",
            shared.origin, pending.id, pending.name, pending.secret
        ),
        "file_url": format!("{}{}", shared.origin, pending.path()),
    });
    shared.write(|world| world.uploads.begin(pending));
    reply::json(200, None, &answer)
}

async fn put(
    request: HttpRequest,
    path: Path<(String, String)>,
    body: Bytes,
    shared: Data<Shared>,
) -> HttpResponse {
    let (id, _) = path.into_inner();
    if !signed(&request, &shared, &id) {
        return reply::detail(403, "Invalid signature");
    }
    shared.write(|world| {
        if let Some(pending) = world.uploads.take(&id) {
            keep(&shared.origin, world, &pending, body);
        }
    });
    HttpResponse::Ok().finish()
}

async fn put_part(
    request: HttpRequest,
    path: Path<(String, String, u32)>,
    body: Bytes,
    shared: Data<Shared>,
) -> HttpResponse {
    let (id, _, number) = path.into_inner();
    if !signed(&request, &shared, &id) {
        return reply::detail(403, "Invalid signature");
    }
    take_part(&shared, &id, number, body)
}

async fn complete_initiated(
    request: HttpRequest,
    path: Path<(String, String)>,
    body: Bytes,
    shared: Data<Shared>,
) -> HttpResponse {
    let (id, _) = path.into_inner();
    if !signed(&request, &shared, &id) {
        return reply::detail(403, "Invalid signature");
    }
    complete(&shared, &id, &body)
}

/// JSON for the JavaScript client and a header for the Python one.
pub(super) fn take_part(shared: &Shared, id: &str, number: u32, bytes: Bytes) -> HttpResponse {
    let Some(etag) = shared.write(|world| world.uploads.part(id, number, bytes)) else {
        return reply::detail(404, "Upload not found");
    };
    HttpResponse::Ok()
        .insert_header(("ETag", etag.as_str()))
        .json(json!({ "partNumber": number, "etag": etag }))
}

pub(super) fn complete(shared: &Shared, id: &str, body: &[u8]) -> HttpResponse {
    let Ok(Parts { parts }) = serde_json::from_slice(body) else {
        return reply::detail(422, "parts are required");
    };
    let completed = shared.write(|world| {
        let (pending, bytes) = world.uploads.complete(id, &parts)?;
        keep(&shared.origin, world, &pending, bytes);
        Some(pending.path())
    });
    match completed {
        Some(path) => reply::json(200, None, &json!({ "url": format!("{}{path}", shared.origin) })),
        None => reply::detail(400, "The parts are not those that were uploaded"),
    }
}

pub(super) fn keep(origin: &str, world: &mut World, pending: &Pending, bytes: Bytes) {
    world.ledger.uploads.push(Upload {
        url: format!("{origin}{}", pending.path()),
        content_type: pending.content_type.clone(),
        bytes: bytes.len(),
        sha256: hex::encode(Sha256::digest(&bytes)),
        lifecycle: pending.lifecycle.clone(),
    });
    world.files.put(pending.path(), &pending.content_type, bytes);
}

/// The lifetime that the client asked for; uploads and their initiation use different headers.
pub(super) fn lifecycle(request: &HttpRequest) -> Option<Value> {
    let name = if request.path().starts_with("/files/") {
        "x-fal-object-lifecycle"
    } else {
        "x-fal-object-lifecycle-preference"
    };
    serde_json::from_slice(request.headers().get(name)?.as_bytes()).ok()
}

fn signed(request: &HttpRequest, shared: &Shared, id: &str) -> bool {
    let secret = shared.read(|world| world.uploads.secret(id));
    secret.is_some_and(|secret| request.query_string() == format!("signature={secret}"))
}
