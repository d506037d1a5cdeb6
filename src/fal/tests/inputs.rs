//! What is sent for an order, and what is refused before it costs money.

use super::super::catalogue::Catalogue;
use super::super::input::input;
use super::{PORTRAIT, archive, endless, order_at, order_for, talking};
use actors::avatar::{AvatarId, TrainingType};
use actors::ports::{Failure, FailureKind, Order, SubmitAnswer, Trainer};
use serde_json::{Value, json};
use standins::fal::Kind;
use strum::IntoEnumIterator as _;
use uuid::Uuid;

const ZIP: &str = "https://v3.fal.media/files/photos.zip";
const WORD: &str = "TOK_12345678";

fn body(order: &Order) -> Result<Value, Failure> {
    let catalogue = Catalogue::shipped().unwrap();
    input(catalogue.trainer(&order.plan.endpoint).unwrap(), order, &archive())
}

#[test]
fn each_trainer_gets_its_own_words() {
    let (portrait, style, object) =
        (TrainingType::Portrait, TrainingType::Style, TrainingType::Object);
    for (endpoint, kind, expected) in [
        (
            PORTRAIT,
            portrait,
            json!({"images_data_url": ZIP, "trigger_phrase": WORD, "steps": 1000,
                "learning_rate": 0.0002, "multiresolution_training": true,
                "subject_crop": true, "create_masks": false}),
        ),
        (
            "fal-ai/flux-lora-fast-training",
            style,
            json!({"images_data_url": ZIP, "trigger_word": WORD, "steps": 1000,
                "is_style": true}),
        ),
        (
            "fal-ai/flux-lora-fast-training",
            object,
            json!({"images_data_url": ZIP, "trigger_word": WORD, "steps": 1000,
                "is_style": false, "create_masks": false}),
        ),
        (
            "fal-ai/flux-2-trainer-v2",
            portrait,
            json!({"image_data_url": ZIP, "default_caption": WORD, "steps": 1000,
                "learning_rate": 0.00005, "output_lora_format": "fal"}),
        ),
        (
            "fal-ai/qwen-image-trainer",
            portrait,
            json!({"image_data_url": ZIP, "trigger_phrase": WORD, "steps": 1000,
                "learning_rate": 0.0005}),
        ),
        (
            "fal-ai/turbo-flux-trainer",
            portrait,
            json!({"images_data_url": ZIP, "trigger_phrase": WORD, "steps": 1000,
                "learning_rate": 0.00115, "training_style": "subject", "face_crop": true}),
        ),
        (
            "fal-ai/z-image-trainer",
            style,
            json!({"image_data_url": ZIP, "default_caption": WORD, "steps": 1000,
                "learning_rate": 0.0001, "training_type": "style"}),
        ),
    ] {
        assert_eq!(body(&order_for(endpoint, kind)).unwrap(), expected, "{endpoint}");
    }
}

#[test]
fn a_rate_goes_to_whom_it_means_something() {
    let mut order = order_at("fal-ai/flux-lora-fast-training");
    order.plan.learning_rate = Some(0.0002);
    assert!(body(&order).unwrap().get("learning_rate").is_none());
    let mut order = order_at(PORTRAIT);
    order.plan.learning_rate = None;
    assert!(body(&order).unwrap().get("learning_rate").is_none());
}

#[test]
fn what_fal_would_refuse_after_payment_is_refused_before() {
    let klein = "fal-ai/flux-2-klein-9b-base-trainer";
    let mut table: Vec<(&str, i32, Option<f64>, bool)> = vec![
        (PORTRAIT, 1, None, true),
        (PORTRAIT, 10_000, None, true),
        (PORTRAIT, 0, None, false),
        (PORTRAIT, -1, None, false),
        (PORTRAIT, 10_001, None, false),
        (PORTRAIT, i32::MAX, None, false),
        (PORTRAIT, i32::MIN, None, false),
        (klein, 100, None, true),
        (klein, 1500, None, true),
        (klein, 0, None, false),
        (klein, 50, None, false),
        (klein, 150, None, false),
        (klein, 10_100, None, false),
        ("fal-ai/z-image-base-trainer", 9, None, false),
        ("fal-ai/z-image-base-trainer", 40_000, None, true),
        ("fal-ai/qwen-image-trainer", 8001, None, false),
    ];
    for (rate, taken) in [
        (0.000_001, true),
        (0.001, true),
        (0.0011, false),
        (0.000_000_9, false),
        (0.0, false),
        (-0.0002, false),
        (f64::NAN, false),
        (f64::INFINITY, false),
    ] {
        table.push((PORTRAIT, 1000, Some(rate), taken));
        // FAL gives no bounds for this one.
        table.push((klein, 1000, Some(rate), taken || (rate.is_finite() && rate > 0.0)));
    }
    for (endpoint, steps, rate, taken) in table {
        let mut order = order_at(endpoint);
        order.plan.steps = steps;
        order.plan.learning_rate = rate;
        match body(&order) {
            Ok(_) => assert!(taken, "{endpoint} {steps} {rate:?} was taken"),
            Err(failure) => {
                assert!(!taken, "{endpoint} {steps} {rate:?} was refused: {failure:?}");
                assert_eq!(failure.code, "parameter_out_of_range");
                assert_eq!(failure.kind, FailureKind::OurMistake);
            }
        }
    }
}

#[tokio::test]
async fn what_cannot_be_bought_reaches_nobody() {
    let (standin, fal) = talking(endless()).await;
    let mut steps = order_at(PORTRAIT);
    steps.plan.steps = 0;
    let mut unknown = order_at(PORTRAIT);
    unknown.plan.endpoint = "fal-ai/unheard-of".to_owned();
    for (order, code) in [
        (order_at("fal-ai/flux-pro-trainer"), "trainer_retired"),
        (order_for(PORTRAIT, TrainingType::Style), "trainer_use"),
        (steps, "parameter_out_of_range"),
        (unknown, "endpoint"),
    ] {
        let answer = fal.submit(&order, &archive()).await;
        let SubmitAnswer::Refused(failure) = answer else { panic!("{code}: {answer:?}") };
        assert_eq!(failure.code, code);
        assert!(failure.message.contains("fal-ai/"), "{}", failure.message);
    }
    assert_eq!(standin.ledger().count(Kind::Submit), 0);
}

#[tokio::test]
async fn a_plan_is_one_that_its_trainer_takes() {
    let (_standin, fal) = talking(endless()).await;
    for kind in TrainingType::iter() {
        let plan = fal.plan(kind, AvatarId(Uuid::nil()));
        let flags = order_at(PORTRAIT);
        assert!(body(&Order { kind, plan: plan.clone(), ..flags }).is_ok(), "{plan:?}");
    }
}
