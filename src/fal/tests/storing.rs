//! Archives are uploaded with a lifetime, to FAL's own hosts only.

use super::{client, endless, talking};
use actors::ports::{Archive, Trainer, TrainerError};
use bytes::Bytes;
use serde_json::json;
use standins::fal::{Fault, Kind};
use std::time::Duration;

const ZIP: Bytes = Bytes::from_static(b"PK: photos of people");

/// An archive in a file.
fn zip() -> Archive {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), ZIP).unwrap();
    Archive::new(file.path().to_owned(), ZIP.len() as u64, file)
}

#[tokio::test]
async fn an_archive_is_there_and_has_a_lifetime() {
    let (standin, fal) = talking(endless()).await;
    let file = fal.upload(&zip()).await.unwrap();
    assert_eq!(standin.file(&file.0), Some(ZIP));
    let upload = standin.ledger().uploads.pop().unwrap();
    assert_eq!(upload.content_type, "application/zip");
    assert_eq!(upload.lifecycle.unwrap()["expiration_duration_seconds"], 604_800);
}

#[tokio::test]
async fn an_archive_is_sent_from_its_file_with_its_length() {
    let (standin, fal) = talking(endless()).await;
    let bytes = Bytes::from(vec![7; 3 << 20]);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &bytes).unwrap();
    let path = file.path().to_owned();
    let archive = Archive::new(path.clone(), bytes.len() as u64, file);
    let uploaded = fal.upload(&archive).await.unwrap();
    assert_eq!(standin.file(&uploaded.0), Some(bytes));
    drop(archive);
    assert!(!path.exists(), "it goes with its archive");
    let gone = Archive::new(path, 1, ());
    assert!(matches!(fal.upload(&gone).await, Err(TrainerError::Unavailable(_))));
}

#[tokio::test]
async fn a_fault_of_the_road_passes_and_a_refusal_is_told() {
    let said =
        |status| Fault::Answer { status, body: json!({ "detail": "so" }), request_id: false };
    let (standin, fal) = talking(endless()).await;
    for (fault, passes) in [
        (Fault::Refuse, true),
        (Fault::DropReply, true),
        (Fault::CutOff, true),
        (Fault::Short, true),
        (Fault::Html, true),
        (Fault::Nginx(502), true),
        (Fault::Nginx(413), true),
        (Fault::too_many_requests(), true),
        (said(500), true),
        (said(401), false),
        (said(403), false),
        (said(422), false),
    ] {
        standin.fault(Kind::Upload, fault.clone());
        match fal.upload(&zip()).await {
            Err(TrainerError::Unavailable(_)) => assert!(passes, "{fault:?}"),
            Err(TrainerError::Refused(why)) => assert!(!passes, "{fault:?}: {why}"),
            Ok(file) => panic!("{fault:?}: {file:?}"),
        }
        assert!(fal.upload(&zip()).await.is_ok(), "after {fault:?}");
    }
}

/// The answer names the host that people's photos would go to.
#[tokio::test]
async fn photos_go_to_nobody_else_whatever_the_answer_says() {
    let (standin, fal) = talking(endless()).await;
    let (other, _) = talking(endless()).await;
    // The same machine under another name: it is the name that is trusted.
    let elsewhere = format!("{}/files/x", other.url().replace("127.0.0.1", "localhost"));
    for address in [
        elsewhere.as_str(),
        "https://example.com/x",
        "http://v3.fal.media/x",
        "https://fal.media.example.com/x",
        "https://notfal.media/x",
        "https://v3.fal.media@example.com/x",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
        "ftp://v3.fal.media/x",
        "//v3.fal.media/x",
        "",
    ] {
        let body = json!({ "upload_url": address, "file_url": "https://v3.fal.media/x" });
        let fault = Fault::Answer { status: 200, body, request_id: false };
        standin.fault(Kind::Upload, fault);
        let told = fal.upload(&zip()).await;
        assert!(matches!(told, Err(TrainerError::Refused(_))), "{address}: {told:?}");
    }
    assert!(other.ledger().requests.is_empty());
}

#[tokio::test]
async fn an_answer_without_addresses_is_no_place_to_put_photos() {
    let (standin, fal) = talking(endless()).await;
    for body in [json!({}), json!([]), json!({ "upload_url": 7, "file_url": null })] {
        standin.fault(Kind::Upload, Fault::Answer { status: 200, body, request_id: false });
        assert!(matches!(fal.upload(&zip()).await, Err(TrainerError::Refused(_))));
    }
    let nobody = client("http://127.0.0.1:9", "key", Duration::from_secs(5));
    assert!(matches!(nobody.upload(&zip()).await, Err(TrainerError::Unavailable(_))));
}
