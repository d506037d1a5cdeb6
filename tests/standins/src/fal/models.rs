//! The models that the stand-in knows, and what its jobs check in their input.
//!
//! Field names differ between trainers where one would expect them to be the same, and FAL ignores
//! unknown fields. So a wrong name fails here as it does there: after the submit.

use serde_json::Value;

use super::schema;

/// What an endpoint does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Model {
    Trainer(&'static Trainer),
    /// `fal-ai/flux-pro-trainer`: accepted, then failed with a message about its retirement.
    Retired,
    Images(&'static Images),
    Speech(Speech),
}

impl Model {
    /// Looks up the full endpoint id; no other form exists.
    pub(super) fn of(endpoint: &str) -> Option<Self> {
        match endpoint {
            "fal-ai/flux-pro-trainer" => return Some(Self::Retired),
            "fal-ai/whisper" => return Some(Self::Speech(Speech::Whisper)),
            "fal-ai/wizper" => return Some(Self::Speech(Speech::Wizper)),
            _ => {}
        }
        let trainer = TRAINERS.iter().find(|trainer| trainer.endpoint == endpoint);
        let images = || IMAGES.iter().find(|images| images.endpoint == endpoint);
        trainer.map(Self::Trainer).or_else(|| images().map(Self::Images))
    }
}

/// FAL's schema of an endpoint's input, if it is published.
pub(super) fn schema_of(endpoint: &str) -> Option<&'static Value> {
    let images = IMAGES.iter().find(|images| images.endpoint == endpoint);
    schema::of(images.and_then(|images| images.schema).unwrap_or(endpoint))
}

/// A model that makes weights from an archive of photos.
#[derive(Debug)]
pub(super) struct Trainer {
    endpoint: &'static str,
    /// The input field with the URL of the archive.
    pub(super) data: &'static str,
    /// The output field with the weights.
    pub(super) lora: &'static str,
    /// The training fails with fewer images.
    pub(super) images: usize,
    pub(super) steps: Steps,
    /// The lowest and highest learning rate, if the schema gives them.
    pub(super) rate: Option<(f64, f64)>,
    /// The training fails on an image without a caption, unless there is a `default_caption`.
    pub(super) needs_captions: bool,
}

/// The steps that a trainer accepts: minimum, maximum, and what they must be a multiple of.
#[derive(Debug)]
pub(super) struct Steps(pub(super) u64, pub(super) u64, pub(super) u64);

/// A trainer of the FLUX.1 family, which handles captions itself.
const fn flux(endpoint: &'static str, images: usize, rate: Option<(f64, f64)>) -> Trainer {
    Trainer {
        endpoint,
        data: "images_data_url",
        lora: "diffusers_lora_file",
        images,
        steps: Steps(1, 10_000, 1),
        rate,
        needs_captions: false,
    }
}

/// A trainer of the newer families: another field for the data, and captions or a default for them.
const fn newer(endpoint: &'static str, steps: Steps) -> Trainer {
    Trainer {
        endpoint,
        data: "image_data_url",
        lora: "diffusers_lora_file",
        images: 1,
        steps,
        rate: None,
        needs_captions: true,
    }
}

static TRAINERS: &[Trainer] = &[
    flux("fal-ai/flux-lora-portrait-trainer", 10, Some((1e-6, 1e-3))),
    flux("fal-ai/flux-lora-fast-training", 4, None),
    flux("fal-ai/flux-krea-trainer", 1, None),
    flux("fal-ai/turbo-flux-trainer", 1, Some((1e-7, 1e-2))),
    newer("fal-ai/flux-2-trainer", Steps(100, 10_000, 100)),
    newer("fal-ai/flux-2-trainer-v2", Steps(100, 10_000, 100)),
    newer("fal-ai/flux-2-klein-4b-base-trainer", Steps(100, 10_000, 100)),
    newer("fal-ai/flux-2-klein-9b-base-trainer", Steps(100, 10_000, 100)),
    newer("fal-ai/z-image-turbo-trainer-v2", Steps(10, 40_000, 1)),
    newer("fal-ai/z-image-base-trainer", Steps(10, 40_000, 1)),
    newer("fal-ai/z-image-trainer", Steps(100, 10_000, 100)),
    newer("fal-ai/qwen-image-2512-trainer-v2", Steps(10, 40_000, 1)),
    Trainer {
        lora: "lora_file",
        rate: Some((1e-6, 1e-2)),
        needs_captions: false,
        ..newer("fal-ai/qwen-image-trainer", Steps(1, 8000, 1))
    },
];

