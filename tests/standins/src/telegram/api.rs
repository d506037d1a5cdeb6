//! The HTTP side: addresses, tokens, bodies and the envelope.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use serde_json::json;

use super::{
    calls, control, lines::Line, methods::Done, params::Params, refusal::Refusal, world::Shared,
};

/// The largest body: an upload of 50 MB and what surrounds it.
const BODY_LIMIT: usize = 51 << 20;

/// The page that a proxy sends when Telegram is not there.
const BAD_GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n\
    </html>\r\n";

/// Answers any request to the stand-in.
pub(crate) async fn serve(
    request: HttpRequest,
    payload: web::Payload,
    shared: web::Data<Arc<Shared>>,
) -> HttpResponse {
    let shared = Arc::clone(&shared);
    let body = match read(payload).await {
        Ok(body) => body,
        Err(refusal) => return refused(&refusal),
    };
    let path = decoded(request.uri().path());
    if shared.options.control
        && let Some(order) = path.strip_prefix("/_control/")
    {
        return control::serve(&shared, order, &body);
    }
    let outcome = match address(&shared, &path) {
        _ if shared.lock(|world| world.stopped) => Reply::Silence,
        Ok(Address::File(file)) => calls::download(&shared, &file).await,
        Ok(Address::Method(name)) => {
            let content_type = request.headers().get(header::CONTENT_TYPE);
            let content_type = content_type.and_then(|value| value.to_str().ok());
            let query = request.uri().query().unwrap_or_default();
            match Params::read(query, content_type.unwrap_or_default(), &body) {
                Ok(params) => calls::perform(&shared, &name, params).await,
                Err(refusal) => Reply::of(Err(refusal)),
            }
        }
        Err(refusal) => Reply::of(Err(refusal)),
    };
    outcome.into_response(&request)
}

/// The target of a request.
enum Address {
    Method(String),
    File(String),
}

/// Parses an address and checks its token.
fn address(shared: &Shared, path: &str) -> Result<Address, Refusal> {
    let nowhere = || Refusal::new(404, "Not Found");
    let (is_file, rest) = match path.strip_prefix("/file/bot") {
        Some(rest) => (true, rest),
        None => (false, path.strip_prefix("/bot").ok_or_else(nowhere)?),
    };
    let (token, rest) = rest.split_once('/').ok_or_else(nowhere)?;
    if token != shared.options.token || shared.lock(|world| world.revoked) {
        // A well-formed but wrong token is refused; anything else is not a valid address at all.
        let (id, secret) = token.split_once(':').ok_or_else(nowhere)?;
        let possible = id.parse::<u64>().is_ok() && secret.len() >= 30;
        let known = token == shared.options.token;
        return Err(if possible || known { Refusal::new(401, "Unauthorized") } else { nowhere() });
    }
    let rest = rest.strip_prefix("test/").unwrap_or(rest);
    if rest.is_empty() {
        return Err(nowhere());
    }
    let rest = rest.to_owned();
    Ok(if is_file { Address::File(rest) } else { Address::Method(rest.trim_matches('/').into()) })
}

/// The answer, if there is one.
pub(crate) enum Reply {
    Answer(Result<Done, Refusal>),
    Bytes(Bytes),
    BadGateway,
    Silence,
}

impl Reply {
    pub(crate) fn of(result: Result<Done, Refusal>) -> Self {
        Self::Answer(result)
    }

    fn into_response(self, request: &HttpRequest) -> HttpResponse {
        match self {
            Self::Answer(Ok((result, description))) => {
                let mut body = json!({ "ok": true, "result": result });
                if let Some(description) = description {
                    body["description"] = json!(description);
                }
                HttpResponse::Ok().json(body)
            }
            Self::Answer(Err(refusal)) => refused(&refusal),
            Self::Bytes(bytes) => {
                HttpResponse::Ok().content_type("application/octet-stream").body(bytes)
            }
            Self::BadGateway => {
                HttpResponse::BadGateway().content_type("text/html").body(BAD_GATEWAY)
            }
            Self::Silence => {
                if let Some(line) = request.conn_data::<Arc<Line>>() {
                    line.cut();
                }
                HttpResponse::InternalServerError().force_close().finish()
            }
        }
    }
}

fn refused(refusal: &Refusal) -> HttpResponse {
    let status = StatusCode::from_u16(refusal.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    if let Some(seconds) = refusal.retry_after() {
        response.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    response.json(refusal.envelope())
}

/// Reads the whole body, unless it is larger than anything that Telegram accepts.
async fn read(mut payload: web::Payload) -> Result<Bytes, Refusal> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Refusal::bad("unexpected end of the request"))?;
        if body.len() + chunk.len() > BODY_LIMIT {
            return Err(Refusal::new(413, "Request Entity Too Large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Percent-decodes; anything that is not an escape stays as it is.
fn decoded(path: &str) -> String {
    let (bytes, mut out, mut at) = (path.as_bytes(), Vec::new(), 0);
    while let Some(byte) = bytes.get(at) {
        let hex = path.get(at + 1..at + 3).filter(|_| *byte == b'%');
        if let Some(code) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(code);
            at += 3;
        } else {
            out.push(*byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
