//! The proof that a file is a safetensors file: all that a reader checks before it maps tensors.
//!
//! ```text
//! N: u64, little-endian │ N bytes of JSON │ the tensors' bytes, without gap or overlap
//! ```
//!
//! The crate `safetensors` proves the same, but only with the whole file in memory, and it refuses
//! number types that it does not know; our version may be older than the trainer's. So we only use
//! its list of types here, and check against the crate itself in the tests. Format:
//! <https://huggingface.co/docs/safetensors/index#format>.

mod header;
#[cfg(test)]
mod tests;
mod text;

use header::{Header, Span};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use text::Shortened;
use thiserror::Error;

/// Bytes of the field in front.
const LENGTH_FIELD: u64 = 8;

/// Shortest header: `{}`.
const SHORTEST_HEADER: u64 = 2;

/// Longest header, in bytes; the limit of the format's own reader. It is never held in memory.
const LONGEST_HEADER: u64 = 100_000_000;

/// Why a file is not a file of weights.
#[derive(Debug, Error)]
pub(super) enum Flaw {
    /// Fewer bytes than the format needs, or an absurd length: typically HTML or an archive.
    #[error("a header of {header} bytes in a file of {file}")]
    Length {
        /// According to the file.
        header: u64,
        /// According to the disk.
        file: u64,
    },
    /// Not the JSON of the format.
    #[error("the header is not as the format says")]
    Header(#[from] serde_json::Error),
    /// The tensors leave a gap or overlap.
    #[error("a gap or an overlap at byte {0} of the tensors")]
    Layout(u64),
    /// More or fewer bytes of tensors than the header describes.
    #[error("{described} bytes of tensors are described, {present} are there")]
    Extent {
        /// According to the header.
        described: u64,
        /// According to the file's size.
        present: u64,
    },
    /// A valid file with no trained tensor in it.
    #[error("there is no tensor in it")]
    Empty,
    /// Our disk failed.
    #[error("the file could not be read")]
    Disk(#[from] io::Error),
}

/// Proves a file of a known size by its header, and returns the number of tensors.
pub(super) fn prove(path: &Path, size: u64) -> Result<usize, Flaw> {
    prove_from(File::open(path)?, size)
}

fn prove_from(mut file: impl Read, size: u64) -> Result<usize, Flaw> {
    if size < LENGTH_FIELD {
        return Err(Flaw::Length { header: 0, file: size });
    }
    let mut length = [0; 8];
    file.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    let room = size - LENGTH_FIELD;
    if !(SHORTEST_HEADER..=LONGEST_HEADER.min(room)).contains(&length) {
        return Err(Flaw::Length { header: length, file: size });
    }
    let header: Header = serde_json::from_reader(Shortened::new(file.take(length)))?;
    judge_layout(header.spans, room - length)
}

/// No gap, no overlap, and the last byte of the file belongs to the last tensor.
fn judge_layout(mut spans: Vec<Span>, present: u64) -> Result<usize, Flaw> {
    if spans.is_empty() {
        return Err(Flaw::Empty);
    }
    spans.sort_unstable();
    let mut described = 0;
    for span in &spans {
        if span.begin != described {
            return Err(Flaw::Layout(described));
        }
        described = span.end;
    }
    if described == present { Ok(spans.len()) } else { Err(Flaw::Extent { described, present }) }
}
