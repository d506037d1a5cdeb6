//! Uploads as the JavaScript client does them.

use serde_json::{Value, json};

use super::{Bench, body};

#[tokio::test]
async fn an_initiated_upload_is_put_without_the_key_and_served_to_all() {
    let bench = Bench::new().await;
    let wish = json!({ "content_type": "application/zip", "file_name": "photos.zip" });
    let path = "storage/upload/initiate?storage_type=fal-cdn-v3";
    let lifetime = r#"{"expiration_duration_seconds": 3600}"#;
    let request = bench.post(path, &wish).header("X-Fal-Object-Lifecycle-Preference", lifetime);
    let urls = body(request.send().await.unwrap()).await;
    let upload = urls["upload_url"].as_str().unwrap();
    let bare = upload.split('?').next().unwrap();
    assert_eq!(bench.client.put(bare).body("x").send().await.unwrap().status(), 403);
    assert_eq!(bench.client.put(upload).body("photos").send().await.unwrap().status(), 200);
    let file = bench.client.get(urls["file_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(file.headers()["content-type"], "application/zip");
    assert_eq!(file.text().await.unwrap(), "photos");
    let ledger = bench.fal.ledger();
    assert_eq!(ledger.uploads[0].bytes, 6);
    assert_eq!(ledger.uploads[0].lifecycle, Some(json!({ "expiration_duration_seconds": 3600 })));
}

#[tokio::test]
async fn a_large_upload_goes_in_parts() {
    let bench = Bench::new().await;
    let wish = json!({ "content_type": "application/zip", "file_name": "photos.zip" });
    let path = "storage/upload/initiate-multipart?storage_type=fal-cdn-v3";
    let urls = body(bench.post(path, &wish).send().await.unwrap()).await;
    let (base, query) = urls["upload_url"].as_str().unwrap().split_once('?').unwrap();
    let mut parts: Vec<Value> = Vec::new();
    for (number, text) in [(1, "first "), (2, "second")] {
        let url = format!("{base}/{number}?{query}");
        let answer = bench.client.put(url).body(text).send().await.unwrap();
        let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
        let part = body(answer).await;
        assert_eq!(part, json!({ "partNumber": number, "etag": tag }));
        parts.push(part);
    }
    let complete = format!("{base}/complete?{query}");
    let request = bench.client.post(complete).json(&json!({ "parts": parts }));
    assert_eq!(request.send().await.unwrap().status(), 200);
    let url = urls["file_url"].as_str().unwrap();
    assert_eq!(bench.fal.file(url).unwrap(), "first second");
}

#[tokio::test]
async fn an_upload_needs_the_key() {
    let bench = Bench::new().await;
    for path in ["storage/upload/initiate", "storage/auth/token", "files/upload"] {
        let answer = bench.client.post(bench.at(path)).json(&json!({})).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{path}");
        assert_eq!(body(answer).await, json!({ "detail": "invalid key credentials" }));
    }
}
