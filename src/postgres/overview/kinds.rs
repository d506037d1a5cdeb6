//! What is in progress, by kind of paid job.

use super::{At, moment, typical, watcher};
use std::time::Duration;
use tokio_postgres::Row;
use uuid::Uuid;

/// Every value of the label `kind` of a metric. Rows of a newer version may carry other words, which
/// count as the last of these: a label has few values, all known in advance.
pub const KINDS: [&str; 3] = ["training", "generation", "other"];

/// The word for a kind in metrics: one of [`KINDS`].
#[must_use]
pub fn known_kind(word: &str) -> &'static str {
    KINDS.into_iter().find(|known| *known == word).unwrap_or("other")
}

/// What is waiting about the jobs of one kind, and since when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfKind {
    /// The kind's word.
    pub kind: String,
    /// Stored webhooks about its jobs that are not processed.
    pub unheard: i64,
    /// When the oldest of them came.
    pub unheard_since: Option<At>,
    /// Jobs whose shard no living instance holds.
    pub unwatched: i64,
    /// Since when the last of those shards has been free.
    pub unwatched_since: Option<At>,
    /// Jobs whose work crashed the process too often.
    pub parked: i64,
    /// Submits of which it is unknown whether the provider has the job.
    pub doubts: i64,
    /// When the oldest of them was sent.
    pub doubts_since: Option<At>,
}

/// All kinds together.
#[must_use]
pub fn of_all_kinds(kinds: &[OfKind]) -> OfKind {
    kinds.iter().fold(OfKind::default(), |all, one| OfKind {
        kind: String::new(),
        unheard: all.unheard + one.unheard,
        unheard_since: all.unheard_since.into_iter().chain(one.unheard_since).min(),
        unwatched: all.unwatched + one.unwatched,
        unwatched_since: all.unwatched_since.max(one.unwatched_since),
        parked: all.parked + one.parked,
        doubts: all.doubts + one.doubts,
        doubts_since: all.doubts_since.into_iter().chain(one.doubts_since).min(),
    })
}

/// One job in flight that is no training.
#[derive(Clone, Debug)]
pub struct OtherJob {
    /// Its id.
    pub id: Uuid,
    /// The word of its kind.
    pub kind: String,
    /// How far it is, in the words of `job_stage`.
    pub stage: String,
    /// Its place in the provider's queue.
    pub queue_position: Option<i32>,
    /// When it was started.
    pub started_at: At,
    /// When the provider was last asked.
    pub looked_at: Option<At>,
    /// The typical range of recent durations, if there are enough of them.
    pub typical: Option<(Duration, Duration)>,
    /// The last event: when, source, kind.
    pub said: Option<(At, String, String)>,
    /// The instance that watches it.
    pub watcher: Option<Uuid>,
    /// It takes far longer than typical.
    pub late: bool,
    /// Jobs of its kind in flight.
    pub total: i64,
    /// How many of them take far longer than typical.
    pub overdue: i64,
}

impl OfKind {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            kind: row.get("kind"),
            unheard: row.get("unheard"),
            unheard_since: moment(row, "unheard_since"),
            unwatched: row.get("unwatched"),
            unwatched_since: moment(row, "unwatched_since"),
            parked: row.get("parked"),
            doubts: row.get("doubts"),
            doubts_since: moment(row, "doubts_since"),
        }
    }
}

impl OtherJob {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            kind: row.get("kind"),
            stage: row.get("stage"),
            queue_position: row.get("queue_position"),
            started_at: row.get("started_at"),
            looked_at: moment(row, "looked_at"),
            typical: typical(row),
            said: moment(row, "said_at").map(|at| (at, row.get("source"), row.get("said_kind"))),
            watcher: watcher(row),
            late: row.get("late"),
            total: row.get("total"),
            overdue: row.get("overdue"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_a_newer_version_counts_as_other() {
        assert_eq!(known_kind("generation"), "generation");
        assert_eq!(known_kind("voice"), "other");
    }

    #[test]
    fn all_kinds_wait_since_the_oldest_of_them() {
        let at = |seconds| At::from_timestamp(seconds, 0);
        let of = |unheard, since, doubts| OfKind {
            unheard,
            unheard_since: since,
            doubts,
            ..OfKind::default()
        };
        let all = of_all_kinds(&[of(2, at(50), 0), of(1, at(20), 3), of(0, None, 1)]);
        assert_eq!((all.unheard, all.unheard_since, all.doubts), (3, at(20), 4));
        assert_eq!(of_all_kinds(&[]), OfKind::default());
    }
}
