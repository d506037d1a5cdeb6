//! Runs before all routes: records each request, and breaks it if that was ordered.

use std::{
    any::Any,
    io,
    net::{Shutdown, TcpStream},
    os::fd::AsFd,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, MessageBody, SizedStream, to_bytes},
    dev::{Extensions, ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header::CONTENT_TYPE},
    middleware::Next,
    rt,
    web::Data,
};
use futures_util::{StreamExt as _, stream};

use super::{
    faults::{Fault, Kind},
    ledger::Request,
    reply,
    route::JobUrl,
    shared::Shared,
    webhook,
};

/// The connection of a request, for closing it without an answer.
#[derive(Debug)]
struct Wire(TcpStream);

/// Keeps a second handle of each connection, for [`Fault::Refuse`] and [`Fault::DropReply`].
pub(super) fn remember_wire(connection: &dyn Any, data: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<rt::net::TcpStream>() else { return };
    if let Ok(owned) = stream.as_fd().try_clone_to_owned() {
        data.insert(Arc::new(Wire(owned.into())));
    }
}

/// Records each request and breaks it if that was ordered.
pub(super) async fn apply(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let kind = kind_of(request.method(), request.path());
    let fault = request.app_data::<Data<Shared>>().and_then(|shared| {
        shared.write(|world| {
            let fault = kind.and_then(|kind| world.faults.take(kind));
            world.ledger.requests.push(Request {
                at: Instant::now(),
                kind,
                method: request.method().to_string(),
                target: request.uri().to_string(),
                spoiled: fault.is_some(),
            });
            fault
        })
    });
    let Some(fault) = fault else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let answer = match fault {
        Fault::Refuse => {
            hang_up(&request);
            HttpResponse::ServiceUnavailable().finish()
        }
        Fault::Answer { status, body, request_id } => {
            let id = request_id.then(|| uuid::Uuid::now_v7().to_string());
            reply::json(status, id.as_deref(), &body)
        }
        Fault::Nginx(status) => nginx(status),
        Fault::NginxAfter(status) => {
            let response = next.call(request).await?;
            let request = response.into_parts().0;
            return Ok(ServiceResponse::new(request, nginx(status)));
        }
        Fault::Html => page(200, "<html><body><h1>It works!</h1></body></html>".to_owned()),
        Fault::Redirect(to) => HttpResponse::Found().insert_header(("location", to)).finish(),
        Fault::DropReply => {
            let response = next.call(request).await?;
            if let Some(wire) = response.request().conn_data::<Arc<Wire>>() {
                close(wire);
            }
            return Ok(response.map_into_boxed_body());
        }
        Fault::Slow(delay) => {
            let response = next.call(request).await?.map_into_boxed_body();
            tokio::time::sleep(delay).await;
            return Ok(response);
        }
        Fault::Crossed => {
            let ask = JobUrl::parse(request.path()).map(|url| url.id.to_owned());
            let shared = request.app_data::<Data<Shared>>().cloned();
            let response = next.call(request).await?.map_into_boxed_body();
            if let (Some(shared), Some(id)) = (shared, ask) {
                drop(webhook::send(&shared, &id).await); // Written down in the ledger.
            }
            return Ok(response);
        }
        Fault::CutOff => return halve(next.call(request).await?, Rest::Never).await,
        Fault::Short => return halve(next.call(request).await?, Rest::Concealed).await,
        Fault::Stall(pause) => return halve(next.call(request).await?, Rest::After(pause)).await,
    };
    Ok(request.into_response(answer))
}

fn kind_of(method: &Method, path: &str) -> Option<Kind> {
    if path == "/.well-known/jwks.json" {
        return Some(Kind::Jwks);
    }
    if path.starts_with("/files/") && (method == Method::GET || method == Method::HEAD) {
        return (!path.starts_with("/files/b/")).then_some(Kind::File);
    }
    if ["/files/", "/storage/", "/upload/"].iter().any(|prefix| path.starts_with(prefix)) {
        return Some(Kind::Upload);
    }
    if path.starts_with("/v1/models/requests/") {
        let deletes = method == Method::DELETE;
        return Some(if deletes { Kind::Payloads } else { Kind::History });
    }
    match (JobUrl::parse(path), method) {
        (Some(url), _) => Some(url.kind()),
        (None, &Method::POST) => Some(Kind::Submit),
        (None, _) => None,
    }
}

fn hang_up(request: &ServiceRequest) {
    if let Some(wire) = request.conn_data::<Arc<Wire>>() {
        close(wire);
    }
}

fn close(wire: &Wire) {
    // Fails only if the other side was quicker, and then it is closed too.
    drop(wire.0.shutdown(Shutdown::Both));
}

fn nginx(status: u16) -> HttpResponse {
    let reason = StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason());
    let title = format!("{status} {}", reason.unwrap_or("Error"));
    page(
        status,
        format!(
            "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1>\
             </center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        ),
    )
}

fn page(status: u16, text: String) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    HttpResponse::build(status).content_type("text/html").body(text)
}

/// What happens to the second half of a body.
enum Rest {
    /// It was announced but does not come.
    Never,
    /// It was not even announced.
    Concealed,
    /// It comes later.
    After(Duration),
}

/// Sends the first half of a body, and the second as ordered.
async fn halve(
    response: ServiceResponse<impl MessageBody + 'static>,
    rest: Rest,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let (request, response) = response.map_into_boxed_body().into_parts();
    let (head, body) = response.into_parts();
    let whole = to_bytes(body).await.unwrap_or_default();
    let (half, second) = (whole.slice(..whole.len() / 2), whole.slice(whole.len() / 2..));
    let mut answer = HttpResponse::build(head.status());
    for (name, value) in head.headers().iter().filter(|(name, _)| *name == CONTENT_TYPE) {
        answer.insert_header((name.clone(), value.clone()));
    }
    let announced = u64::try_from(whole.len()).unwrap_or(u64::MAX);
    let pause = match rest {
        Rest::Concealed => return Ok(ServiceResponse::new(request, answer.body(half))),
        Rest::Never => None,
        Rest::After(pause) => Some(pause),
    };
    let second = stream::once(async move {
        let Some(pause) = pause else { return Err(io::Error::other("cut off")) };
        tokio::time::sleep(pause).await;
        Ok(second)
    });
    let first = stream::once(std::future::ready(Ok(half)));
    let body = SizedStream::new(announced, Box::pin(first.chain(second)));
    Ok(ServiceResponse::new(request, answer.body(body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_from_the_path() {
        let kind = |method: Method, path| kind_of(&method, path);
        assert_eq!(kind(Method::POST, "/fal-ai/flux-lora"), Some(Kind::Submit));
        assert_eq!(kind(Method::GET, "/a/b/requests/1/status"), Some(Kind::Status));
        assert_eq!(kind(Method::GET, "/a/b/requests/1"), Some(Kind::Result));
        assert_eq!(kind(Method::PUT, "/a/b/requests/1/cancel"), Some(Kind::Cancel));
        assert_eq!(kind(Method::GET, "/files/panda/x.safetensors"), Some(Kind::File));
        assert_eq!(kind(Method::GET, "/files/b/x.zip"), None);
        assert_eq!(kind(Method::POST, "/files/upload"), Some(Kind::Upload));
    }
}
