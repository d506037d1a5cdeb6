//! The words of the older Aisha, in either case, including those that mean nothing here.

use super::super::Bench;
use actors::avatar::{Status, TrainingType};

pub(super) fn status(bench: &mut Bench<'_>) -> Status {
    let Some(text) = bench.text("status") else {
        bench.changed("status_null", "its status was null, it is a draft");
        return Status::Draft;
    };
    let lower = text.to_lowercase();
    let known = match lower.as_str() {
        "photos_uploading" => Some(Status::Uploading),
        "ready_for_training" => Some(Status::Ready),
        word => Status::of_word(word),
    };
    match known {
        Some(status) if text != lower => {
            bench.changed("status_case", format!("its status «{text}» is «{}»", status.word()));
            status
        }
        Some(status) => status,
        None => {
            bench.changed(
                "status_unknown",
                format!("its status «{text}» is unknown, it is a draft"),
            );
            Status::Draft
        }
    }
}

pub(super) fn kind(bench: &mut Bench<'_>) -> TrainingType {
    let word = bench.text("training_type").map(str::to_lowercase);
    if let Some(kind) = word.as_deref().and_then(TrainingType::of_word) {
        return kind;
    }
    let style = bench.text("avatar_type").is_some_and(|kind| kind.eq_ignore_ascii_case("style"));
    let kind = if style { TrainingType::Style } else { TrainingType::Portrait };
    let said = word.map_or("null".to_owned(), |word| format!("«{word}»"));
    bench.changed("type_unknown", format!("its training type was {said}, it is «{}»", kind.word()));
    kind
}

pub(super) fn finetune_type(bench: &mut Bench<'_>) -> &'static str {
    match bench.text("finetune_type").map(str::to_lowercase).as_deref() {
        Some("dreambooth") => "dreambooth",
        None | Some("lora") => "lora",
        Some(other) => {
            bench.changed("finetune_type", format!("its finetune type «{other}» is «lora» here"));
            "lora"
        }
    }
}

pub(super) fn priority(bench: &mut Bench<'_>) -> Option<&'static str> {
    match bench.text("fal_priority").map(str::to_lowercase).as_deref()? {
        "speed" => Some("speed"),
        "quality" => Some("quality"),
        "high_res_only" => Some("high_res_only"),
        "balanced" => {
            bench.changed("priority_balanced", "its priority «balanced» is «quality»");
            Some("quality")
        }
        other => {
            bench.changed("priority_unknown", format!("its priority «{other}» is unknown"));
            None
        }
    }
}
