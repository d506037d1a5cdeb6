//! Orders of pictures, from the upload of the weights to the pictures, at a stand-in that holds its
//! input against FAL's schemas and really reads the weights.

use super::super::catalogue::Catalogue;
use super::{alone, endless, over, picture_order, quick, talking};
use crate::photos::{Limits, Processing};
use actors::avatar::RequestId;
use actors::ports::{
    Archive, CancelAnswer, FailureKind, FileUrl, Generator, History, Material, PICTURES,
    PhotoProcessing, PictureOrder, ResultAnswer, Shape, StatusAnswer, SubmitAnswer,
};
use actors::spending::Usd;
use bytes::Bytes;
use chrono::Utc;
use safetensors::{Dtype, serialize, tensor::TensorView};
use sha2::{Digest as _, Sha256};
use standins::fal::{self as standin, BadPicture, Fault, Kind, Options, Settings, UnreadWeights};
use std::time::Duration;
use strum::IntoEnumIterator as _;

const FLUX: &str = "fal-ai/flux-lora";

fn at_once() -> Options {
    let Options { settings, .. } = quick();
    let settings = Settings { generation: Duration::ZERO, ..settings };
    Options { settings, ..Options::default() }
}

fn weights() -> Bytes {
    let tensor = TensorView::new(Dtype::F32, vec![1], &[0; 4]).unwrap();
    serialize([("lora_A", tensor)], None).unwrap().into()
}

fn drawn() -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(64, 64).write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

fn in_a_file(bytes: &[u8]) -> Archive {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    Archive::new(file.path().to_owned(), bytes.len() as u64, file)
}

async fn bought(
    fal: &impl Generator,
    endpoint: &str,
    order: &PictureOrder,
    weights: &FileUrl,
) -> RequestId {
    made_from(fal, endpoint, order, &alone(weights)).await
}

async fn made_from(
    fal: &impl Generator,
    endpoint: &str,
    order: &PictureOrder,
    material: &Material,
) -> RequestId {
    let answer = fal.submit(endpoint, order, material, None).await;
    let SubmitAnswer::Accepted(request) = answer else { panic!("{endpoint}: {answer:?}") };
    request
}

#[tokio::test]
async fn every_generator_makes_what_is_ordered() {
    let (standin, fal) = talking(at_once()).await;
    let uploaded = fal.upload(&in_a_file(&weights())).await.unwrap();
    assert_eq!(uploaded.lasts, Duration::from_hours(30 * 24));
    let upload = standin.ledger().uploads.pop().unwrap();
    assert_eq!(upload.content_type, "application/octet-stream");
    assert_eq!(upload.lifecycle.unwrap()["expiration_duration_seconds"], 2_592_000);
    assert_eq!(standin.file(&uploaded.url.0), Some(weights()));

    let picture = fal.upload_picture(&in_a_file(&drawn()), "image/png").await.unwrap();
    let upload = standin.ledger().uploads.pop().unwrap();
    assert_eq!(upload.content_type, "image/png");
    assert_eq!(upload.lifecycle.unwrap()["expiration_duration_seconds"], 86_400);
    let catalogue = Catalogue::shipped().unwrap();
    let usable = catalogue.generators().iter().filter(|generator| generator.input.is_some());
    for (generator, seed) in usable.zip(u64::MAX - 100..) {
        let endpoint = &generator.endpoint;
        let varies = generator.input.as_ref().is_some_and(|input| input.strength.is_some());
        let source = varies.then(|| picture.clone());
        let material = Material { weights: uploaded.url.clone(), source };
        let request = made_from(&fal, endpoint, &picture_order(seed), &material).await;
        over(&standin, &request).await;
        let job = standin.ledger().job(&request.0).cloned().unwrap();
        let status = fal.status(endpoint, &request).await;
        assert_eq!(status, StatusAnswer::Finished, "{endpoint}: {:?}", job.outcome);
        assert!(job.unknown_fields.is_empty(), "{endpoint} ignores {:?}", job.unknown_fields);
        let read = hex::encode(Sha256::digest(drawn()));
        assert_eq!(job.source, varies.then_some(read), "{endpoint}");
        assert_eq!(job.lifecycle.unwrap()["expiration_duration_seconds"], 86_400);
        let answer = fal.result(endpoint, &request).await;
        let ResultAnswer::Files { files: Some(files), answer } = answer else {
            panic!("{endpoint} made nothing: {answer:?}")
        };
        assert_eq!(files.0.iter().map(|file| file.name).collect::<Vec<_>>(), PICTURES);
        assert_eq!(answer["seed"].as_u64(), Some(seed));
        let mut seen = Vec::new();
        for file in files.0 {
            let bytes = standin.file(&file.url.0).unwrap();
            assert_eq!(image::guess_format(&bytes).unwrap(), image::ImageFormat::Jpeg);
            let picture = image::load_from_memory(&bytes).unwrap();
            assert_eq!((picture.width(), picture.height()), Shape::Portrait.size());
            assert!(!seen.contains(&bytes), "each is another");
            seen.push(bytes);
        }
    }
}

