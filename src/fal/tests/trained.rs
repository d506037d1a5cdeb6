//! Every current trainer, through a whole training at the stand-in: we send what it wants, and find
//! its weights where it puts them.

use super::super::catalogue::Catalogue;
use super::{order_for, over, quick, talking};
use actors::ports::{CONFIG, FileUrl, ResultAnswer, StatusAnswer, SubmitAnswer, Trainer, WEIGHTS};
use image::{DynamicImage, ImageFormat};
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Photos without captions, like ours.
fn photos(count: usize) -> Vec<u8> {
    let mut photo = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(8, 8).write_to(&mut photo, ImageFormat::Jpeg).unwrap();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..count {
        zip.start_file(format!("{number}.jpg"), SimpleFileOptions::default()).unwrap();
        zip.write_all(photo.get_ref()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn every_trainer_trains_what_it_is_used_for() {
    let (standin, fal) = talking(quick()).await;
    let url = standin.put_file("photos.zip", "application/zip", photos(10));
    let catalogue = Catalogue::shipped().unwrap();
    let mut trained = 0;
    for trainer in catalogue.trainers() {
        for kind in trainer.uses.keys() {
            let order = order_for(&trainer.endpoint, *kind);
            let SubmitAnswer::Accepted(request) =
                fal.submit(&order, &FileUrl(url.as_str().into())).await
            else {
                panic!("{} was not taken", trainer.endpoint)
            };
            over(&standin, &request).await;
            assert_eq!(
                fal.status(&trainer.endpoint, &request).await,
                StatusAnswer::Finished,
                "{:?}",
                standin.ledger().job(&request.0)
            );
            let told = fal.result(&trainer.endpoint, &request).await;
            let ResultAnswer::Files { files: Some(files), answer } = told else {
                panic!("{} made nothing: {told:?}", trainer.endpoint)
            };
            assert!(files.named(CONFIG).is_some());
            let weights = files.named(WEIGHTS).unwrap().url.clone();
            let made = standin.ledger().job(&request.0).and_then(|job| job.weights.clone());
            assert_eq!(*weights.0, *made.unwrap().url);
            assert_eq!(answer[trainer.output.word()]["url"], *weights.0);
            trained += 1;
        }
    }
    assert_eq!(trained, 3 * 11 + 3, "all uses of all trainers");
}
