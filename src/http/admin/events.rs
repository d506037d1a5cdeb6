//! `GET /admin/events`: pushes the page's sections when they change.

use super::desk::{Desk, Follower};
use super::facts::Facts;
use super::sections;
use super::texts::Texts;
use actix_web::web::Bytes;
use futures_util::{Stream, stream};
use serde_json::json;
use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// Most live pages at the same time; a team has that many tabs.
pub(super) const PAGES: usize = 32;

/// Interval of keep-alives, for proxies that cut silent connections.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// What every live page needs.
#[derive(Clone, Debug)]
pub(super) struct Live {
    pub(super) room: Arc<Semaphore>,
    pub(super) stop: CancellationToken,
}

struct Page {
    follower: Follower,
    texts: &'static Texts,
    /// What the page shows, without the times, which change by themselves.
    shown: HashMap<&'static str, String>,
    begun: bool,
    stop: CancellationToken,
    _room: OwnedSemaphorePermit,
}

/// The events of one page, until it is closed or the service stops.
pub(super) fn events(
    desk: &Desk,
    texts: &'static Texts,
    stop: CancellationToken,
    room: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<Bytes, Infallible>> + use<> {
    let shown = HashMap::new();
    let follower = desk.follow();
    let page = Page { follower, texts, shown, begun: false, stop, _room: room };
    stream::unfold(page, |mut page| async move {
        let stop = page.stop.clone();
        let text = stop.run_until_cancelled(page.next()).await??;
        Some((Ok(Bytes::from(text)), page))
    })
}

impl Page {
    /// The next event; `None` when there will be no more.
    async fn next(&mut self) -> Option<String> {
        if !self.begun {
            self.begun = true;
            let latest = self.follower.latest();
            return Some(latest.map_or_else(|| ":\n\n".to_owned(), |facts| self.news(&facts)));
        }
        loop {
            match tokio::time::timeout(SIGN_OF_LIFE, self.follower.next()).await {
                Err(_) => return Some(":\n\n".to_owned()),
                Ok(None) => return None,
                Ok(Some(facts)) => {
                    let news = self.news(&facts);
                    if !news.is_empty() {
                        return Some(news);
                    }
                }
            }
        }
    }

    fn news(&mut self, facts: &Facts) -> String {
        let mut news = String::new();
        for (id, markup) in sections::all(facts, self.texts) {
            let html = markup.into_string();
            let still = without_times(&html);
            if self.shown.get(id) == Some(&still) {
                continue;
            }
            self.shown.insert(id, still);
            let data = json!({ "id": id, "html": html });
            // Writing into a string does not fail; JSON has no line breaks.
            if writeln!(news, "event: section\ndata: {data}\n").is_err() {}
        }
        news
    }
}

/// The markup without the text of its times.
fn without_times(html: &str) -> String {
    let mut still = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once("<time") {
        still.push_str(before);
        still.push_str("<time");
        let (head, after) = after.split_once('>').unwrap_or((after, ""));
        still.push_str(head);
        rest = after.split_once("</time>").map_or("", |(_, rest)| rest);
    }
    still.push_str(rest);
    still
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_that_only_grows_older_is_no_news() {
        let before = "<p><time datetime=\"a\">1 s ago</time> <b>x</b> <time>3 s</time></p>";
        let after = "<p><time datetime=\"a\">2 s ago</time> <b>x</b> <time>4 s</time></p>";
        assert_eq!(without_times(before), without_times(after));
        assert_ne!(without_times(before), without_times(&before.replace("\"a\"", "\"b\"")));
        assert_ne!(without_times(before), without_times(&before.replace('x', "y")));
    }
}
