//! Whether the configured stores belong together: a pure function of the facts. Each refusal lists
//! its steps.

use crate::postgres::stores::{Identity, StoreFacts};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use thiserror::Error;
use uuid::Uuid;

/// The object store's mark: whose it is, and the generation of the rows when it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) store: Uuid,
    pub(super) generation: i64,
}

/// Whether the objects that rows name exist in the configured store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sample {
    /// The rows name none.
    Nothing,
    /// Some exist.
    Found,
    /// None exists.
    Lost,
}

/// A private PostgreSQL in the data directory although another database is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// There is none, or these rows come from it.
    Nothing,
    /// It has no people. A mark with its id was made for nobody.
    Empty(Option<Uuid>),
    /// It has people.
    People,
    /// Unknown: it could not be started.
    Unreadable(String),
}

/// Everything that the verdict depends on.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) rows: StoreFacts,
    pub(super) mark: Option<Mark>,
    pub(super) sample: Sample,
    pub(super) left: Left,
    /// The private PostgreSQL that may have been left behind.
    pub(super) private: PathBuf,
    /// The configured object store, in words.
    pub(super) place: String,
}

impl Facts {
    /// The object store's mark, unless it belongs to a database that never had people.
    fn mark(&self) -> Option<Mark> {
        self.mark.filter(|mark| self.left != Left::Empty(Some(mark.store)))
    }
}

/// What to do with stores that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing: both carry the id.
    Join,
    /// No other database's objects are there: write our id to the object store.
    Claim,
    /// The rows are older than ids, and the objects prove that they belong to them.
    Adopt(Mark),
    /// The rows name no object: leave the former store and take this one.
    Renew,
}

/// Why stores do not belong together, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Apart {
    /// People in the private database would be left behind.
    #[error(
        "DATABASE_URL: people are in the private PostgreSQL under {}, which would be left behind; unset DATABASE_URL to go on with it, or move its rows (pg_dump, then pg_restore into an empty database; the id travels with them), or move that folder away if nobody in it is wanted", .0.display()
    )]
    PrivateLeft(PathBuf),
    /// People might be left behind, but we cannot tell.
    #[error(
        "DATABASE_URL: there is a private PostgreSQL under {}, and who is in it cannot be told ({why}); unset DATABASE_URL to go on with it, or move that folder away if nobody in it is wanted", .path.display()
    )]
    PrivateUnreadable {
        /// Where.
        path: PathBuf,
        /// Why it cannot be read.
        why: String,
    },
    /// The object store belongs to another database.
    #[error(
        "the objects in {place} belong to another database (their id is {theirs}, the database's {ours}); set DATABASE_URL and AISHA_DATA_DIR to the database of these objects, or restore its dump, or set MINIO_ENDPOINT, MINIO_BUCKET_AVATARS or AISHA_DATA_DIR to a place of this database's own"
    )]
    OtherObjects {
        /// The configured object store.
        place: String,
        /// The id that it carries.
        theirs: Uuid,
        /// The database's.
        ours: Uuid,
    },
    /// The objects are somewhere else.
    #[error(
        "the objects of this database are kept elsewhere: {known}, not {place}; name that place in MINIO_ENDPOINT and MINIO_BUCKET_AVATARS, or AISHA_DATA_DIR, on every machine, or copy everything from there, also store/id, while the service is stopped. If they are lost for good: aisha db adopt --yes"
    )]
    ObjectsElsewhere {
        /// Where they were last seen.
        known: String,
        /// The configured object store.
        place: String,
    },
}

/// Decides.
pub(super) fn judge(facts: &Facts) -> Result<Step, Apart> {
    match &facts.left {
        Left::Nothing | Left::Empty(_) => {}
        Left::People => return Err(Apart::PrivateLeft(facts.private.clone())),
        Left::Unreadable(why) => {
            let (path, why) = (facts.private.clone(), why.clone());
            return Err(Apart::PrivateUnreadable { path, why });
        }
    }
    let Some(identity) = &facts.rows.identity else {
        return judge_unclaimed(facts, Uuid::nil());
    };
    if !identity.claimed {
        return judge_unclaimed(facts, identity.id);
    }
    match facts.mark() {
        Some(mark) if mark.store == identity.id => Ok(Step::Join),
        Some(mark) => Err(other(facts, mark, identity.id)),
        // An instance running on these rows keeps objects where they are.
        None if !facts.rows.names_objects && !facts.rows.lives => Ok(Step::Renew),
        None => Err(elsewhere(facts, Some(identity))),
    }
}

/// No object store carries the id yet: the first start, or one that crashed in the middle, or the
/// first of a version with ids, or rows from a dump of a version without.
fn judge_unclaimed(facts: &Facts, id: Uuid) -> Result<Step, Apart> {
    match (facts.mark(), facts.sample) {
        (Some(mark), _) if mark.store == id => Ok(Step::Claim),
        (Some(mark), Sample::Found) => Ok(Step::Adopt(mark)),
        (Some(mark), Sample::Nothing | Sample::Lost) => Err(other(facts, mark, id)),
        // Before the service has run, nobody can have stored an object anywhere.
        (None, Sample::Lost) if facts.rows.served => Err(elsewhere(facts, None)),
        (None, _) => Ok(Step::Claim),
    }
}

fn other(facts: &Facts, mark: Mark, ours: Uuid) -> Apart {
    Apart::OtherObjects { place: facts.place.clone(), theirs: mark.store, ours }
}

fn elsewhere(facts: &Facts, identity: Option<&Identity>) -> Apart {
    let known = identity.map(|identity| identity.place.clone()).filter(|place| !place.is_empty());
    let known = known.unwrap_or_else(|| "in another folder or bucket".to_owned());
    Apart::ObjectsElsewhere { known, place: facts.place.clone() }
}

#[cfg(test)]
mod tests;
