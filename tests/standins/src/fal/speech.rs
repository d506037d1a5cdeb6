//! Speech to text: every recording that can be downloaded has the transcript in the settings.

use serde_json::{Value, json};

use super::{
    check::{text, whole},
    fetch::fetch,
    models::Speech,
    record::Outcome,
    shared::Shared,
};

pub(super) async fn prepare(shared: &Shared, input: &Value) -> Result<(), Outcome> {
    let url = text(input, "audio_url")?;
    whole(input, "batch_size", (1.0, 64.0), 1)?;
    fetch(shared, "audio_url", url).await.map(drop)
}

pub(super) fn finish(shared: &Shared, speech: Speech, input: &Value) -> Outcome {
    let words = shared.read(|world| world.settings.transcript.clone());
    let language = input.get("language").and_then(Value::as_str).unwrap_or("en");
    let level = input.get("chunk_level").and_then(Value::as_str).unwrap_or("segment");
    let chunks = match level {
        "none" => Value::Null,
        _ => json!([{ "timestamp": [0.0, 2.5], "text": words }]),
    };
    let body = match speech {
        Speech::Whisper => json!({
            "text": words,
            "chunks": chunks,
            "inferred_languages": [language],
            "diarization_segments": [],
        }),
        Speech::Wizper => json!({ "text": words, "chunks": chunks, "languages": [language] }),
    };
    Outcome { status: 200, body, error_type: None, in_status: false }
}
