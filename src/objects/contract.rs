//! What every object store promises, written once and tested on each.

use actors::ports::{ObjectBody, ObjectError, ObjectKey, Objects};
use bytes::Bytes;
use futures_util::future::join_all;
use std::io::Write;
use std::path::PathBuf;
use tempfile::TempDir;
use uuid::Uuid;

/// Generates a test of each promise for the stores that `$opened` opens. It returns a store and a
/// guard that keeps the store's surroundings alive.
macro_rules! keeps_the_promises {
    ($opened:path) => {
        $crate::objects::contract::keeps_the_promises! { $opened:
            what_is_put_is_got_back_until_it_is_removed,
            a_second_put_replaces_the_first,
            a_file_of_many_parts_goes_in_whole,
            a_file_that_fills_its_parts_exactly_goes_in_whole,
            nothing_at_all_is_an_object_too,
            an_object_that_is_not_there_is_missing,
            removing_what_is_not_there_is_fine,
            a_folder_is_emptied_whole_and_nothing_beside_it,
            a_key_that_we_would_not_make_is_refused,
            a_file_that_is_not_there_leaves_the_old_object,
            of_two_puts_at_once_one_wins_whole,
        }
    };
    ($opened:path: $($promise:ident,)+) => {
        $(
            #[tokio::test]
            async fn $promise() {
                let (store, world) = $opened().await;
                $crate::objects::contract::$promise(&store).await;
                drop(world);
            }
        )+
    };
}
pub(super) use keeps_the_promises;

const PART: usize = 5 << 20;

/// A key as the mirror makes them.
fn weights_key() -> ObjectKey {
    ObjectKey(format!("loras/{}/1/{}.safetensors", Uuid::new_v4(), "5e".repeat(32)))
}

fn body(text: &'static str) -> ObjectBody {
    ObjectBody::Bytes(Bytes::from_static(text.as_bytes()))
}

/// Bytes in which no two megabytes are the same.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    })
    .take(length)
    .collect()
}

fn file_of(content: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.part");
    std::fs::File::create_new(&path).unwrap().write_all(content).unwrap();
    (folder, path)
}

fn is_missing<T>(answer: &Result<T, ObjectError>) -> bool {
    matches!(answer, Err(ObjectError::Missing(_)))
}

pub(super) async fn what_is_put_is_got_back_until_it_is_removed(store: &dyn Objects) {
    let (key, neighbour) = (weights_key(), weights_key());
    store.put(&neighbour, body("neighbour")).await.unwrap();
    store.put(&key, body("weights")).await.unwrap();
    assert_eq!(store.get(&key).await.unwrap(), "weights");
    assert_eq!(store.size(&key).await.unwrap(), 7);
    store.delete(&key).await.unwrap();
    assert!(is_missing(&store.get(&key).await));
    assert!(is_missing(&store.size(&key).await));
    assert_eq!(store.get(&neighbour).await.unwrap(), "neighbour");
}

pub(super) async fn a_second_put_replaces_the_first(store: &dyn Objects) {
    let key = weights_key();
    store.put(&key, body("a long first version")).await.unwrap();
    store.put(&key, body("second")).await.unwrap();
    assert_eq!(store.get(&key).await.unwrap(), "second");
    let (_folder, path) = file_of(b"third");
    store.put(&key, ObjectBody::File(path)).await.unwrap();
    assert_eq!(store.get(&key).await.unwrap(), "third");
}

pub(super) async fn a_file_of_many_parts_goes_in_whole(store: &dyn Objects) {
    goes_in_whole(store, 12 << 20).await;
}

pub(super) async fn a_file_that_fills_its_parts_exactly_goes_in_whole(store: &dyn Objects) {
    goes_in_whole(store, PART).await;
    goes_in_whole(store, 2 * PART).await;
}

async fn goes_in_whole(store: &dyn Objects, length: usize) {
    let (key, content) = (weights_key(), noise(length));
    let (_folder, path) = file_of(&content);
    store.put(&key, ObjectBody::File(path)).await.unwrap();
    assert_eq!(store.size(&key).await.unwrap(), length as u64);
    assert!(store.get(&key).await.unwrap() == content, "other bytes of the same length");
    let (_folder, copy) = file_of(b"something before");
    assert_eq!(store.copy_to(&key, &copy).await.unwrap(), length as u64);
    assert!(std::fs::read(&copy).unwrap() == content, "the copy has other bytes");
}

pub(super) async fn nothing_at_all_is_an_object_too(store: &dyn Objects) {
    let key = weights_key();
    let (_folder, path) = file_of(b"");
    for nothing in [body(""), ObjectBody::File(path)] {
        store.put(&key, nothing).await.unwrap();
        assert_eq!(store.size(&key).await.unwrap(), 0);
        assert_eq!(store.get(&key).await.unwrap(), "");
        store.delete(&key).await.unwrap();
    }
}

