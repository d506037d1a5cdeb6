//! Photos that come together are one action: each is taken as it comes, and the last one is
//! answered.
//!
//! Telegram sends an album as single messages without an end mark, so only a pause shows the end.
//! The update that waits for the pause stays unhandled until it is answered: after a crash it is
//! repeated, and the answer still comes. Any earlier update gets no answer only because another one
//! is stored after it.

use super::lines::Behind;
use std::time::Duration;
use tokio::sync::watch;

/// Silence after which an album counts as complete.
///
/// Telegram has all of it before it delivers the first part, and delivers it within tens of
/// milliseconds. A straggler from a slow connection merely updates the counter once more.
const PAUSE: Duration = Duration::from_millis(500);

/// What came together with an update.
#[derive(Clone, Debug)]
pub(super) struct Album {
    /// What waits after it.
    pub(super) behind: watch::Receiver<Behind>,
    /// Whether it is part of an album, so that waiting for the others makes sense.
    pub(super) in_album: bool,
}

impl Album {
    /// Whether so much waits after it that a screen would be gone before it is read.
    pub(super) fn in_crowd(&self) -> bool {
        *self.behind.borrow() == Behind::Crowd
    }

    /// Whether there is more of it, which will be answered instead.
    pub(super) async fn goes_on(&self) -> bool {
        let mut behind = self.behind.clone();
        let pause = if self.in_album { PAUSE } else { Duration::ZERO };
        let next = behind.wait_for(|behind| *behind != Behind::Nothing);
        // Nothing within the pause, or nobody left to send anything: this is the end.
        match tokio::time::timeout(pause, next).await {
            Ok(Ok(behind)) => *behind == Behind::Media,
            Ok(Err(_)) | Err(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn goes_on(in_album: bool, before: Behind, after: Option<(u64, Behind)>) -> bool {
        let sender = watch::Sender::new(before);
        let album = Album { behind: sender.subscribe(), in_album };
        let tells = async {
            if let Some((millis, behind)) = after {
                tokio::time::sleep(Duration::from_millis(millis)).await;
                sender.send_replace(behind);
            }
        };
        tokio::join!(album.goes_on(), tells).0
    }

    #[tokio::test(start_paused = true)]
    async fn only_a_pause_or_something_else_ends_it() {
        for (in_album, before, after, expected) in [
            (true, Behind::Media, None, true),
            (true, Behind::Nothing, Some((400, Behind::Media)), true),
            (true, Behind::Nothing, Some((600, Behind::Media)), false),
            (true, Behind::Nothing, Some((400, Behind::Other)), false),
            (true, Behind::Other, None, false),
            (false, Behind::Media, None, true),
            (false, Behind::Nothing, Some((1, Behind::Media)), false),
        ] {
            let seen = goes_on(in_album, before, after).await;
            assert_eq!(seen, expected, "{in_album} {before:?} {after:?}");
        }
    }
}