#[tokio::test]
async fn weights_that_vanished_are_told_whatever_fals_words() {
    let (standin, fal) = talking(at_once()).await;
    let put = |bytes: Bytes| standin.put_file("weights.safetensors", "x", bytes);
    let (gone, closed, odd) = (put(weights()), put(weights()), put(Bytes::from_static(b"odd")));
    standin.expire_file(&gone);
    standin.forbid_file(&closed);
    for words in [UnreadWeights::Typed, UnreadWeights::Internal, UnreadWeights::Plain] {
        standin.set(|settings| settings.unread_weights = words);
        for url in [&gone, &closed] {
            let weights = FileUrl(url.as_str().into());
            let request = bought(&fal, FLUX, &picture_order(7), &weights).await;
            over(&standin, &request).await;
            let (ResultAnswer::Failed(failure) | ResultAnswer::Suspect(failure)) =
                fal.result(FLUX, &request).await
            else {
                panic!("{words:?} is no failure")
            };
            assert_eq!(failure.kind, FailureKind::BadArchive, "{words:?}: {failure:?}");
            assert!(!failure.message.contains("http"), "{}", failure.message);
        }
    }
    standin.set(|settings| settings.unread_weights = UnreadWeights::Typed);
    let request = bought(&fal, FLUX, &picture_order(7), &FileUrl(odd.into())).await;
    over(&standin, &request).await;
    let ResultAnswer::Failed(failure) = fal.result(FLUX, &request).await else { panic!("made") };
    assert_eq!(failure.code, "file_download_error");
}

#[tokio::test]
async fn a_source_that_vanished_or_is_no_picture_is_told() {
    let (standin, fal) = talking(at_once()).await;
    let weights = FileUrl(standin.put_file("w", "x", weights()).into());
    let put = |bytes: Vec<u8>| standin.put_file("picture.png", "x", bytes);
    let (gone, odd) = (put(drawn()), put(b"odd".to_vec()));
    standin.expire_file(&gone);
    let endpoint = "fal-ai/flux-krea-lora/image-to-image";
    for (url, kind) in [(gone, FailureKind::BadArchive), (odd, FailureKind::BadPhoto)] {
        let source = Some(FileUrl(url.into()));
        let material = Material { weights: weights.clone(), source };
        let request = made_from(&fal, endpoint, &picture_order(7), &material).await;
        over(&standin, &request).await;
        let ResultAnswer::Failed(failure) = fal.result(endpoint, &request).await else {
            panic!("made")
        };
        assert_eq!(failure.kind, kind, "{failure:?}");
        assert!(!failure.message.contains("http"), "{}", failure.message);
    }
}