pub(super) async fn an_object_that_is_not_there_is_missing(store: &dyn Objects) {
    let there = weights_key();
    store.put(&there, body("weights")).await.unwrap();
    let parent = there.0.rsplit_once('/').unwrap().0.to_owned();
    for key in [weights_key(), ObjectKey(parent), ObjectKey(format!("{}/below", there.0))] {
        assert!(is_missing(&store.get(&key).await), "{key:?}");
        assert!(is_missing(&store.size(&key).await), "{key:?}");
        let (_folder, copy) = file_of(b"");
        assert!(is_missing(&store.copy_to(&key, &copy).await), "{key:?}");
    }
}

pub(super) async fn removing_what_is_not_there_is_fine(store: &dyn Objects) {
    let key = weights_key();
    store.delete(&key).await.unwrap();
    store.put(&key, body("weights")).await.unwrap();
    store.delete(&key).await.unwrap();
    store.delete(&key).await.unwrap();
}

pub(super) async fn a_folder_is_emptied_whole_and_nothing_beside_it(store: &dyn Objects) {
    let avatar = Uuid::new_v4();
    let key = |path: &str| ObjectKey(format!("loras/{avatar}{path}"));
    for path in ["/1/a.safetensors", "/2/b.safetensors", "/c", "x/1/a.safetensors"] {
        store.put(&key(path), body("weights")).await.unwrap();
    }
    assert_eq!(store.delete_below(&key("")).await.unwrap(), 3);
    for path in ["/1/a.safetensors", "/2/b.safetensors", "/c"] {
        assert!(is_missing(&store.get(&key(path)).await), "{path}");
    }
    assert_eq!(store.get(&key("x/1/a.safetensors")).await.unwrap(), "weights");
    assert_eq!(store.delete_below(&key("")).await.unwrap(), 0, "it is empty already");
    store.put(&key("/1/a.safetensors"), body("again")).await.unwrap();
    assert_eq!(store.get(&key("/1/a.safetensors")).await.unwrap(), "again");
}

pub(super) async fn a_key_that_we_would_not_make_is_refused(store: &dyn Objects) {
    let too_long = "a/".repeat(300) + "a";
    let long_part = "a".repeat(256);
    let bad = [
        "",
        "/",
        "/etc/passwd",
        "..",
        "../up",
        "a/../b",
        "a/..",
        "a..b",
        "a//b",
        "a/",
        "./a",
        "a/.",
        ".incoming/a",
        "a/.hidden",
        "A",
        "a b",
        "a\\b",
        "a\0b",
        "a\nb",
        "a%2e%2e",
        "ä",
        "photos/猫",
        "a?b",
        "a#b",
        "a:b",
        "~",
        "a\u{202e}b",
        "／etc",
        &too_long,
        &long_part,
    ];
    for key in bad.map(|key| ObjectKey(key.to_owned())) {
        let refused =
            |answer: Result<(), ObjectError>| matches!(answer, Err(ObjectError::BadKey(_)));
        assert!(refused(store.put(&key, body("weights")).await), "put {key:?}");
        assert!(refused(store.get(&key).await.map(drop)), "get {key:?}");
        assert!(refused(store.size(&key).await.map(drop)), "size {key:?}");
        assert!(refused(store.delete(&key).await), "delete {key:?}");
        assert!(refused(store.delete_below(&key).await.map(drop)), "delete below {key:?}");
    }
}

pub(super) async fn a_file_that_is_not_there_leaves_the_old_object(store: &dyn Objects) {
    let key = weights_key();
    store.put(&key, body("weights")).await.unwrap();
    let (folder, path) = file_of(b"");
    drop(folder);
    let answer = store.put(&key, ObjectBody::File(path)).await;
    assert!(matches!(answer, Err(ObjectError::Unavailable(_))), "{answer:?}");
    assert_eq!(store.get(&key).await.unwrap(), "weights");
}

pub(super) async fn of_two_puts_at_once_one_wins_whole(store: &dyn Objects) {
    let key = weights_key();
    let puts = (0..8_u8).map(|writer| {
        let content = Bytes::from(vec![writer; 1 << 20]);
        store.put(&key, ObjectBody::Bytes(content))
    });
    for answer in join_all(puts).await {
        answer.unwrap();
    }
    let winner = store.get(&key).await.unwrap();
    assert_eq!(winner.len(), 1 << 20);
    assert!(winner.iter().all(|byte| *byte == winner[0]), "two writers in one object");
}
