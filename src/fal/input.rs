//! The input of a trainer, built from a saved order. Checked against the ranges before any money
//! is spent, because FAL itself checks only while it trains.

use super::catalogue::TrainerEntry;
use actors::ports::{Failure, FailureKind, FileUrl, Order};
use serde_json::{Map, Value, json};

/// The body of a submit.
pub(super) fn input(
    trainer: &TrainerEntry,
    order: &Order,
    archive: &FileUrl,
) -> Result<Value, Failure> {
    let out_of_range = |what: &str, value: String| {
        let message = format!("{what} = {value} is outside of what {} takes", trainer.endpoint);
        Failure::ours(FailureKind::Other, "parameter_out_of_range", message)
    };
    if !trainer.steps.holds(&order.plan.steps) {
        return Err(out_of_range("steps", order.plan.steps.to_string()));
    }
    let mut body = Map::new();
    body.insert(trainer.archive_field.clone(), json!(archive.0));
    body.insert(trainer.trigger_field.clone(), json!(order.plan.trigger));
    body.insert("steps".to_owned(), json!(order.plan.steps));
    if let (Some(bounds), Some(rate)) = (&trainer.learning_rate, order.plan.learning_rate) {
        if !bounds.holds(&rate) {
            return Err(out_of_range("learning_rate", rate.to_string()));
        }
        body.insert("learning_rate".to_owned(), json!(rate));
    }
    for flag in &trainer.flags {
        let value = match flag.as_str() {
            "multiresolution_training" => order.multiresolution,
            "subject_crop" => order.subject_crop,
            "create_masks" => order.create_masks,
            _ => continue,
        };
        body.insert(flag.clone(), json!(value));
    }
    body.extend(trainer.fixed.clone());
    Ok(Value::Object(body))
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::Catalogue;
    use super::*;
    use actors::avatar::TrainingType;
    use actors::ports::Plan;

    fn order(kind: TrainingType, steps: i32) -> Order {
        let plan = Plan {
            endpoint: String::new(),
            trigger: "TOK_12345678".to_owned(),
            steps,
            learning_rate: Some(0.0002),
            webhook: None,
        };
        Order { kind, plan, multiresolution: true, subject_crop: true, create_masks: false }
    }

    fn body(kind: TrainingType, steps: i32) -> Result<Value, Failure> {
        let catalogue = Catalogue::shipped().unwrap();
        let archive = FileUrl("https://v3.fal.media/files/photos.zip".into());
        input(catalogue.of_kind(kind).unwrap(), &order(kind, steps), &archive)
    }

    #[test]
    fn each_trainer_gets_its_own_words() {
        assert_eq!(
            body(TrainingType::Portrait, 1000).unwrap(),
            json!({"images_data_url": "https://v3.fal.media/files/photos.zip",
                "trigger_phrase": "TOK_12345678", "steps": 1000, "learning_rate": 0.0002,
                "multiresolution_training": true, "subject_crop": true, "create_masks": false})
        );
        assert_eq!(
            body(TrainingType::Style, 500).unwrap(),
            json!({"images_data_url": "https://v3.fal.media/files/photos.zip",
                "trigger_word": "TOK_12345678", "steps": 500, "is_style": true})
        );
    }

    #[test]
    fn what_fal_would_refuse_after_payment_is_refused_before() {
        for steps in [0, -1, 10_001] {
            let failure = body(TrainingType::Portrait, steps).unwrap_err();
            assert_eq!(failure.code, "parameter_out_of_range");
        }
    }
}
