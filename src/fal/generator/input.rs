//! The input of a generator, built from a saved order. Checked before any money is spent, because
//! FAL itself checks only while it works.

use super::super::catalogue::{GeneratorEntry, STRENGTH};
use actors::ports::{Failure, FailureKind, MOST_PICTURES, Material, PictureOrder};
use serde_json::{Map, Value, json};

/// The body of a submit. Every name in it is held against FAL's schemas by a test; nothing else
/// gets in.
///
/// Guidance is sent only to generators that have a field for it.
pub(in crate::fal) fn input(
    generator: &GeneratorEntry,
    order: &PictureOrder,
    material: &Material,
) -> Result<Value, Failure> {
    let endpoint = &generator.endpoint;
    let Some(input) = &generator.input else {
        let why = generator.retired.as_deref().unwrap_or("nothing is made there");
        let message = format!("«{endpoint}» is retired: {why}");
        return Err(Failure::ours(FailureKind::Other, "generator_retired", message));
    };
    let out_of_range = |what: &str, value: String| {
        let message = format!("{what} = {value} is outside of what {endpoint} takes");
        Failure::ours(FailureKind::OurMistake, "parameter_out_of_range", message)
    };
    let PictureOrder { prompt, count, scale, .. } = order;
    if prompt.trim().is_empty() {
        return Err(out_of_range("prompt", "nothing".to_owned()));
    }
    if !(1..=MOST_PICTURES).contains(count) {
        return Err(out_of_range("num_images", count.to_string()));
    }
    if !input.scale.holds(scale) {
        return Err(out_of_range("scale", scale.to_string()));
    }
    let (width, height) = order.shape.size();
    if let Some(side) = [width, height].into_iter().find(|side| !input.sides.holds(side)) {
        return Err(out_of_range("image_size", side.to_string()));
    }
    let mut body = Map::new();
    body.insert("prompt".to_owned(), json!(prompt));
    body.insert("loras".to_owned(), json!([{ "path": material.weights.0, "scale": scale }]));
    body.insert("image_size".to_owned(), json!({ "width": width, "height": height }));
    body.insert("num_images".to_owned(), json!(count));
    body.insert("seed".to_owned(), json!(order.seed));
    if let (Some(bounds), Some(guidance)) = (&input.guidance, order.guidance) {
        if !bounds.holds(&guidance) {
            return Err(out_of_range("guidance_scale", guidance.to_string()));
        }
        body.insert("guidance_scale".to_owned(), json!(guidance));
    }
    match (&input.strength, &material.source) {
        (Some(_), Some(source)) => {
            body.insert("image_url".to_owned(), json!(source.0));
            body.insert("strength".to_owned(), json!(STRENGTH));
        }
        (None, None) => {}
        (Some(_), None) => return Err(out_of_range("image_url", "nothing".to_owned())),
        // Its address stays out of every message.
        (None, Some(_)) => return Err(out_of_range("image_url", "a picture".to_owned())),
    }
    body.extend(input.fixed.clone());
    Ok(Value::Object(body))
}
