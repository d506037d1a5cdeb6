//! The promises of every store, and those of this one.

use super::*;
use crate::objects::contract::keeps_the_promises;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use tempfile::TempDir;

async fn opened() -> (FileObjects, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = FileObjects::open(folder.path().join("data/objects")).await.unwrap();
    (store, folder)
}

keeps_the_promises!(opened);

fn key(text: &str) -> ObjectKey {
    ObjectKey(text.to_owned())
}

fn body(text: &'static str) -> ObjectBody {
    ObjectBody::Bytes(Bytes::from_static(text.as_bytes()))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn incoming(store: &FileObjects) -> usize {
    fs::read_dir(store.disk.path(".incoming")).unwrap().count()
}

#[tokio::test]
async fn photos_of_people_are_for_our_own_user_alone() {
    let (store, folder) = opened().await;
    let loose = folder.path().join("loose.part");
    fs::write(&loose, "weights").unwrap();
    fs::set_permissions(&loose, fs::Permissions::from_mode(0o644)).unwrap();
    store.put(&key("photos/a/1.jpg"), body("photo")).await.unwrap();
    store.put(&key("loras/a/1/f.safetensors"), ObjectBody::File(loose)).await.unwrap();
    for file in ["photos/a/1.jpg", "loras/a/1/f.safetensors"] {
        assert_eq!(mode(&store.disk.path(file)), 0o600, "{file}");
    }
    for folder in ["", ".incoming", "photos", "photos/a", "loras/a/1"] {
        assert_eq!(mode(&store.disk.path(folder)), 0o700, "{folder}");
    }
}

#[tokio::test]
async fn a_file_on_the_same_disk_is_moved_and_not_copied() {
    let (store, folder) = opened().await;
    let source = folder.path().join("weights.part");
    fs::write(&source, "weights").unwrap();
    let number = fs::metadata(&source).unwrap().ino();
    store.put(&key("weights"), ObjectBody::File(source.clone())).await.unwrap();
    assert!(!source.exists());
    assert_eq!(fs::metadata(store.disk.path("weights")).unwrap().ino(), number);
}

#[tokio::test]
async fn a_file_of_another_disk_is_copied() {
    let (store, folder) = opened().await;
    let source = folder.path().join("weights.part");
    fs::write(&source, "weights").unwrap();
    let place = store.disk.path("a/weights");
    store.disk.copy(fs::File::open(&source).unwrap(), &place).unwrap();
    assert!(source.exists());
    assert_eq!(fs::read(&place).unwrap(), b"weights");
    assert_eq!(mode(&place), 0o600);
    assert_eq!(incoming(&store), 0);
}

#[tokio::test]
async fn behind_a_link_the_bytes_are_taken_and_not_the_link() {
    let (store, folder) = opened().await;
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    fs::write(&file, "weights").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    store.put(&key("weights"), ObjectBody::File(link)).await.unwrap();
    fs::remove_file(file).unwrap();
    assert_eq!(store.get(&key("weights")).await.unwrap(), "weights");
}

#[tokio::test]
async fn a_put_that_fails_leaves_nothing_behind() {
    let (store, _folder) = opened().await;
    store.put(&key("a"), body("an object where a folder is needed")).await.unwrap();
    let answer = store.put(&key("a/b"), body("photo")).await;
    assert!(matches!(answer, Err(ObjectError::Unavailable(_))), "{answer:?}");
    assert_eq!(incoming(&store), 0);
}

#[tokio::test]
async fn what_was_put_is_there_after_a_restart() {
    let (store, folder) = opened().await;
    store.put(&key("weights"), body("weights")).await.unwrap();
    drop(store);
    let store = FileObjects::open(folder.path().join("data/objects")).await.unwrap();
    assert_eq!(store.get(&key("weights")).await.unwrap(), "weights");
}

#[tokio::test]
async fn a_start_sweeps_what_the_dead_left_and_spares_the_living() {
    let (store, folder) = opened().await;
    let (dead, alive) = (store.disk.path(".incoming/.dead"), store.disk.path(".incoming/.alive"));
    fs::write(&dead, "half").unwrap();
    let written = fs::File::create_new(&alive).unwrap();
    written.lock().unwrap(); // as every process does that writes there
    FileObjects::open(folder.path().join("data/objects")).await.unwrap();
    assert!(!dead.exists() && alive.exists());
}

#[tokio::test]
async fn a_place_that_cannot_be_a_store_is_told_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "no folder").unwrap();
    let answer = FileObjects::open(file).await;
    assert!(matches!(answer, Err(ObjectError::Unavailable(_))), "{answer:?}");
}
