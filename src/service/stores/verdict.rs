//! Whether the configured stores belong together: a pure verdict on facts, each refusal with its
//! steps.

use crate::postgres::stores::{Identity, StoreFacts};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use thiserror::Error;
use uuid::Uuid;

/// What the object store carries: whose it is, and how far its rows were when it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) store: Uuid,
    pub(super) generation: i64,
}

/// The objects that rows name, looked for in the configured store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sample {
    /// The rows name none.
    Nothing,
    /// Some are there.
    Found,
    /// None is there.
    Lost,
}

/// A private PostgreSQL in the data directory, while another database is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// None, or it is where these rows come from.
    Nothing,
    /// Nobody is in it. What carries its id was made for nobody.
    Empty(Option<Uuid>),
    /// There are people in it.
    People,
    /// Nobody knows: it could not be started.
    Unreadable(String),
}

/// Everything that the verdict is made of.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) rows: StoreFacts,
    pub(super) mark: Option<Mark>,
    pub(super) sample: Sample,
    pub(super) left: Left,
    /// The private PostgreSQL that may have been left.
    pub(super) private: PathBuf,
    /// The configured object store, in words.
    pub(super) place: String,
}

impl Facts {
    /// What the object store carries, unless it was made for a database that nobody was ever in.
    fn mark(&self) -> Option<Mark> {
        self.mark.filter(|mark| self.left != Left::Empty(Some(mark.store)))
    }
}

/// What to do with stores that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing: both carry the id.
    Join,
    /// Nothing of another's is there: let the object store carry the id.
    Claim,
    /// The rows are of a time before ids, and the objects prove that they are theirs.
    Adopt(Mark),
    /// The rows name no object: leave the former store and take this one.
    Renew,
}

/// Stores that do not belong together, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Apart {
    /// People would be left behind in the private database.
    #[error(
        "DATABASE_URL: people are in the private PostgreSQL under {}, which would be left behind; unset DATABASE_URL to go on with it, or move its rows (pg_dump, then pg_restore into an empty database; the id travels with them), or move that folder away if nobody in it is wanted", .0.display()
    )]
    PrivateLeft(PathBuf),
    /// The same, as far as anybody knows.
    #[error(
        "DATABASE_URL: there is a private PostgreSQL under {}, and who is in it cannot be told ({why}); unset DATABASE_URL to go on with it, or move that folder away if nobody in it is wanted", .path.display()
    )]
    PrivateUnreadable {
        /// Where.
        path: PathBuf,
        /// Why it cannot be looked into.
        why: String,
    },
    /// The object store is another database's.
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
        /// Where they were when they were last seen.
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
        // Whoever lives on these rows keeps objects where they are.
        None if !facts.rows.names_objects && !facts.rows.lives => Ok(Step::Renew),
        None => Err(elsewhere(facts, Some(identity))),
    }
}

/// No object store carries the id yet: the first start, or one that died in the middle, or the
/// first of a version that knows ids, or rows from a dump of one that did not.
fn judge_unclaimed(facts: &Facts, id: Uuid) -> Result<Step, Apart> {
    match (facts.mark(), facts.sample) {
        (Some(mark), _) if mark.store == id => Ok(Step::Claim),
        (Some(mark), Sample::Found) => Ok(Step::Adopt(mark)),
        (Some(mark), Sample::Nothing | Sample::Lost) => Err(other(facts, mark, id)),
        // Before the service has run, nobody can have put an object anywhere.
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
