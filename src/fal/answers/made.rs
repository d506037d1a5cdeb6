//! Where an answer names what a job made, and what went wrong for jobs of its kind.

use super::super::catalogue::OutputField;
use super::{failure, url};
use actors::ports::{Failure, FailureKind, Files, NamedFile, PICTURES};
use serde_json::Value;

/// What a job makes.
#[derive(Clone, Copy, Debug)]
pub(in crate::fal) enum Made {
    /// A training's files, the weights in this field if the trainer is known.
    Weights(Option<OutputField>),
    /// Pictures.
    Pictures,
}

impl Made {
    /// The files in a payload; `None` if it names nothing of what was bought.
    pub(in crate::fal) fn files(self, payload: &Value) -> Option<Files> {
        match self {
            Self::Weights(output) => weights(payload, output),
            Self::Pictures => pictures(payload),
        }
    }

    /// Why a job failed, in either of FAL's formats; `code` is used if there is no type.
    pub(in crate::fal) fn failure(self, code: &str, body: &Value) -> Failure {
        self.sorted(failure(code, body))
    }

    /// A failure, sorted by what helps jobs of this kind.
    pub(in crate::fal) fn sorted(self, failure: Failure) -> Failure {
        let certain = matches!(failure.kind, FailureKind::ContentPolicy | FailureKind::Stopped);
        match self {
            Self::Pictures if !certain && unreadable(&failure.message) => {
                Failure { kind: FailureKind::BadArchive, ..failure }
            }
            Self::Pictures | Self::Weights(_) => failure,
        }
    }
}

/// A training's files: the weights in the trainer's own field if the trainer is known, otherwise in
/// any field that a trainer uses. So paid weights are not lost when FAL renames a field; the file at
/// the address is proved anyway. A size that is not a whole number is ignored.
fn weights(payload: &Value, output: Option<OutputField>) -> Option<Files> {
    let typical = [OutputField::DiffusersLoraFile, OutputField::LoraFile];
    let mut fields = output.into_iter().chain(typical).map(OutputField::word);
    let (file, weights) = fields.find_map(|field| {
        let file = payload.get(field)?;
        Some((file, url(file)?))
    })?;
    let config = payload.get("config_file").and_then(url);
    Some(Files::of_training(weights, byte_size(file), config))
}

/// The pictures, named by their position, without those that the safety checker blacked out. It may
/// have blacked out all; an answer that names none and flags none says nothing.
fn pictures(payload: &Value) -> Option<Files> {
    let images = payload.get("images")?.as_array()?;
    let flags = payload.get("has_nsfw_concepts").and_then(Value::as_array);
    let flagged = |position: usize| flags.and_then(|flags| flags.get(position)?.as_bool());
    let mut files = Vec::new();
    let mut blacked_out = false;
    for (position, (image, name)) in images.iter().zip(PICTURES).enumerate() {
        if flagged(position) == Some(true) {
            blacked_out = true;
        } else if let Some(url) = url(image) {
            files.push(NamedFile { name, url, byte_size: byte_size(image) });
        }
    }
    (blacked_out || !files.is_empty()).then_some(Files(files))
}

/// A size that is not a whole number is ignored; an empty file is none, so zero means unknown.
fn byte_size(file: &Value) -> Option<u64> {
    file.get("file_size").and_then(Value::as_u64).filter(|size| *size > 0)
}

/// Whether the generator could not read the weights, in the words of FAL's toolkit or of a client
/// library. FAL has a type for it, but passes other libraries' errors on as they are. The status of
/// FAL's own answer is not meant.
fn unreadable(message: &str) -> bool {
    let message = message.to_lowercase();
    if said_status(&message) {
        return false;
    }
    let refused = |word: &str| matches!(word, "403" | "404");
    message.contains("failed to download")
        || message.contains("failed to get remote file properties")
        || message.split(|c: char| !c.is_ascii_alphanumeric()).any(refused)
}

/// What FAL writes when only the status of the answer is known.
fn said_status(message: &str) -> bool {
    message.starts_with("invalid status code")
}
