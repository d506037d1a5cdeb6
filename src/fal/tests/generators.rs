//! Checks every name and range of the generators against FAL's own schemas, and what is sent for an
//! order.

use super::super::catalogue::{Catalogue, CatalogueError, GeneratorEntry};
use super::super::generator::input::input;
use super::schema::{schemas, takes};
use actors::ports::{Failure, FailureKind, FileUrl, MOST_PICTURES, Material, PictureOrder, Shape};
use actors::spending::Usd;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use strum::IntoEnumIterator as _;

const SEED: u64 = 17_454_220_438_242_315_174;

fn weights() -> FileUrl {
    FileUrl("https://v3.fal.media/files/weights.safetensors".into())
}

fn order() -> PictureOrder {
    super::picture_order(SEED)
}

/// A source where one is wanted.
fn material(generator: &GeneratorEntry) -> Material {
    let varies = generator.input.as_ref().is_some_and(|input| input.strength.is_some());
    let source = FileUrl("https://v3.fal.media/files/picture.jpg".into());
    Material { weights: weights(), source: varies.then_some(source) }
}

fn body(endpoint: &str, order: &PictureOrder) -> Result<Value, Failure> {
    let catalogue = Catalogue::shipped().unwrap();
    let generator = catalogue.generator(endpoint).unwrap();
    input(generator, order, &material(generator))
}

fn usable(catalogue: &Catalogue) -> impl Iterator<Item = &GeneratorEntry> {
    catalogue.generators().iter().filter(|generator| generator.input.is_some())
}

/// Orders at every edge of what we offer.
fn orders(generator: &GeneratorEntry) -> Vec<PictureOrder> {
    let input = generator.input.as_ref().unwrap();
    let guidances: Vec<_> = match &input.guidance {
        Some(range) => vec![None, Some(range.least), Some(range.most)],
        None => vec![None, Some(3.5)],
    };
    let mut orders = Vec::new();
    for shape in Shape::iter() {
        for count in [1, MOST_PICTURES] {
            for scale in [input.scale.least, 1.15, input.scale.most] {
                for guidance in &guidances {
                    orders.push(PictureOrder {
                        shape,
                        count,
                        scale,
                        guidance: *guidance,
                        ..order()
                    });
                }
            }
        }
    }
    orders
}

#[test]
fn every_trainer_names_a_generator_that_is_there() {
    let catalogue = Catalogue::shipped().unwrap();
    let named = catalogue.trainers().map(|trainer| trainer.generator.clone());
    let named: HashSet<_> =
        named.chain(catalogue.variations().into_iter().map(|[_, varying]| varying)).collect();
    let listed = catalogue.generators().iter().map(|entry| entry.endpoint.clone());
    assert_eq!(named, listed.collect());
    for trainer in catalogue.trainers() {
        let generator = catalogue.generator_of(&trainer.endpoint);
        assert_eq!(generator.is_some(), trainer.retired.is_none(), "{}", trainer.endpoint);
        assert!(generator.is_none_or(|name| name == trainer.generator), "{}", trainer.endpoint);
    }
    assert_eq!(catalogue.generator_of("fal-ai/flux-lora"), None, "that is no trainer");
}

#[test]
fn everything_sent_is_a_field_of_the_schema_and_in_its_range() {
    let (catalogue, schemas) = (Catalogue::shipped().unwrap(), schemas());
    let mut held = 0;
    for generator in usable(&catalogue) {
        let Some(schema) = schemas["generators"].get(&generator.endpoint) else { continue };
        held += 1;
        let fields = schema["input"]["properties"].as_object().unwrap();
        for order in orders(generator) {
            let body = input(generator, &order, &material(generator)).unwrap();
            sent(generator, schema, fields, body.as_object().unwrap());
        }
        assert!(schema["output"]["properties"].as_array().unwrap().contains(&"images".into()));
    }
    // All but the finetunes' own.
    assert_eq!(held + 1, schemas["generators"].as_object().unwrap().len());
}

