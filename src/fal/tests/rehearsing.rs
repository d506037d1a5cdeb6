//! The test mode's pictures, by the ordinary path.

use super::super::{Catalogue, Rehearsal};
use super::{alone, picture_order};
use crate::objects::FileObjects;
use actors::ports::{
    Fetcher, FileUrl, Generator, MissingReason, ResultAnswer, Shape, StatusAnswer, SubmitAnswer,
};
use actors::spending::Usd;
use std::sync::Arc;
use std::time::Duration;

const FLUX: &str = "fal-ai/flux-lora";

async fn rehearsal(folder: &tempfile::TempDir, takes: Duration) -> Rehearsal {
    let objects = FileObjects::open(folder.path().to_owned()).await.unwrap();
    Rehearsal::new(Catalogue::shipped().unwrap(), takes, 1000, Arc::new(objects))
}

#[tokio::test]
async fn pictures_of_the_test_mode_come_by_the_ordinary_path_and_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let weights = FileUrl("https://rehearsal.invalid/weights.safetensors".into());
    let fal = rehearsal(&folder, Duration::from_hours(1)).await;
    assert_eq!(fal.endpoint("fal-ai/flux-lora-portrait-trainer").as_deref(), Some(FLUX));
    assert_eq!(fal.price(FLUX, Shape::Tall, 4), Some(Usd::default()), "a test spends nothing");
    let SubmitAnswer::Accepted(request) =
        fal.submit(FLUX, &picture_order(7), &alone(&weights), None).await
    else {
        panic!("not accepted")
    };
    let running = Generator::status(&fal, FLUX, &request).await;
    assert!(matches!(running, StatusAnswer::Running(_)), "{running:?}");

    let restarted = rehearsal(&folder, Duration::ZERO).await;
    let over = Generator::status(&restarted, FLUX, &request).await;
    assert_eq!(over, StatusAnswer::Finished);
    let ResultAnswer::Files { files: Some(files), .. } =
        Generator::result(&restarted, FLUX, &request).await
    else {
        panic!("made nothing")
    };
    assert_eq!(files.0.len(), 4);
    let mut seen = Vec::new();
    for file in files.0 {
        let bytes = restarted.fetch(&file.url, 1 << 20).await.unwrap();
        let picture = image::load_from_memory(&bytes).unwrap();
        assert_eq!((picture.width(), picture.height()), Shape::Portrait.size());
        assert!(!seen.contains(&bytes), "each is another");
        let (reason, why) = restarted.fetch(&file.url, 100).await.unwrap_err();
        assert_eq!((reason, &*why), (MissingReason::DownloadFailed, "more than 100 bytes"));
        seen.push(bytes);
    }
    let elsewhere = FileUrl("https://v3.fal.media/files/a.jpg".into());
    let (reason, _) = restarted.fetch(&elsewhere, 1 << 20).await.unwrap_err();
    assert_eq!(reason, MissingReason::UrlRefused);
}
