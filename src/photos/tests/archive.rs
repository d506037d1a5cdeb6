//! What goes to the trainer.

use crate::objects::FileObjects;
use crate::photos::FilePacker;
use actors::ports::{Archive, ObjectBody, ObjectError, ObjectKey, Objects, PackError, Packer};
use bytes::Bytes;
use std::fs::File;
use std::io::Read;
use tempfile::TempDir;
use zip::{CompressionMethod, ZipArchive};

const PHOTOS: [&[u8]; 2] = [b"first", b"second, second, second"];

fn key(number: usize) -> ObjectKey {
    ObjectKey(format!("photos/a/{number}.jpg"))
}

/// A store with photos, and the result of packing those with these keys.
async fn packed(keys: &[ObjectKey]) -> (TempDir, Result<Archive, PackError>) {
    let folder = tempfile::tempdir().unwrap();
    let objects = FileObjects::open(folder.path().join("objects")).await.unwrap();
    for (number, photo) in PHOTOS.into_iter().enumerate() {
        let body = ObjectBody::Bytes(Bytes::from_static(photo));
        objects.put(&key(number), body).await.unwrap();
    }
    let packer = FilePacker::new(folder.path().join("tmp"));
    let archive = packer.pack(keys, &objects).await;
    (folder, archive)
}

#[tokio::test]
async fn photos_are_packed_flat_in_their_order_and_stored() {
    let (folder, packed) = packed(&[key(0), key(1)]).await;
    let packed = packed.unwrap();
    let mut archive = ZipArchive::new(File::open(packed.path()).unwrap()).unwrap();
    assert_eq!(archive.len(), 2);
    for (index, (name, photo)) in
        ["photo_001.jpg", "photo_002.jpg"].into_iter().zip(PHOTOS).enumerate()
    {
        let mut file = archive.by_index(index).unwrap();
        assert_eq!(file.name().unwrap(), name);
        assert_eq!(file.compression(), CompressionMethod::Stored);
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        assert_eq!(content, photo);
    }
    assert_eq!(packed.byte_size(), std::fs::metadata(packed.path()).unwrap().len());
    drop(packed);
    assert_eq!(std::fs::read_dir(folder.path().join("tmp")).unwrap().count(), 0);
}

#[tokio::test]
async fn the_same_photos_are_the_same_archive() {
    let (_one, first) = packed(&[key(0), key(1)]).await;
    let (_other, second) = packed(&[key(0), key(1)]).await;
    let [first, second] =
        [first, second].map(|packed| std::fs::read(packed.unwrap().path()).unwrap());
    assert_eq!(first, second);
    let mut archive = ZipArchive::new(std::io::Cursor::new(first)).unwrap();
    let date = archive.by_index(0).unwrap().last_modified().unwrap();
    assert_eq!((date.year(), date.month(), date.day()), (1980, 1, 1));
}

#[tokio::test]
async fn a_lost_photo_is_named_and_leaves_no_smaller_archive() {
    let (folder, packed) = packed(&[key(0), key(7)]).await;
    let Err(PackError::Photo(ObjectError::Missing(name))) = packed else {
        panic!("it was packed without a photo");
    };
    assert!(name.contains("7.jpg"), "{name}");
    assert_eq!(std::fs::read_dir(folder.path().join("tmp")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_full_disk_is_a_word_for_the_operator() {
    let folder = tempfile::tempdir().unwrap();
    let objects = FileObjects::open(folder.path().join("objects")).await.unwrap();
    objects.put(&key(0), ObjectBody::Bytes(Bytes::from_static(PHOTOS[0]))).await.unwrap();
    std::fs::write(folder.path().join("tmp"), "a file, where the folder should be").unwrap();
    let error = FilePacker::new(folder.path().join("tmp")).pack(&[key(0)], &objects).await;
    let Err(error @ PackError::Disk(_)) = error else { panic!("it was packed") };
    assert!(error.to_string().contains("AISHA_DATA_DIR/tmp"), "{error}");
}
