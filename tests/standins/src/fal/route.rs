//! The URLs of the queue.

use actix_web::HttpRequest;

use super::faults::Kind;

/// What a URL of an accepted job asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    Status,
    Stream,
    Result,
    Cancel,
}

/// `/[namespace/]owner/alias[/path…]/requests/{id}[/status | /status/stream | /cancel]`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct JobUrl<'a> {
    pub(super) app: String,
    pub(super) id: &'a str,
    pub(super) ask: Ask,
}

impl<'a> JobUrl<'a> {
    /// Also reads the long forms that FAL's schemas print: with the sub-path, with `/response`
    /// after the id, with a trailing slash.
    pub(super) fn parse(path: &'a str) -> Option<Self> {
        let (endpoint, rest) = path.trim_matches('/').split_once("/requests/")?;
        let (id, tail) = rest.split_once('/').unwrap_or((rest, ""));
        let ask = match tail {
            "" | "response" => Ask::Result,
            "status" => Ask::Status,
            "status/stream" => Ask::Stream,
            "cancel" => Ask::Cancel,
            _ => return None,
        };
        Some(Self { app: app_of(endpoint)?, id, ask })
    }

    pub(super) const fn kind(&self) -> Kind {
        match self.ask {
            Ask::Status | Ask::Stream => Kind::Status,
            Ask::Result => Kind::Result,
            Ask::Cancel => Kind::Cancel,
        }
    }
}

/// Owner and alias, with the namespace if there is one: the part of an endpoint id that URLs keep.
pub(super) fn app_of(endpoint: &str) -> Option<String> {
    let parts: Vec<&str> = endpoint.split('/').collect();
    let kept = if matches!(parts[0], "workflows" | "comfy") { 3 } else { 2 };
    (parts.len() >= kept && parts.iter().all(|part| !part.is_empty()))
        .then(|| parts[..kept].join("/"))
}

/// A parameter of the query, decoded.
pub(super) fn query(request: &HttpRequest, name: &str) -> Option<String> {
    url::form_urlencoded::parse(request.query_string().as_bytes())
        .find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_jobs_are_read_in_short_and_in_long_form() {
        let parsed = |path| JobUrl::parse(path).map(|url| (url.app, url.id.to_owned(), url.ask));
        let job = |app: &str, ask| Some((app.to_owned(), "7".to_owned(), ask));
        assert_eq!(parsed("/fal-ai/flux-pro/requests/7"), job("fal-ai/flux-pro", Ask::Result));
        assert_eq!(
            parsed("/fal-ai/flux-pro/v1.1-ultra/requests/7/status/"),
            job("fal-ai/flux-pro", Ask::Status)
        );
        assert_eq!(parsed("/a/b/requests/7/status/stream"), job("a/b", Ask::Stream));
        assert_eq!(parsed("/a/b/requests/7/cancel"), job("a/b", Ask::Cancel));
        assert_eq!(parsed("/workflows/a/b/c/requests/7"), job("workflows/a/b", Ask::Result));
        assert_eq!(parsed("/a/requests/7"), None);
        assert_eq!(parsed("/a/b/requests/7/other"), None);
        assert_eq!(parsed("/a/b"), None);
    }
}
