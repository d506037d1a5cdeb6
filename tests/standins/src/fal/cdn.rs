//! Uploads as the Python client does them: a token, then `POST /files/upload`, in parts if the file
//! is large.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{AUTHORIZATION, CONTENT_TYPE},
    web::{Bytes, Data, Path},
};
use chrono::{TimeDelta, Utc};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{
    queue::authorized,
    reply,
    shared::Shared,
    storage::{complete, keep, lifecycle, take_part},
    uploads::Pending,
};

/// A token for the CDN in exchange for the key.
pub(super) async fn token(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    if !authorized(&request, &shared) {
        return reply::bad_key();
    }
    let answer = json!({
        "token": bearer(&shared),
        "token_type": "Bearer",
        "base_url": shared.origin,
        "expires_at": (Utc::now() + TimeDelta::hours(1)).to_rfc3339(),
    });
    reply::json(200, None, &answer)
}

pub(super) async fn upload(
    request: HttpRequest,
    body: Bytes,
    shared: Data<Shared>,
) -> HttpResponse {
    let Some(pending) = begun(&request, &shared) else { return reply::bad_key() };
    let url = format!("{}{}", shared.origin, pending.path());
    shared.write(|world| keep(&shared.origin, world, &pending, body));
    reply::json(200, None, &json!({ "access_url": url }))
}

pub(super) async fn begin(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let Some(pending) = begun(&request, &shared) else { return reply::bad_key() };
    let url = format!("{}{}", shared.origin, pending.path());
    let answer = json!({ "access_url": url, "uploadId": pending.id });
    shared.write(|world| world.uploads.begin(pending));
    reply::json(200, None, &answer)
}

pub(super) async fn put_begun_part(
    request: HttpRequest,
    path: Path<(String, String, String, u32)>,
    body: Bytes,
    shared: Data<Shared>,
) -> HttpResponse {
    if !bears_token(&request, &shared) {
        return reply::bad_key();
    }
    let (_, _, id, number) = path.into_inner();
    take_part(&shared, &id, number, body)
}

pub(super) async fn complete_begun(
    request: HttpRequest,
    path: Path<(String, String, String)>,
    body: Bytes,
    shared: Data<Shared>,
) -> HttpResponse {
    if !bears_token(&request, &shared) {
        return reply::bad_key();
    }
    complete(&shared, &path.2, &body)
}

/// An upload described by its headers, if they carry the token.
fn begun(request: &HttpRequest, shared: &Shared) -> Option<Pending> {
    let header = |name: &str| Some(request.headers().get(name)?.to_str().ok()?.to_owned());
    let name = header("x-fal-file-name").unwrap_or_else(|| "upload.bin".to_owned());
    let kind = header(CONTENT_TYPE.as_str()).unwrap_or_default();
    bears_token(request, shared).then(|| Pending::new(&name, &kind, lifecycle(request)))
}

fn bears_token(request: &HttpRequest, shared: &Shared) -> bool {
    let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    given.and_then(|value| value.strip_prefix("Bearer ")) == Some(bearer(shared).as_str())
}

fn bearer(shared: &Shared) -> String {
    hex::encode(Sha256::digest(format!("fal stand-in token {}", shared.key)))
}