/// A model that makes images.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent of each other")]
pub(super) struct Images {
    endpoint: &'static str,
    /// The endpoint whose schema it checks its input by; its own, if that is published.
    pub(super) schema: Option<&'static str>,
    /// Accepts `loras` and loads each.
    pub(super) loras: bool,
    /// Varies a picture, which it reads from `image_url`.
    pub(super) varies: bool,
    /// Accepts the id of a finetune of the retired trainer.
    pub(super) finetune: bool,
    /// The lowest and highest width and height, where its schema keeps them to itself.
    pub(super) sides: Option<(f64, f64)>,
    /// Answers only with the images' URLs: no seed, no timings, nothing about safety.
    pub(super) terse: bool,
}

const fn lora(endpoint: &'static str) -> Images {
    like(endpoint, endpoint)
}

/// One whose schema is not published, so it is taken for that of a sibling.
const fn like(endpoint: &'static str, sibling: &'static str) -> Images {
    let schema = Some(sibling);
    let (finetune, sides, terse) = (false, None, false);
    Images { endpoint, schema, loras: true, varies: false, finetune, sides, terse }
}

const fn terse(endpoint: &'static str) -> Images {
    Images { schema: None, loras: false, terse: true, ..lora(endpoint) }
}

/// One that varies a picture with the same weights as its sibling.
const fn varying(endpoint: &'static str) -> Images {
    Images { varies: true, ..lora(endpoint) }
}

static IMAGES: &[Images] = &[
    lora("fal-ai/flux-lora"),
    lora("fal-ai/flux-krea-lora"),
    Images { sides: Some((512.0, 2048.0)), ..lora("fal-ai/flux-2/lora") },
    like("fal-ai/flux-2/klein/4b/base/lora", "fal-ai/flux-2/klein/9b/base/lora"),
    lora("fal-ai/flux-2/klein/9b/base/lora"),
    lora("fal-ai/z-image/turbo/lora"),
    varying("fal-ai/flux-lora/image-to-image"),
    varying("fal-ai/flux-krea-lora/image-to-image"),
    varying("fal-ai/z-image/turbo/image-to-image/lora"),
    lora("fal-ai/z-image/base/lora"),
    lora("fal-ai/qwen-image-2512/lora"),
    like("fal-ai/qwen-image", "fal-ai/qwen-image-2512/lora"),
    Images { schema: None, loras: false, terse: false, ..terse("fal-ai/flux-pro/v1.1-ultra") },
    Images { loras: false, finetune: true, ..lora("fal-ai/flux-pro/v1.1-ultra-finetuned") },
    terse("fal-ai/nano-banana-pro/edit"),
    terse("fal-ai/nano-banana-2/edit"),
];

/// The two models that transcribe speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speech {
    Whisper,
    Wizper,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_traps_between_trainers_are_kept() {
        let trainer = |endpoint| match Model::of(endpoint) {
            Some(Model::Trainer(trainer)) => (trainer.data, trainer.lora, trainer.needs_captions),
            other => panic!("{endpoint} is {other:?}"),
        };
        assert_eq!(
            trainer("fal-ai/flux-lora-portrait-trainer"),
            ("images_data_url", "diffusers_lora_file", false)
        );
        assert_eq!(trainer("fal-ai/qwen-image-trainer"), ("image_data_url", "lora_file", false));
        assert_eq!(
            trainer("fal-ai/flux-2-trainer-v2"),
            ("image_data_url", "diffusers_lora_file", true)
        );
        assert!(Model::of("fal-ai/flux-lora-portrait").is_none());
    }

    #[test]
    fn every_generator_that_is_held_to_a_schema_has_one() {
        for images in IMAGES {
            assert!(images.schema.is_none_or(|name| schema::of(name).is_some()), "{images:?}");
        }
    }
}
