//! Images from text: checks the input, really loads the weights, and paints something.

use actix_web::web::Bytes;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use safetensors::SafeTensors;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    check::{refused, text, whole},
    errors,
    fetch::{download, fetch},
    files::result_path,
    models::Images,
    paint::{self, Format},
    picture::{self, BadPicture, Motif},
    record::{Outcome, Picture},
    schema,
    settings::UnreadWeights,
    shared::Shared,
    train::died,
};

/// Checks the input by the model's schema and downloads all files in it.
pub(super) async fn prepare(
    shared: &Shared,
    id: &str,
    images: &Images,
    input: &Value,
) -> Result<(), Outcome> {
    if let Some(schema) = images.schema.and_then(schema::of) {
        schema::check(schema, input)?;
    } else {
        text(input, "prompt")?;
        whole(input, "num_images", (1.0, 4.0), 1)?;
    }
    if let (Some(bounds), Some(size)) = (images.sides, input.get("image_size")) {
        whole(size, "width", bounds, 1)?;
        whole(size, "height", bounds, 1)?;
    }
    format(images, input)?;
    if images.loras {
        for lora in input.get("loras").and_then(Value::as_array).into_iter().flatten() {
            load(shared, lora).await?;
        }
    }
    if images.varies {
        let read = source(shared, text(input, "image_url")?).await?;
        shared.write(|world| {
            if let Some(job) = world.ledger.job_mut(id) {
                job.source = Some(read);
            }
        });
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

/// The picture that is varied must be reachable and one.
async fn source(shared: &Shared, url: &str) -> Result<String, Outcome> {
    let bytes = fetch(shared, "image_url", url).await?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    match tokio::task::spawn_blocking(move || image::load_from_memory(&bytes)).await {
        Ok(Ok(_)) => Ok(sha256),
        Ok(Err(_)) => {
            let message = "Failed to load the image";
            let url = Value::from(url);
            Err(refused("image_url", message, "image_load_error", Some(&url), None))
        }
        Err(error) => Err(died(&error)),
    }
}

/// A file of weights must be reachable and valid.
async fn load(shared: &Shared, lora: &Value) -> Result<(), Outcome> {
    let path = text(lora, "path")?;
    let read =
        download(shared, path).await.and_then(|bytes| match SafeTensors::deserialize(&bytes) {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("not safetensors: {error}")),
        });
    let Err(why) = read else { return Ok(()) };
    let end = |status, body, error_type| Outcome { status, body, error_type, in_status: false };
    Err(match shared.read(|world| world.settings.unread_weights) {
        UnreadWeights::Typed => {
            let message = format!("Failed to download {path}: {why}");
            refused("loras", &message, "file_download_error", Some(lora), None)
        }
        UnreadWeights::Internal => {
            let message = format!("Failed to get remote file properties for {path}: {why}");
            let kind = "internal_server_error";
            end(500, errors::model("loras", &message, kind, Some(lora), None), None)
        }
        UnreadWeights::Plain => {
            end(422, json!({ "detail": format!("{why} for url: {path}") }), None)
        }
    })
}

fn finetune(shared: &Shared, input: &Value) -> Result<(), Outcome> {
    let id = text(input, "finetune_id")?;
    if shared.read(|world| world.settings.finetunes.iter().any(|known| known == id)) {
        return Ok(());
    }
    let message = format!("Finetune {id} does not exist yet");
    Err(refused("finetune_id", &message, "value_error", Some(&json!(id)), None))
}

/// What is to be painted: decided at once for all pictures of a job.
struct Order {
    /// From which everything follows; the same seed makes the same pictures.
    seed: Value,
    format: Format,
    size: (u32, u32),
    /// Of each picture: whether it is flagged, and what it is instead of a good one.
    pictures: Vec<(bool, Option<BadPicture>)>,
    faces: bool,
    tells_flagged: bool,
}

impl Order {
    fn read(shared: &Shared, id: &str, images: &Images, input: &Value) -> Option<Self> {
        let count = input.get("num_images").and_then(Value::as_u64).unwrap_or(1);
        let given = input.get("seed").filter(|seed| !seed.is_null()).cloned();
        let (format, size) = (format(images, input).ok()?, size(input)?);
        Some(shared.write(|world| {
            let settings = &mut world.settings;
            let mut picture = |number| {
                let flagged = settings.unsafe_images || settings.flagged.contains(&number);
                (flagged, if flagged { None } else { settings.bad_pictures.pop_front() })
            };
            let pictures = (0..usize::try_from(count).unwrap_or(1)).map(&mut picture).collect();
            Self {
                seed: given.unwrap_or_else(|| json!(paint::seed(id))),
                format,
                size,
                pictures,
                faces: settings.faces,
                tells_flagged: settings.tells_flagged,
            }
        }))
    }

    /// Paints one picture: the good one, and what is served of it.
    fn paint(&self, number: usize) -> Result<Option<Bytes>, image::ImageError> {
        let (flagged, bad) = self.pictures[number];
        let motif = match bad {
            Some(BadPicture::Black) => Motif::Black,
            _ if flagged => Motif::Black,
            Some(BadPicture::Faceless) => Motif::Gradient,
            _ if self.faces => Motif::Face,
            _ => Motif::Gradient,
        };
        let good = picture::draw((&self.seed, number), self.size, self.format, motif)?;
        Ok(match bad {
            Some(bad) => picture::spoil(bad, &good),
            None => Some(good),
        })
    }
}

/// Paints the images, off the runtime, and returns their URLs.
pub(super) async fn finish(shared: &Shared, id: &str, images: &Images, input: &Value) -> Outcome {
    let Some(order) = Order::read(shared, id, images, input) else {
        return died(&"the input changed");
    };
    let painting = tokio::task::spawn_blocking(move || {
        let painted = (0..order.pictures.len()).map(|number| order.paint(number));
        painted.collect::<Result<Vec<_>, _>>().map(|painted| (order, painted))
    });
    let (order, painted) = match painting.await {
        Ok(Ok(painted)) => painted,
        Ok(Err(error)) => return died(&error),
        Err(error) => return died(&error),
    };
    let inline = input.get("sync_mode").and_then(Value::as_bool).unwrap_or(false);
    let kind = order.format.content_type();
    let mut told = Vec::new();
    for (number, bytes) in painted.into_iter().enumerate() {
        let url = if inline {
            format!("data:{kind};base64,{}", STANDARD.encode(bytes.unwrap_or_default()))
        } else {
            serve(shared, id, number, &order, bytes)
        };
        told.push(if images.terse {
            json!({ "url": url, "content_type": kind })
        } else {
            let (width, height) = order.size;
            json!({ "url": url, "width": width, "height": height, "content_type": kind })
        });
    }
    if images.terse {
        return done(json!({ "images": told, "description": "" }));
    }
    let mut body = json!({
        "images": told,
        "timings": { "inference": 0.05 },
        "seed": order.seed,
        "prompt": input["prompt"],
    });
    if order.tells_flagged {
        body["has_nsfw_concepts"] = order.pictures.iter().map(|(flagged, _)| *flagged).collect();
    }
    done(body)
}

/// Serves a picture, or what it is instead, and records it.
fn serve(shared: &Shared, id: &str, number: usize, order: &Order, bytes: Option<Bytes>) -> String {
    let path = result_path(id, &format!("{number}.{}", order.format.name()));
    let url = format!("{}{path}", shared.origin);
    let (flagged, bad) = order.pictures[number];
    shared.write(|world| {
        let served = bytes.clone().unwrap_or_default();
        if let Some(job) = world.ledger.job_mut(id) {
            job.pictures.push(Picture {
                url: url.clone(),
                bytes: served.len(),
                sha256: hex::encode(Sha256::digest(&served)),
                flagged,
            });
        }
        let kind = order.format.content_type();
        match bytes {
            Some(bytes) if bad == Some(BadPicture::Endless) => {
                world.files.put_endless(path, kind, bytes);
            }
            Some(bytes) => world.files.put(path, kind, bytes),
            None => {}
        }
    });
    url
}

fn done(body: Value) -> Outcome {
    Outcome { status: 200, body, error_type: None, in_status: false }
}

fn format(images: &Images, input: &Value) -> Result<Format, Outcome> {
    let schema = images.schema.and_then(schema::of);
    let default = schema.and_then(|schema| schema::default(schema, "output_format").as_str());
    let default = default.unwrap_or(if images.terse { "png" } else { "jpeg" });
    let name = input.get("output_format").and_then(Value::as_str).unwrap_or(default);
    Format::of(name).ok_or_else(|| {
        let expected = json!({ "expected": "jpeg, png, webp" });
        refused("output_format", "Unexpected value", "one_of", Some(&json!(name)), Some(expected))
    })
}

/// A preset, a size in pixels, or an aspect ratio.
fn size(input: &Value) -> Option<(u32, u32)> {
    let word = |field: &str| input.get(field).and_then(Value::as_str);
    if let Some(size) = input.get("image_size").filter(|size| size.is_object()) {
        let side = |name| size.get(name).and_then(Value::as_u64).unwrap_or(512);
        return Some(paint::within(side("width"), side("height")));
    }
    if let Some(name) = word("image_size") {
        return paint::preset(name);
    }
    let ratio = word("aspect_ratio").and_then(|ratio| ratio.split_once(':'));
    let ratio = ratio.and_then(|(wide, high)| Some((wide.parse().ok()?, high.parse().ok()?)));
    Some(ratio.map_or((1024, 768), |(wide, high): (u64, u64)| paint::shape(wide, high)))
}
