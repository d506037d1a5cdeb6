//! FAL's platform: the request history, and the deletion of what FAL stored for a request.

mod page;

use super::wire::{Answer, ask};
use super::{Fal, answers};
use actors::avatar::RequestId;
use actors::ports::{DeleteAnswer, History};
use chrono::{DateTime, SecondsFormat, Utc};
pub(super) use page::Mark;
use page::{Item, Page, page};
use reqwest::{Method, StatusCode};
use std::collections::HashSet;
use std::time::Duration;
use url::Url;

/// More than the clocks of FAL and of our database differ, and more than a submit takes with all
/// its timeouts.
const WINDOW: Duration = Duration::from_mins(2);

/// Requests per page; FAL gives no more.
const PAGE: usize = 100;

/// Most pages we read: two thousand requests since the submit. If there are more, the list proves
/// nothing.
const PAGES: usize = 20;

/// Pause between two pages, so that one lookup stays within FAL's ten requests a second.
const PAUSE: Duration = Duration::from_millis(100);

/// Longest wait for one page; with payloads it takes longer than a status.
const ANSWER: Duration = Duration::from_secs(30);

impl Fal {
    /// All requests to this endpoint since shortly before the submit. Only the start bounds the
    /// list, so it contains our request whether FAL counts from the submit or from the end.
    pub(super) async fn read_history(
        &self,
        endpoint: &str,
        mark: Mark<'_>,
        sent_at: DateTime<Utc>,
    ) -> History {
        let mut items: Vec<Item> = Vec::new();
        let mut cursor = None;
        for n in 0..PAGES {
            if n > 0 {
                tokio::time::sleep(PAUSE).await;
            }
            let Some(url) = self.history_url(endpoint, sent_at, PAGE, cursor.as_deref()) else {
                return History::Unreachable { why: "FAL_PLATFORM_URL takes no path".to_owned() };
            };
            match self.read_page(url, mark).await {
                Ok(Page { items: more, next }) => {
                    items.extend(more);
                    cursor = next;
                }
                Err(history) => return history,
            }
            if cursor.is_none() {
                return sorted(items, sent_at);
            }
        }
        // A request that was found is found; only its absence would need the remaining pages.
        match sorted(items, sent_at) {
            found @ History::Read { .. } if names(&found) => found,
            History::Read { .. } | History::Unreachable { .. } | History::Refused { .. } => {
                History::Unreachable { why: format!("more than {PAGES} pages of requests") }
            }
        }
    }

    async fn read_page(&self, url: Url, mark: Mark<'_>) -> Result<Page, History> {
        let answer = match ask(self.request(Method::GET, url).timeout(ANSWER)).await {
            Ok(answer) => answer,
            Err(none) => return Err(History::Unreachable { why: none.words() }),
        };
        if refuses(&answer) {
            return Err(History::Refused { why: answer.words() });
        }
        let page =
            answer.json().filter(|_| answer.status.is_success()).and_then(|body| page(body, mark));
        page.ok_or_else(|| History::Unreachable { why: answer.words() })
    }

    /// Asks for any one request: FAL answers only if we may read the history.
    pub(super) async fn ask_history(&self, patience: Duration) -> Option<Result<Answer, String>> {
        let endpoint = self.catalogue.endpoints().first().map(|name| (*name).to_owned())?;
        let url = self.history_url(&endpoint, Utc::now() - WINDOW, 1, None)?;
        let asked = ask(self.request(Method::GET, url).timeout(patience)).await;
        Some(asked.map_err(super::wire::NoAnswer::words))
    }

    fn history_url(
        &self,
        endpoint: &str,
        sent_at: DateTime<Utc>,
        limit: usize,
        cursor: Option<&str>,
    ) -> Option<Url> {
        let mut url = self.settings.platform.clone();
        let path = ["v1", "models", "requests", "by-endpoint"];
        url.path_segments_mut().ok()?.pop_if_empty().extend(path);
        let start = (sent_at - WINDOW).to_rfc3339_opts(SecondsFormat::Secs, true);
        url.query_pairs_mut()
            .append_pair("endpoint_id", endpoint)
            .append_pair("start", &start)
            .append_pair("limit", &limit.to_string())
            .append_pair("expand", "payloads");
        if let Some(cursor) = cursor {
            url.query_pairs_mut().append_pair("cursor", cursor);
        }
        Some(url)
    }

    pub(super) async fn delete_stored(&self, request: &RequestId) -> DeleteAnswer {
        let Some(url) = self.payloads_url(request) else {
            return DeleteAnswer::Gone(format!("there is no address for {:?}", &*request.0));
        };
        let answer = match ask(self.request(Method::DELETE, url)).await {
            Ok(answer) => answer,
            Err(none) => return DeleteAnswer::Unreachable { why: none.words() },
        };
        let words = || format!("HTTP {}", answer.status.as_u16());
        match answer.status {
            status if status.is_success() => DeleteAnswer::Gone(words()),
            // FAL's own 404; a gateway's is an HTML page.
            StatusCode::NOT_FOUND if answer.of_fal() => DeleteAnswer::Gone(words()),
            _ if refuses(&answer) => DeleteAnswer::Refused { why: answer.words() },
            _ => DeleteAnswer::Unreachable { why: answer.words() },
        }
    }

    /// A job's name comes from an answer or a webhook, so it must stay one segment of the path.
    fn payloads_url(&self, request: &RequestId) -> Option<Url> {
        let id = &*request.0;
        if matches!(id, "" | "." | "..") || id.contains(char::is_control) {
            return None;
        }
        let mut url = self.settings.platform.clone();
        let path = ["v1", "models", "requests", id, "payloads"];
        url.path_segments_mut().ok()?.pop_if_empty().extend(path);
        Some(url)
    }
}

fn refuses(answer: &Answer) -> bool {
    matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
}

fn names(history: &History) -> bool {
    matches!(history, History::Read { named, .. } if !named.is_empty())
}

/// Sorted by time of submit; pages may overlap while requests come and go.
fn sorted(mut items: Vec<Item>, sent_at: DateTime<Utc>) -> History {
    items.sort_by_key(|item| item.sent_at);
    let mut known = HashSet::new();
    items.retain(|item| known.insert(item.request.clone()));
    let window = sent_at - WINDOW..=sent_at + WINDOW;
    let (mut named, mut blank) = (Vec::new(), Vec::new());
    for item in items {
        match item.is_ours {
            Some(true) => named.push(item.request),
            None if window.contains(&item.sent_at) => blank.push(item.request),
            Some(false) | None => {}
        }
    }
    History::Read { named, blank }
}

/// The name of a request, if we can keep it.
fn usable(id: &str) -> Option<RequestId> {
    answers::usable_id(id)
}
