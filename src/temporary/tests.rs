use super::*;
use std::io::Write;

#[tokio::test]
async fn what_a_dead_process_left_is_removed_at_once_and_the_living_keep_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let left = folder.path().join("weights-of-the-dead.part");
    std::fs::write(&left, b"two gigabytes").unwrap();
    let other = folder.path().join("not-ours.txt");
    std::fs::write(&other, b"stays").unwrap();
    let mine = Temporary::new(folder.path().to_owned(), "photos-").await.unwrap();
    assert!(!left.exists(), "removed by the next one who needs a file");
    mine.handle().unwrap().write_all(b"photos").unwrap();

    std::fs::write(&left, b"two gigabytes").unwrap();
    assert_eq!(clear(folder.path().to_owned()).await.unwrap(), 13);
    assert!(!left.exists() && other.exists());
    assert_eq!(std::fs::read(mine.path()).unwrap(), b"photos");
    let path = mine.path().to_owned();
    drop(mine);
    assert!(!path.exists());
}

#[tokio::test]
async fn a_folder_that_was_never_needed_is_nothing_to_clear() {
    let folder = tempfile::tempdir().unwrap().path().join("tmp");
    assert_eq!(clear(folder.clone()).await.unwrap(), 0);
    assert!(!folder.exists());
}