#[tokio::test]
async fn a_flagged_picture_is_left_out_and_all_of_them_leave_none() {
    let (standin, fal) = talking(at_once()).await;
    let weights = FileUrl(standin.put_file("w", "x", weights()).into());
    let names = async |flagged: &[usize]| {
        standin.set(|settings| settings.flagged = flagged.to_vec());
        let request = bought(&fal, FLUX, &picture_order(7), &weights).await;
        over(&standin, &request).await;
        let ResultAnswer::Files { files: Some(files), .. } = fal.result(FLUX, &request).await
        else {
            panic!("made nothing")
        };
        files.0.iter().map(|file| file.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&[]).await, PICTURES);
    assert_eq!(names(&[0, 2]).await, ["picture-2", "picture-4"]);
    assert_eq!(names(&[0, 1, 2, 3]).await, Vec::<&str>::new());
    standin.set(|settings| settings.tells_flagged = false);
    assert_eq!(names(&[0, 1, 2, 3]).await, PICTURES, "nobody says that they are black");
}

#[tokio::test]
async fn a_lost_submit_is_found_by_its_seed() {
    let (standin, fal) = talking(at_once()).await;
    let weights = FileUrl(standin.put_file("w", "x", weights()).into());
    let before = Utc::now();
    let seed = u64::MAX - 1;
    for other in [seed - 1, seed + 1, 7] {
        let request = bought(&fal, FLUX, &picture_order(other), &weights).await;
        over(&standin, &request).await;
    }
    let found = async || {
        let History::Read { named, blank } = fal.history(FLUX, seed, before).await else {
            panic!("not read")
        };
        (named.len(), blank.len())
    };
    assert_eq!(found().await, (0, 0));
    standin.fault(Kind::Submit, Fault::DropReply);
    let answer = fal.submit(FLUX, &picture_order(seed), &alone(&weights), None).await;
    assert!(matches!(answer, SubmitAnswer::Lost { .. }), "{answer:?}");
    let lost = standin.ledger().jobs.pop().unwrap().request_id;
    over(&standin, &RequestId(lost.as_str().into())).await;
    assert_eq!(found().await, (1, 0));
    let History::Read { named, .. } = fal.history(FLUX, seed, before).await else { panic!() };
    assert_eq!(*named[0].0, *lost);
    standin.set(|settings| settings.repeated_submits = 1);
    bought(&fal, FLUX, &picture_order(seed), &weights).await;
    let all = |ledger: &standin::Ledger| {
        ledger.jobs.iter().all(|job| job.outcome.is_some()).then_some(())
    };
    standin.until("end of both", all, Duration::from_secs(10)).await;
    assert_eq!(found().await, (3, 0));
}

#[tokio::test]
async fn what_cannot_be_bought_reaches_nobody() {
    let (standin, fal) = talking(endless()).await;
    let weights = FileUrl("https://v3.fal.media/weights".into());
    let order = picture_order(7);
    let five = PictureOrder { count: 5, ..order.clone() };
    for (endpoint, order, code) in [
        ("fal-ai/unheard-of", &order, "endpoint"),
        ("fal-ai/flux-lora-portrait-trainer", &order, "endpoint"),
        ("fal-ai/flux-pro/v1.1-ultra-finetuned", &order, "generator_retired"),
        (FLUX, &five, "parameter_out_of_range"),
    ] {
        let answer = fal.submit(endpoint, order, &alone(&weights), None).await;
        let SubmitAnswer::Refused(failure) = answer else { panic!("{code}: {answer:?}") };
        assert_eq!(failure.code, code);
    }
    assert_eq!(standin.ledger().count(Kind::Submit), 0);
    assert_eq!(fal.endpoint("fal-ai/flux-lora-portrait-trainer").as_deref(), Some(FLUX));
    assert_eq!(fal.endpoint("fal-ai/flux-pro-trainer"), None);
    assert_eq!(fal.price(FLUX, Shape::Tall, 4), Some(Usd::of_dollars(0.14)));
}

