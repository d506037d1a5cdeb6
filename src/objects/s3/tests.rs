//! The promises of every store, tested on a real S3 server; and bad days, on a scripted one.

mod bad_days;
mod moto;

use super::*;
use crate::objects::contract::keeps_the_promises;
use moto::Moto;
use std::sync::Arc;

fn settings(endpoint: &str) -> S3Settings {
    S3Settings {
        endpoint: endpoint.to_owned(),
        access_key: "aisha".to_owned(),
        secret_key: "a-secret-of-tests".into(),
        secure: false,
        region: None,
        bucket: format!("aisha-{}", uuid::Uuid::new_v4()),
    }
}

async fn opened() -> (S3Objects, Arc<Moto>) {
    let moto = moto::running();
    (S3Objects::connect(settings(moto.url())).await.unwrap(), moto)
}

keeps_the_promises!(opened);

#[tokio::test]
async fn a_bucket_is_made_once_and_found_again() {
    let moto = moto::running();
    let settings = settings(moto.url());
    let (first, second) =
        tokio::join!(S3Objects::connect(settings.clone()), S3Objects::connect(settings));
    let key = ObjectKey("photo".to_owned());
    first.unwrap().put(&key, ObjectBody::Bytes(Bytes::from_static(b"photo"))).await.unwrap();
    assert_eq!(second.unwrap().get(&key).await.unwrap(), "photo");
}

#[tokio::test]
async fn a_bucket_in_a_region_is_made_and_used() {
    let moto = moto::running();
    let settings = S3Settings { region: Some("eu-central-1".to_owned()), ..settings(moto.url()) };
    let store = S3Objects::connect(settings).await.unwrap();
    let key = ObjectKey("photo".to_owned());
    store.put(&key, ObjectBody::Bytes(Bytes::from_static(b"photo"))).await.unwrap();
    assert_eq!(store.size(&key).await.unwrap(), 5);
}

#[test]
fn an_endpoint_may_be_a_host_or_a_url() {
    let table = [
        ("127.0.0.1:9000", false, "http://127.0.0.1:9000"),
        ("minio.example", true, "https://minio.example"),
        (" minio.example:9000/ ", true, "https://minio.example:9000"),
        ("http://minio.example:9000", true, "http://minio.example:9000"),
        ("https://minio.example/", false, "https://minio.example"),
    ];
    for (endpoint, secure, url) in table {
        let settings = S3Settings { secure, ..settings(endpoint) };
        assert_eq!(settings.base_url().unwrap().to_url_string(), url, "{endpoint}");
    }
}

#[tokio::test]
async fn settings_that_cannot_be_right_are_told_from_a_store_out_of_reach() {
    for endpoint in ["", "ftp://minio.example", "minio.example/a/path", "two words"] {
        let answer = S3Objects::connect(settings(endpoint)).await;
        assert!(matches!(answer, Err(ConnectError::Settings(_))), "{endpoint}: {answer:?}");
    }
    let bucket = S3Settings { bucket: "No Bucket!".to_owned(), ..settings("127.0.0.1:1") };
    let answer = S3Objects::connect(bucket).await;
    assert!(matches!(&answer, Err(ConnectError::Settings(_))), "{answer:?}");
}

#[test]
fn the_secret_key_is_never_shown() {
    let settings = settings("127.0.0.1:9000");
    let store = S3Objects::new(&settings, Patience::default()).unwrap();
    let shown = format!("{settings:?} {store:?}");
    assert!(!shown.contains("a-secret-of-tests"), "{shown}");
}
