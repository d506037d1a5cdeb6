//! Photos that come together are one act: each is taken as it comes, the last one is answered.
//!
//! Telegram sends an album as single messages without an end mark, so only a pause tells it. The
//! update that pauses stays unhandled until its answer is out: a crash in between repeats it, and
//! the answer still comes. One that is not the last is silent only because another is stored behind
//! it.

use super::lines::Behind;
use std::time::Duration;
use tokio::sync::watch;

/// Silence after which an album is over.
///
/// Telegram has all of it before it tells the first, and hands it out within tens of milliseconds;
/// a straggler of a slow connection only brings the counter up to date once more.
const PAUSE: Duration = Duration::from_millis(500);

/// What came together with an update.
#[derive(Clone, Debug)]
pub(super) struct Album {
    /// What waits behind it.
    pub(super) behind: watch::Receiver<Behind>,
    /// It is one of an album, so that it is worth waiting for the others.
    pub(super) in_album: bool,
}

impl Album {
    /// Whether so much waits behind it that a screen would be gone before it is read.
    pub(super) fn in_crowd(&self) -> bool {
        *self.behind.borrow() == Behind::Crowd
    }

    /// Whether more of it is there, which will be answered instead.
    pub(super) async fn goes_on(&self) -> bool {
        let mut behind = self.behind.clone();
        let pause = if self.in_album { PAUSE } else { Duration::ZERO };
        let next = behind.wait_for(|behind| *behind != Behind::Nothing);
        // Nothing within the pause, or nobody left who could send: this is the end of it.
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
