//! The input of a trainer, built from a saved order. Checked before any money is spent, because FAL
//! itself checks only while it trains.

use super::catalogue::{Column, TrainerEntry};
use actors::ports::{Failure, FailureKind, FileUrl, Order};
use serde_json::{Map, Value, json};

/// The body of a submit. Every name in it comes from the catalogue, which a test checks against
/// FAL's schemas; nothing else gets in.
///
/// A learning rate is sent only to trainers that have a field for it.
pub(super) fn input(
    trainer: &TrainerEntry,
    order: &Order,
    archive: &FileUrl,
) -> Result<Value, Failure> {
    let endpoint = &trainer.endpoint;
    // Another attempt makes another plan, for a trainer that still exists, so «try again» is the
    // right advice to the owner.
    let refuse =
        |code, why: String| Failure::ours(FailureKind::Other, code, format!("«{endpoint}» {why}"));
    let Some(input) = &trainer.input else {
        let why = trainer.retired.as_deref().unwrap_or("nothing is bought from it");
        return Err(refuse("trainer_retired", format!("is retired: {why}")));
    };
    let Some(used) = trainer.uses.get(&order.kind) else {
        return Err(refuse("trainer_use", format!("is not for «{}»", order.kind.word())));
    };
    let out_of_range = |what: &str, value: String| {
        let message = format!("{what} = {value} is outside of what {endpoint} takes");
        Failure::ours(FailureKind::OurMistake, "parameter_out_of_range", message)
    };
    let (steps, rate) = (order.plan.steps, order.plan.learning_rate);
    if !input.steps.holds(steps) {
        return Err(out_of_range("steps", steps.to_string()));
    }
    let mut body = Map::new();
    body.insert(input.archive.clone(), json!(archive.0));
    body.insert(input.word.field().to_owned(), json!(order.plan.trigger));
    body.insert("steps".to_owned(), json!(steps));
    if let (Some(bounds), Some(rate)) = (input.learning_rate, rate) {
        if !bounds.holds(rate) {
            return Err(out_of_range("learning_rate", rate.to_string()));
        }
        body.insert("learning_rate".to_owned(), json!(rate));
    }
    for (field, column) in &used.columns {
        let value = match column {
            Column::Multiresolution => order.multiresolution,
            Column::SubjectCrop => order.subject_crop,
            Column::CreateMasks => order.create_masks,
        };
        body.insert(field.clone(), json!(value));
    }
    body.extend(used.fixed.clone());
    Ok(Value::Object(body))
}
