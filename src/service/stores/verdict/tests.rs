//! The verdict, fact by fact.

use super::*;

const OURS: Uuid = Uuid::from_u128(1);
const THEIRS: Uuid = Uuid::from_u128(2);

/// A database in use, with its objects where they belong.
fn typical() -> Facts {
    let place = "files under /data/objects".to_owned();
    let identity =
        Identity { id: OURS, claimed: true, place: place.clone(), generation: 7, fal_user: None };
    Facts {
        rows: StoreFacts {
            identity: Some(identity),
            people: true,
            names_objects: true,
            served: true,
            lives: false,
        },
        mark: Some(Mark { store: OURS, generation: 7 }),
        sample: Sample::Nothing,
        left: Left::Nothing,
        private: "/data/postgres".into(),
        place,
    }
}

/// The very first start.
fn fresh() -> Facts {
    let mut facts = typical();
    facts.rows = StoreFacts {
        identity: Some(Identity { claimed: false, ..facts.rows.identity.unwrap() }),
        people: false,
        names_objects: false,
        served: false,
        lives: false,
    };
    Facts { mark: None, ..facts }
}

/// The first start of a version with ids.
fn upgraded(sample: Sample) -> Facts {
    let mut facts = typical();
    if let Some(identity) = &mut facts.rows.identity {
        identity.claimed = false;
    }
    Facts { mark: None, sample, ..facts }
}

fn with(mut facts: Facts, change: impl FnOnce(&mut Facts)) -> Facts {
    change(&mut facts);
    facts
}

const OTHER: Option<Mark> = Some(Mark { store: THEIRS, generation: 3 });

#[test]
fn what_belongs_together_starts() {
    for (what, facts, expected) in [
        ("as always", typical(), Step::Join),
        ("everything fresh", fresh(), Step::Claim),
        ("nobody has asked for an id yet", with(fresh(), |f| f.rows.identity = None), Step::Claim),
        ("died between mark and row", with(fresh(), |f| f.mark = typical().mark), Step::Claim),
        ("an upgrade that finds its objects", upgraded(Sample::Found), Step::Claim),
        (
            "after a private database that nobody was in",
            with(fresh(), |f| (f.mark, f.left) = (OTHER, Left::Empty(Some(THEIRS)))),
            Step::Claim,
        ),
        ("an upgrade without objects", upgraded(Sample::Nothing), Step::Claim),
        (
            "rows inserted before the first start",
            with(upgraded(Sample::Lost), |f| f.rows.served = false),
            Step::Claim,
        ),
        (
            "a dump of a time before ids, and its objects",
            with(upgraded(Sample::Found), |f| f.mark = OTHER),
            Step::Adopt(OTHER.unwrap()),
        ),
        (
            "a bucket is named before there is any object",
            with(typical(), |f| (f.mark, f.rows.names_objects) = (None, false)),
            Step::Renew,
        ),
    ] {
        assert_eq!(judge(&facts), Ok(expected), "{what}");
    }
}

#[test]
fn what_does_not_belong_together_is_refused_with_the_steps() {
    for (what, facts, words) in [
        (
            "another database, and people in the private one",
            with(fresh(), |f| f.left = Left::People),
            "unset DATABASE_URL to go on with it",
        ),
        (
            "a private one that cannot be looked into",
            with(typical(), |f| f.left = Left::Unreadable("no postgres".to_owned())),
            "no postgres",
        ),
        (
            "the folder of another",
            with(typical(), |f| f.mark = OTHER),
            "belong to another database",
        ),
        (
            "an empty database beside objects",
            with(fresh(), |f| f.mark = OTHER),
            "belong to another database",
        ),
        (
            "a bucket later, or a second machine with files",
            with(typical(), |f| f.mark = None),
            "kept elsewhere: files under /data/objects",
        ),
        (
            "a second machine beside a living first one",
            with(typical(), |f| (f.mark, f.rows.names_objects, f.rows.lives) = (None, false, true)),
            "kept elsewhere",
        ),
        ("an upgrade and a bucket at once", upgraded(Sample::Lost), "in another folder or bucket"),
    ] {
        let said = judge(&facts).expect_err(what).to_string();
        assert!(said.contains(words) && said.contains(';'), "{what}: {said}");
    }
}
