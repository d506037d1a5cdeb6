//! Checks every name and range of the catalogue against FAL's own schemas.

use super::super::catalogue::{Catalogue, CatalogueError, Input, TrainerEntry, Word};
use super::super::input::input;
use super::schema::{schemas, takes};
use super::{archive, order_for};
use actors::avatar::TrainingType;
use actors::spending::Usd;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Every body that a trainer can be sent, one per kind.
fn bodies(trainer: &TrainerEntry) -> Vec<Map<String, Value>> {
    let body = |kind: &TrainingType| {
        let order = order_for(&trainer.endpoint, *kind);
        input(trainer, &order, &archive()).unwrap().as_object().cloned().unwrap()
    };
    trainer.uses.keys().map(body).collect()
}

#[test]
fn everything_sent_is_a_field_of_the_schema_and_in_its_range() {
    let (catalogue, schemas) = (Catalogue::shipped().unwrap(), schemas());
    let mut held = 0;
    for trainer in catalogue.trainers() {
        let Some(schema) = schemas["trainers"].get(&trainer.endpoint) else { continue };
        held += 1;
        let fields = schema["input"]["properties"].as_object().unwrap();
        for body in bodies(trainer) {
            for (name, value) in &body {
                let field = fields.get(name);
                let known = field.is_some_and(|field| takes(field, value));
                assert!(known, "{} is sent {name} = {value}; {field:?}", trainer.endpoint);
            }
            for required in schema["input"]["required"].as_array().unwrap() {
                let name = required.as_str().unwrap();
                assert!(body.contains_key(name), "{} wants {name}", trainer.endpoint);
            }
        }
        let outputs = schema["output"]["required"].as_array().unwrap();
        assert!(outputs.contains(&trainer.output.word().into()), "{}", trainer.endpoint);
        ranges(trainer.input.as_ref().unwrap(), fields, &trainer.endpoint);
    }
    assert_eq!(held, schemas["trainers"].as_object().unwrap().len(), "a schema without a trainer");
}

/// Our ranges lie within theirs, and we have one wherever they have one.
fn ranges(input: &Input, fields: &Map<String, Value>, endpoint: &str) {
    let steps = &fields["steps"];
    for edge in [input.steps.least, input.steps.most] {
        assert!(takes(steps, &edge.into()), "{endpoint} takes no {edge} steps");
    }
    let multiple = steps["multipleOf"].as_i64().unwrap_or(1);
    assert_eq!(i64::from(input.steps.multiple) % multiple, 0, "{endpoint}");
    let Some(rate) = fields.get("learning_rate") else {
        assert!(input.learning_rate.is_none(), "{endpoint} has no learning rate");
        return;
    };
    let ours = input.learning_rate.unwrap();
    for (bound, edge) in [("minimum", ours.least), ("maximum", ours.most)] {
        assert_eq!(rate[bound].is_number(), edge.is_some(), "{endpoint} {bound}");
        assert!(edge.is_none_or(|edge| takes(rate, &edge.into())), "{endpoint} {bound}");
    }
}

#[test]
fn a_trainer_without_a_trigger_field_gets_the_word_as_its_caption() {
    let (catalogue, schemas) = (Catalogue::shipped().unwrap(), schemas());
    for trainer in catalogue.trainers() {
        let Some(schema) = schemas["trainers"].get(&trainer.endpoint) else { continue };
        let fields = schema["input"]["properties"].as_object().unwrap();
        let captioned = fields.contains_key("default_caption");
        let word = &trainer.input.as_ref().unwrap().word;
        assert_eq!(matches!(word, Word::Caption(_)), captioned, "{}", trainer.endpoint);
        for body in bodies(trainer) {
            assert_eq!(body[word.field()], "TOK_12345678", "{}", trainer.endpoint);
        }
    }
}

#[test]
fn weights_fit_their_generator() {
    let (catalogue, schemas) = (Catalogue::shipped().unwrap(), schemas());
    let mut pairs = HashSet::new();
    for trainer in catalogue.trainers() {
        pairs.insert((&trainer.base_model, &trainer.generator));
        let Some(schema) = schemas["generators"].get(&trainer.generator) else { continue };
        let wanted = if trainer.retired.is_some() { "finetune_id" } else { "loras" };
        assert!(schema["input"]["properties"].get(wanted).is_some(), "{}", trainer.endpoint);
    }
    let models: HashSet<_> = pairs.iter().map(|(model, _)| model).collect();
    assert_eq!(models.len(), pairs.len(), "one base model has two generators: {pairs:?}");
}

