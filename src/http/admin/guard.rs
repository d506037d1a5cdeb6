//! Who is let in, and which forms are ours.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderMap;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use uuid::Uuid;

/// The token, if one is set. Without one the listener is on loopback.
#[derive(Clone, Debug)]
pub(super) struct Key(pub(super) Option<SecretString>);

/// A key that every form of this process carries.
///
/// A browser sends the HTTP basic password with any post that a foreign page triggers, and
/// `SameSite` does not apply to it. The foreign page cannot read our pages, so it cannot know this
/// key. Checking the origin headers would work too, but only in browsers that send them.
#[derive(Clone, Debug)]
pub(super) struct FormKey(SecretString);

impl FormKey {
    /// A new key; forms of an earlier process become stale.
    pub(super) fn new() -> Self {
        Self(Uuid::new_v4().simple().to_string().into())
    }

    /// For the hidden field.
    pub(super) fn field(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether a form's key is this one.
    pub(super) fn fits(&self, given: &str) -> bool {
        same(given, &self.0)
    }
}

/// Lets in requests with the token, as a bearer token or as the HTTP basic password.
pub(super) async fn guard<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let key = request.app_data::<Data<Key>>().and_then(|key| key.0.clone());
    let Some(key) = key else {
        if is_by_address(request.headers()) {
            return next.call(request).await.map(ServiceResponse::map_into_left_body);
        }
        let refusal = HttpResponse::Forbidden()
            .body("open this by an address such as 127.0.0.1, or set AISHA_ADMIN_TOKEN\n");
        return Ok(request.into_response(refusal).map_into_right_body());
    };
    let given = request.headers().get("Authorization").and_then(|value| value.to_str().ok());
    if given.and_then(credential).is_some_and(|given| same(&given, &key)) {
        return next.call(request).await.map(ServiceResponse::map_into_left_body);
    }
    let refusal = HttpResponse::Unauthorized()
        .insert_header(("WWW-Authenticate", "Basic realm=\"aisha\", charset=\"UTF-8\""))
        .body("the token is AISHA_ADMIN_TOKEN, as a bearer or as the password\n");
    Ok(request.into_response(refusal).map_into_right_body())
}

/// Without a token the listener trusts the machine. But a stranger could point a name at it (DNS
/// rebinding), which would make their page same-origin with ours.
fn is_by_address(headers: &HeaderMap) -> bool {
    let host = headers.get("Host").and_then(|host| host.to_str().ok());
    // HTTP/1.0 has no Host header, and no browser speaks it.
    let Some(host) = host else { return true };
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    name.is_some_and(|name| name == "localhost" || name.parse::<IpAddr>().is_ok())
}

fn credential(header: &str) -> Option<String> {
    if let Some(token) = header.strip_prefix("Bearer ") {
        return Some(token.to_owned());
    }
    let decoded = STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
    let pair = String::from_utf8(decoded).ok()?;
    pair.split_once(':').map(|(_, password)| password.to_owned())
}

/// Compares digests, so that the timing reveals nothing about the token.
fn same(given: &str, key: &SecretString) -> bool {
    Sha256::digest(given) == Sha256::digest(key.expose_secret())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HOST, HeaderValue};

    #[test]
    fn without_a_token_only_addresses_are_trusted() {
        for (host, trusted) in [
            ("127.0.0.1:8081", true),
            ("[::1]:8081", true),
            ("localhost", true),
            ("evil.example:8081", false),
            ("127.0.0.1.evil.example", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static(host));
            assert_eq!(is_by_address(&headers), trusted, "{host}");
        }
    }

    #[test]
    fn a_form_of_another_process_does_not_fit() {
        let (ours, theirs) = (FormKey::new(), FormKey::new());
        assert!(ours.fits(ours.field()) && !ours.fits(theirs.field()) && !ours.fits(""));
    }
}