fn sent(
    generator: &GeneratorEntry,
    schema: &Value,
    fields: &Map<String, Value>,
    body: &Map<String, Value>,
) {
    let endpoint = &generator.endpoint;
    for (name, value) in body {
        let known = fields.get(name).is_some_and(|field| takes(field, value));
        assert!(known, "{endpoint} is sent {name} = {value}; {:?}", fields.get(name));
    }
    for required in schema["input"]["required"].as_array().unwrap() {
        assert!(body.contains_key(required.as_str().unwrap()), "{endpoint} wants {required}");
    }
    // What FAL would otherwise decide, and people would notice.
    assert_eq!(body["enable_safety_checker"], true, "{endpoint}");
    assert_eq!(body["output_format"], "jpeg", "{endpoint}");
    assert!(!body.contains_key("sync_mode"), "{endpoint} would not keep its answer");
    let expands = fields.contains_key("enable_prompt_expansion");
    assert_eq!(body.get("enable_prompt_expansion"), expands.then_some(&json!(false)), "{endpoint}");
    let guided = generator.input.as_ref().unwrap().guidance.is_some();
    assert_eq!(fields.contains_key("guidance_scale"), guided, "{endpoint}");
    assert_eq!(fields.contains_key("strength"), body.contains_key("strength"), "{endpoint}");
}