#[tokio::test]
async fn an_order_carries_its_nonce_and_can_be_stopped() {
    let (standin, fal) = talking(endless()).await;
    let weights = FileUrl(standin.put_file("w", "x", weights()).into());
    let webhook = "https://aisha.example/webhooks/fal?nonce=0a1b2c3d";
    let endpoint = "fal-ai/flux-2/klein/9b/base/lora";
    let answer = fal.submit(endpoint, &picture_order(7), &alone(&weights), Some(webhook)).await;
    let SubmitAnswer::Accepted(request) = answer else { panic!("{answer:?}") };
    let ledger = standin.ledger();
    let bought: Vec<_> = ledger.bought("0a1b2c3d").map(|job| &*job.request_id).collect();
    assert_eq!(bought, [&*request.0]);
    assert!(matches!(fal.status(endpoint, &request).await, StatusAnswer::Running(_)));
    let stopped = fal.cancel(endpoint, &request).await;
    assert!(matches!(stopped, CancelAnswer::Answered(_)), "{stopped:?}");
    over(&standin, &request).await;
    let ResultAnswer::Failed(failure) = fal.result(endpoint, &request).await else {
        panic!("not stopped")
    };
    assert_eq!(failure.kind, FailureKind::Stopped);
    let asked = standin.ledger().requests.pop().unwrap().target;
    assert_eq!(asked, format!("/fal-ai/flux-2/requests/{request}"), "the short form");
}

#[tokio::test]
async fn a_failure_in_the_status_is_explained_by_the_result() {
    let (standin, fal) = talking(at_once()).await;
    let weights = FileUrl(standin.put_file("w", "x", weights()).into());
    let policy = standin::Failure::validation("prompt", "no", "content_policy_violation");
    standin.set(|settings| settings.failures.push_back(policy.told_in_status()));
    let request = bought(&fal, FLUX, &picture_order(7), &weights).await;
    over(&standin, &request).await;
    let StatusAnswer::Failed(failure) = fal.status(FLUX, &request).await else { panic!("made") };
    assert_eq!(failure.kind, FailureKind::ContentPolicy);
    let rehearsed = RequestId("test_67400000_0a1b2c3d_4_864x1152".into());
    let asked = standin.ledger().requests.len();
    assert!(matches!(fal.status(FLUX, &rehearsed).await, StatusAnswer::Failed(_)));
    assert!(matches!(fal.result(FLUX, &rehearsed).await, ResultAnswer::Failed(_)));
    assert!(matches!(fal.cancel(FLUX, &rehearsed).await, CancelAnswer::Answered(_)));
    assert_eq!(standin.ledger().requests.len(), asked, "FAL never heard of it");
    assert_eq!(failure.code, "content_policy_violation");
}

/// What a story relies on that orders portraits: their pictures pass.
#[tokio::test]
async fn pictures_show_one_face_in_every_shape_unless_they_are_told_not_to() {
    let (standin, fal) = talking(at_once()).await;
    let weights = FileUrl(standin.put_file("w", "x", weights()).into());
    let limits = Limits { min_resolution: 512, max_bytes: 10 << 20 };
    let processing = Processing::new(limits, 1);
    let faces = async |shape| {
        let order = PictureOrder { shape, count: 1, ..picture_order(7) };
        let request = bought(&fal, FLUX, &order, &weights).await;
        over(&standin, &request).await;
        let url = standin.ledger().job(&request.0).unwrap().pictures[0].url.clone();
        let kept = processing.process(standin.file(&url).unwrap()).await.unwrap();
        kept.verdict.faces.map(|faces| faces.len())
    };
    for shape in Shape::iter() {
        assert_eq!(faces(shape).await, Some(1), "{shape:?}");
    }
    standin.set(|settings| settings.bad_pictures.push_back(BadPicture::Faceless));
    assert_eq!(faces(Shape::Square).await, Some(0));
    assert_eq!(faces(Shape::Square).await, Some(1), "only the next one");
}
