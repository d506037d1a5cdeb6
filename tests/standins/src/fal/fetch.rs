//! Downloads what an input points to, as FAL's runners do.

use std::time::Duration;

use actix_web::web::Bytes;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{StatusCode, header::LOCATION};
use serde_json::Value;
use url::Url;

use super::{check::refused, record::Outcome, shared::Shared};

/// A download that takes longer fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// Most redirects followed.
const HOPS: usize = 5;

/// The bytes behind an `http`, `https` or `data` URL.
pub(super) async fn fetch(shared: &Shared, field: &str, url: &str) -> Result<Bytes, Outcome> {
    download(shared, url).await.map_err(|why| {
        let message = format!("Failed to download the file: {why}");
        refused(field, &message, "file_download_error", Some(&Value::from(url)), None)
    })
}

pub(super) async fn download(shared: &Shared, text: &str) -> Result<Bytes, String> {
    let mut url = Url::parse(text).map_err(|error| error.to_string())?;
    for _ in 0..=HOPS {
        match url.scheme() {
            "http" | "https" => {}
            "data" => return inline(url.path()),
            other => return Err(format!("scheme {other:?} is not supported")),
        }
        let request = shared.web.get(url.clone()).timeout(PATIENCE);
        let response = request.send().await.map_err(|error| error.to_string())?;
        if response.status().is_redirection() {
            let to = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let to = to.ok_or("redirect to nowhere")?;
            url = url.join(to).map_err(|error| error.to_string())?;
            continue;
        }
        if response.status() != StatusCode::OK {
            return Err(format!("HTTP status {}", response.status()));
        }
        return response.bytes().await.map_err(|error| error.to_string());
    }
    Err("too many redirects".to_owned())
}

/// The part of a data URL after its scheme: `[type][;base64],data`.
fn inline(rest: &str) -> Result<Bytes, String> {
    let (head, data) = rest.split_once(',').ok_or("malformed data URL")?;
    if !head.ends_with(";base64") {
        return Err("data URL without base64".to_owned());
    }
    STANDARD.decode(data).map(Bytes::from).map_err(|error| error.to_string())
}