#[test]
fn all_trainers_are_there_and_each_kind_has_one_default() {
    let catalogue = Catalogue::shipped().unwrap();
    let names: HashSet<_> = catalogue.trainers().map(|trainer| &*trainer.endpoint).collect();
    let expected = [
        "flux-lora-portrait-trainer",
        "flux-lora-fast-training",
        "flux-krea-trainer",
        "turbo-flux-trainer",
        "flux-2-trainer",
        "flux-2-trainer-v2",
        "flux-2-klein-4b-base-trainer",
        "flux-2-klein-9b-base-trainer",
        "z-image-turbo-trainer-v2",
        "z-image-base-trainer",
        "z-image-trainer",
        "qwen-image-2512-trainer-v2",
        "qwen-image-trainer",
        "flux-pro-trainer",
    ];
    let expected: Vec<String> = expected.iter().map(|name| format!("fal-ai/{name}")).collect();
    assert_eq!(names, expected.iter().map(String::as_str).collect());
    for (kind, endpoint) in [
        (TrainingType::Portrait, "fal-ai/flux-lora-portrait-trainer"),
        (TrainingType::Style, "fal-ai/flux-lora-fast-training"),
        (TrainingType::Object, "fal-ai/flux-lora-fast-training"),
    ] {
        assert_eq!(catalogue.of_kind(kind).unwrap().endpoint, endpoint);
    }
}

/// As it stands in the catalogue.
const PRICE: &str = "price = { usd = 0.0064, per = \"step\", seen = \"2026-11-21\", source = \"FAL's page of it\" }";

#[test]
fn every_trainer_that_can_be_bought_from_has_a_price() {
    let catalogue = Catalogue::shipped().unwrap();
    for trainer in catalogue.trainers() {
        let cost = catalogue.price(&trainer.endpoint, 1000);
        assert_eq!(cost.is_some(), trainer.retired.is_none(), "{}", trainer.endpoint);
        let Some(cost) = cost else { continue };
        // Ten times more or less than FAL ever named is a typo.
        assert!((0.1..20.0).contains(&cost.dollars()), "{} costs {cost}", trainer.endpoint);
        assert!(!trainer.price.as_ref().unwrap().source.is_empty(), "{}", trainer.endpoint);
    }
    let cost = |name: &str, steps| catalogue.price(&format!("fal-ai/{name}"), steps);
    assert_eq!(cost("flux-lora-portrait-trainer", 1000), Some(Usd::of_dollars(2.4)));
    assert_eq!(
        cost("qwen-image-2512-trainer-v2", 100),
        Some(Usd::of_dollars(0.475)),
        "500 at least"
    );
    assert_eq!(cost("nobody-knows", 1000), None);
}

#[test]
fn a_broken_catalogue_says_what_is_wrong_with_it() {
    let shipped = include_str!("../trainers.toml");
    let portrait = "steps = { default = 1000, least = 1, most = 10000 }";
    for (from, to, said) in [
        ("style = { default = true,", "style = {", "0 default trainers for «style»"),
        ("object = {}", "object = { default = true }", "5 default trainers for «object»"),
        ("older = [\"style\"]", "", "0 trainers of the older Aisha for «style»"),
        ("archive = \"images_data_url\"", "archives = \"images_data_url\"", "cannot be read"),
        ("subject_crop = \"subject_crop\"", "subject_crop = \"crop\"", "cannot be read"),
        (portrait, "steps = { default = 0, least = 1, most = 9 }", "its own steps"),
        (portrait, "steps = { default = 1000, least = 0, most = 10000 }", "less than one"),
        ("default = 0.0002,", "default = 0.2,", "its own learning rate"),
        ("retired = \"FAL no longer runs it\"", "", "has no input"),
        (PRICE, "retired = \"so\"", "is retired and has an input"),
        (PRICE, "", "has no price"),
        ("usd = 0.0064", "usd = 0.0", "costs nothing"),
        ("seen = \"2026-11-21\"", "seen = \"lately\"", "cannot be read"),
        ("is_style = true }", "trigger_word = \"x\" }", "sends «trigger_word» twice"),
        ("fal-ai/flux-2-trainer-v2", "fal-ai/flux-2-trainer", "is there twice"),
    ] {
        assert!(shipped.contains(from), "nothing to break: {from}");
        let error: CatalogueError = Catalogue::read(&shipped.replace(from, to)).unwrap_err();
        assert!(error.to_string().contains(said), "{to}: {error}");
    }
}

#[test]
fn the_trainers_of_the_older_aisha_are_known() {
    let older = Catalogue::shipped().unwrap().older();
    for (kind, endpoint) in [
        (TrainingType::Portrait, "fal-ai/flux-lora-portrait-trainer"),
        (TrainingType::Style, "fal-ai/flux-pro-trainer"),
        (TrainingType::Object, "fal-ai/flux-lora-fast-training"),
    ] {
        assert_eq!(older[&kind], endpoint);
    }
}
