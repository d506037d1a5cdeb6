//! The operator's door: the supervision tree, and what was counted.

use crate::metrics::Meters;
use actix::Addr;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{Data, ServiceConfig};
use actix_web::{Error, HttpResponse, web};
use actors::root::RootSupervisor;
use actors::supervisor::{Census, Node};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// The token, if one is set. Without one the listener is on loopback.
#[derive(Clone, Debug)]
pub(super) struct Key(pub(super) Option<SecretString>);

pub(super) fn routes(config: &mut ServiceConfig) {
    let scope = web::scope("/admin")
        .wrap(from_fn(guard))
        .route("", web::get().to(page))
        .route("/api/tree", web::get().to(tree));
    config.service(scope);
    let metrics = web::resource("/metrics").wrap(from_fn(guard)).route(web::get().to(metrics));
    config.service(metrics);
}

/// Lets in who has the token, as a bearer or as the password of HTTP basic.
async fn guard<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let key = request.app_data::<Data<Key>>().and_then(|key| key.0.clone());
    let given = request.headers().get("Authorization").and_then(|value| value.to_str().ok());
    let allowed = match key {
        None => true,
        Some(key) => given.and_then(credential).is_some_and(|given| same(&given, &key)),
    };
    if allowed {
        return next.call(request).await.map(ServiceResponse::map_into_left_body);
    }
    let refusal = HttpResponse::Unauthorized()
        .insert_header(("WWW-Authenticate", "Basic realm=\"aisha\", charset=\"UTF-8\""))
        .body("the token is AISHA_ADMIN_TOKEN, as a bearer or as the password\n");
    Ok(request.into_response(refusal).map_into_right_body())
}

fn credential(header: &str) -> Option<String> {
    if let Some(token) = header.strip_prefix("Bearer ") {
        return Some(token.to_owned());
    }
    let decoded = STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
    let pair = String::from_utf8(decoded).ok()?;
    pair.split_once(':').map(|(_, password)| password.to_owned())
}

/// Compares digests, so that the time taken tells nothing about the token.
fn same(given: &str, key: &SecretString) -> bool {
    Sha256::digest(given) == Sha256::digest(key.expose_secret())
}

async fn tree(root: Data<Addr<RootSupervisor>>) -> HttpResponse {
    match root.send(Census).await {
        Ok(nodes) => HttpResponse::Ok().json(nodes.into_iter().next()),
        Err(_) => HttpResponse::ServiceUnavailable().body("the supervisor does not answer\n"),
    }
}

async fn metrics(meters: Data<Meters>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(meters.text())
}

/// The tree as text, for a person without a tool.
async fn page(root: Data<Addr<RootSupervisor>>) -> HttpResponse {
    match root.send(Census).await {
        Ok(nodes) => {
            let text: String = nodes.iter().map(|node| as_text(node, 0)).collect();
            HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text)
        }
        Err(_) => HttpResponse::ServiceUnavailable().body("the supervisor does not answer\n"),
    }
}

fn as_text(node: &Node, depth: usize) -> String {
    let state = format!("{:?}", node.state).to_lowercase();
    let indent = "  ".repeat(depth);
    let line = format!("{indent}{} {state}, restarts {}\n", node.name, node.restarts);
    let children = node.children.iter().map(|child| as_text(child, depth + 1));
    std::iter::once(line).chain(children).collect()
}
