//! Images from text: checks the input, really loads the weights, and paints something.

use actix_web::web::Bytes;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use safetensors::SafeTensors;
use serde_json::{Value, json};

use super::{
    check::{range, refused, text, whole},
    fetch::fetch,
    files::result_path,
    models::Images,
    paint::{self, Format},
    record::Outcome,
    shared::Shared,
    train::died,
};

/// Checks all fields that the model has and downloads all files in the input.
pub(super) async fn prepare(
    shared: &Shared,
    images: &Images,
    input: &Value,
) -> Result<(), Outcome> {
    text(input, "prompt")?;
    whole(input, "num_images", (1.0, 4.0), 1)?;
    if let Some(bounds) = images.steps {
        whole(input, "num_inference_steps", bounds, 1)?;
    }
    if let Some((least, most)) = images.guidance {
        range(input, "guidance_scale", least, most)?;
    }
    format(images, input)?;
    size(input)?;
    if images.loras {
        load(shared, input).await?;
    }
    if images.finetune {
        finetune(shared, input)?;
    }
    if images.terse {
        for url in input.get("image_urls").and_then(Value::as_array).into_iter().flatten() {
            fetch(shared, "image_urls", url.as_str().unwrap_or_default()).await?;
        }
    }
    Ok(())
}

/// Every file of weights must be reachable and valid.
async fn load(shared: &Shared, input: &Value) -> Result<(), Outcome> {
    for lora in input.get("loras").and_then(Value::as_array).into_iter().flatten() {
        let path = text(lora, "path")?;
        range(lora, "scale", 0.0, 4.0)?;
        let weights = fetch(shared, "loras", path).await?;
        if let Err(error) = SafeTensors::deserialize(&weights) {
            let message = format!("Failed to load the LoRA: {error}");
            return Err(refused("loras", &message, "file_download_error", Some(lora), None));
        }
    }
    Ok(())
}

fn finetune(shared: &Shared, input: &Value) -> Result<(), Outcome> {
    let id = text(input, "finetune_id")?;
    range(input, "finetune_strength", 0.0, 2.0)?;
    if input.get("finetune_strength").is_none() {
        return Err(refused("finetune_strength", "Field required", "missing", Some(input), None));
    }
    if shared.read(|world| world.settings.finetunes.iter().any(|known| known == id)) {
        return Ok(());
    }
    let message = format!("Finetune {id} does not exist yet");
    Err(refused("finetune_id", &message, "value_error", Some(&json!(id)), None))
}

/// Paints the images and returns their URLs.
pub(super) fn finish(shared: &Shared, id: &str, images: &Images, input: &Value) -> Outcome {
    let (Ok(format), Ok((width, height))) = (format(images, input), size(input)) else {
        return died(&"the input changed");
    };
    let dark = shared.read(|world| world.settings.unsafe_images);
    let inline = input.get("sync_mode").and_then(Value::as_bool).unwrap_or(false);
    let count = input.get("num_images").and_then(Value::as_u64).unwrap_or(1);
    let mut told = Vec::new();
    for number in 0..count {
        let painted = match paint::image(&format!("{id} {number}"), (width, height), format, dark) {
            Ok(bytes) => Bytes::from(bytes),
            Err(error) => return died(&error),
        };
        let url = if inline {
            format!("data:{};base64,{}", format.content_type(), STANDARD.encode(&painted))
        } else {
            let path = result_path(id, &format!("{number}.{}", format.name()));
            let url = format!("{}{path}", shared.origin);
            shared.write(|world| world.files.put(path, format.content_type(), painted));
            url
        };
        told.push(if images.terse {
            json!({ "url": url, "content_type": format.content_type() })
        } else {
            json!({
                "url": url,
                "width": width,
                "height": height,
                "content_type": format.content_type(),
            })
        });
    }
    let body = if images.terse {
        json!({ "images": told, "description": "" })
    } else {
        json!({
            "has_nsfw_concepts": vec![dark; told.len()],
            "images": told,
            "timings": { "inference": 0.05 },
            "seed": input.get("seed").cloned().unwrap_or_else(|| json!(paint::seed(id))),
            "prompt": input["prompt"],
        })
    };
    Outcome { status: 200, body, error_type: None, in_status: false }
}

fn format(images: &Images, input: &Value) -> Result<Format, Outcome> {
    let name = input.get("output_format").and_then(Value::as_str).unwrap_or(images.format);
    let webp = images.format == "png";
    Format::of(name).filter(|format| webp || *format != Format::Webp).ok_or_else(|| {
        let expected = json!({ "expected": if webp { "jpeg, png, webp" } else { "jpeg, png" } });
        refused("output_format", "Unexpected value", "one_of", Some(&json!(name)), Some(expected))
    })
}

/// A preset, a size in pixels, or an aspect ratio.
fn size(input: &Value) -> Result<(u32, u32), Outcome> {
    let word = |field: &str| input.get(field).and_then(Value::as_str);
    if let Some(size) = input.get("image_size").filter(|size| size.is_object()) {
        whole(size, "width", (1.0, 14_142.0), 1)?;
        whole(size, "height", (1.0, 14_142.0), 1)?;
        let side = |name| size.get(name).and_then(Value::as_u64).unwrap_or(512);
        return Ok(paint::within(side("width"), side("height")));
    }
    if let Some(name) = word("image_size") {
        return paint::preset(name).ok_or_else(|| {
            let value = json!(name);
            refused("image_size", "Unexpected value", "one_of", Some(&value), None)
        });
    }
    let ratio = word("aspect_ratio").and_then(|ratio| ratio.split_once(':'));
    let ratio = ratio.and_then(|(wide, high)| Some((wide.parse().ok()?, high.parse().ok()?)));
    Ok(ratio.map_or((1024, 768), |(wide, high): (u64, u64)| paint::shape(wide, high)))
}