#[test]
fn an_order_becomes_the_input_of_its_generator() {
    let order = PictureOrder { guidance: Some(3.0), ..order() };
    let common = json!({
        "prompt": "TOK_12345678 woman, studio",
        "loras": [{ "path": &*weights().0, "scale": 1.1 }],
        "image_size": { "width": 864, "height": 1152 },
        "num_images": 4,
        "seed": SEED,
        "output_format": "jpeg",
        "enable_safety_checker": true,
    });
    let with = |more: Value| {
        let mut body = common.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (endpoint, more) in [
        ("fal-ai/flux-lora", json!({ "num_inference_steps": 28, "guidance_scale": 3.0 })),
        (
            "fal-ai/z-image/turbo/lora",
            json!({ "num_inference_steps": 8, "enable_prompt_expansion": false }),
        ),
        (
            "fal-ai/flux-lora/image-to-image",
            json!({ "num_inference_steps": 28, "guidance_scale": 3.0, "strength": 0.6,
                "image_url": "https://v3.fal.media/files/picture.jpg" }),
        ),
    ] {
        assert_eq!(body(endpoint, &order).unwrap(), with(more), "{endpoint}");
    }
    let text = body("fal-ai/flux-lora", &order).unwrap().to_string();
    assert!(text.contains("\"seed\":17454220438242315174"), "{text}");
}

#[test]
fn what_fal_would_refuse_after_payment_is_refused_before() {
    let (flux, z) = ("fal-ai/flux-lora", "fal-ai/z-image/base/lora");
    let scaled = |scale| PictureOrder { scale, ..order() };
    let guided = |guidance| PictureOrder { guidance: Some(guidance), ..order() };
    let counted = |count| PictureOrder { count, ..order() };
    for (endpoint, order, taken) in [
        (flux, order(), true),
        (flux, counted(0), false),
        (flux, counted(5), false),
        (flux, scaled(-0.1), false),
        (flux, scaled(4.1), false),
        (flux, scaled(f64::NAN), false),
        (flux, scaled(f64::INFINITY), false),
        (flux, guided(35.1), false),
        (flux, guided(f64::NAN), false),
        (flux, guided(0.0), true),
        (z, guided(0.9), false),
        (flux, PictureOrder { prompt: " \n".to_owned(), ..order() }, false),
    ] {
        match body(endpoint, &order) {
            Ok(_) => assert!(taken, "{endpoint} took {order:?}"),
            Err(failure) => {
                assert!(!taken, "{endpoint} refused {order:?}: {failure:?}");
                assert_eq!(failure.code, "parameter_out_of_range");
                assert_eq!(failure.kind, FailureKind::OurMistake);
            }
        }
    }
    // A variation of nothing, and a source where none is read.
    let catalogue = Catalogue::shipped().unwrap();
    let [plain, varying] =
        [flux, "fal-ai/flux-lora/image-to-image"].map(|name| catalogue.generator(name).unwrap());
    for (generator, other) in [(plain, varying), (varying, plain)] {
        let failure = input(generator, &order(), &material(other)).unwrap_err();
        assert_eq!(failure.code, "parameter_out_of_range");
        assert!(!failure.message.contains("http"), "{}", failure.message);
    }
    let retired = body("fal-ai/flux-pro/v1.1-ultra-finetuned", &order()).unwrap_err();
    assert_eq!(retired.code, "generator_retired");
}

#[test]
fn every_generator_has_a_price_of_about_a_few_cents() {
    let catalogue = Catalogue::shipped().unwrap();
    for generator in usable(&catalogue) {
        for shape in Shape::iter() {
            let price = catalogue.price_of_pictures(&generator.endpoint, shape.size(), 1).unwrap();
            // Ten times more or less than FAL ever named is a typo.
            assert!((0.005..0.2).contains(&price.dollars()), "{}: {price}", generator.endpoint);
        }
    }
    let price = |endpoint, size, count| catalogue.price_of_pictures(endpoint, size, count);
    let flux = "fal-ai/flux-lora";
    assert_eq!(price(flux, (864, 1152), 4), Some(Usd::of_dollars(0.14)));
    assert_eq!(price(flux, (1024, 1024), 1), Some(Usd::of_dollars(0.07)), "rounded up");
    assert_eq!(price("fal-ai/flux-pro/v1.1-ultra-finetuned", (864, 1152), 1), None);
    assert_eq!(price("fal-ai/nobody-knows", (864, 1152), 1), None);
}

/// As it stands in the catalogue.
const PRICE: &str = r#"price = { usd = 0.035, per = "megapixel", seen = "2026-11-21", source = "FAL's page of it" }"#;

#[test]
fn broken_generators_say_what_is_wrong_with_them() {
    let shipped = include_str!("../generators.toml");
    for (from, to, said) in [
        (PRICE, "", "has no price per megapixel"),
        ("per = \"megapixel\"", "per = \"step\"", "has no price per megapixel"),
        ("usd = 0.035", "usd = 0.0", "costs nothing"),
        ("usd = 0.035", "eur = 0.035", "cannot be read"),
        ("enable_safety_checker = true", "sync_mode = true", "is sent «sync_mode»"),
        ("enable_safety_checker = true", "seed = 1", "sends «seed» twice"),
        ("sides = { least = 1,", "sides = { least = 0,", "makes no picture"),
        (
            "scale = { least = 0.0, most = 4.0 }",
            "scale = { least = 0.0, most = 0.5 }",
            "as they are",
        ),
        (
            "strength = { least = 0.01, most = 1.0 }",
            "strength = { least = 0.7, most = 1.0 }",
            "as much as we do",
        ),
        (
            "varied_at = \"fal-ai/flux-lora/image-to-image\"",
            "varied_at = \"fal-ai/flux-2/lora\"",
            "which varies none",
        ),
        ("enable_safety_checker = true", "image_url = \"so\"", "sends «image_url» twice"),
        ("retired = \"it takes", "was = \"it takes", "cannot be read"),
        (PRICE, "retired = \"so\"", "is retired and has an input"),
        ("fal-ai/qwen-image\"", "fal-ai/flux-lora\"", "is there twice"),
        ("fal-ai/qwen-image\"", "fal-ai/qwen\"", "«fal-ai/qwen-image-trainer» makes weights for"),
    ] {
        assert!(shipped.contains(from), "nothing to break: {from}");
        let trainers = Catalogue::read(include_str!("../trainers.toml")).unwrap();
        let error: CatalogueError =
            trainers.with_generators(&shipped.replace(from, to)).unwrap_err();
        assert!(error.to_string().contains(said), "{to}: {error}");
    }
}
