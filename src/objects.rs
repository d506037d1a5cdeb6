//! The object store, in two technologies: files under the data directory, or any store that speaks
//! S3.
//!
//! Both keep the same promises, which `contract.rs` tests on both: an object exists whole or not at
//! all, the last of two puts wins, and a key that we would not have made is refused before it
//! reaches either technology.

#[cfg(test)]
mod contract;
mod files;
mod older;
mod s3;

pub use files::FileObjects;
pub use older::{NotRead, OlderAddress, OlderObjects, WrongOlderAddress};
pub use s3::{ConnectError, S3Objects, S3Settings};

use actors::ports::{Cause, ObjectError, ObjectKey};

/// Longest key, in bytes. S3 allows 1024; ours have about 130.
const LONGEST_KEY: usize = 512;

/// Longest part of a key between slashes, in bytes: the longest file name on Linux.
const LONGEST_PART: usize = 255;

/// The text of a key, if it could have been built from ids.
///
/// Keys become paths and URLs. One alphabet that needs no escaping in either, and no part that is
/// empty or begins with a dot, leave nothing to interpret: no `..`, no absolute path, no NUL, no
/// look-alike letter. Parts that begin with a dot are where [`FileObjects`] keeps its own files.
fn checked(key: &ObjectKey) -> Result<&str, ObjectError> {
    let text = key.0.as_str();
    let sound = text.len() <= LONGEST_KEY && text.split('/').all(is_sound_part);
    if sound { Ok(text) } else { Err(ObjectError::BadKey(text.escape_debug().to_string())) }
}

fn is_sound_part(part: &str) -> bool {
    let letters = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-');
    let long = part.len() > LONGEST_PART;
    !part.is_empty()
        && !long
        && !part.starts_with('.')
        && part.bytes().all(letters)
        && !part.contains("..")
}

fn unavailable(cause: impl Into<Cause>) -> ObjectError {
    ObjectError::Unavailable(cause.into())
}
