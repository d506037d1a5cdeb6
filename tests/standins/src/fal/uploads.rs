//! Uploads that have begun but are not complete.

use std::collections::{BTreeMap, HashMap};

use actix_web::web::{Bytes, BytesMut};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A file that was announced but is not there yet.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) id: String,
    /// Part of the upload URL, and all that is needed to use it.
    pub(super) secret: String,
    pub(super) name: String,
    pub(super) content_type: String,
    pub(super) lifecycle: Option<Value>,
    parts: BTreeMap<u32, (String, Bytes)>,
}

impl Pending {
    pub(super) fn new(name: &str, content_type: &str, lifecycle: Option<Value>) -> Self {
        let harmless = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
        Self {
            id: Uuid::new_v4().simple().to_string(),
            secret: Uuid::new_v4().simple().to_string(),
            name: name.chars().map(|letter| if harmless(letter) { letter } else { '_' }).collect(),
            content_type: content_type.to_owned(),
            lifecycle,
            parts: BTreeMap::new(),
        }
    }

    /// Where it will be served.
    pub(super) fn path(&self) -> String {
        format!("/files/b/{}/{}", self.id, self.name)
    }
}

/// A part as listed by the client when it completes an upload.
#[derive(Debug, Deserialize)]
pub(super) struct Part {
    #[serde(rename = "partNumber")]
    number: u32,
    etag: String,
}

/// All that is pending, by id.
#[derive(Debug, Default)]
pub(super) struct Uploads(HashMap<String, Pending>);

impl Uploads {
    pub(super) fn begin(&mut self, pending: Pending) {
        self.0.insert(pending.id.clone(), pending);
    }

    pub(super) fn take(&mut self, id: &str) -> Option<Pending> {
        self.0.remove(id)
    }

    pub(super) fn secret(&self, id: &str) -> Option<String> {
        self.0.get(id).map(|pending| pending.secret.clone())
    }

    /// Stores a part, replacing an earlier one with this number, and returns its tag.
    pub(super) fn part(&mut self, id: &str, number: u32, bytes: Bytes) -> Option<String> {
        let etag = format!("\"{}\"", &hex::encode(Sha256::digest(&bytes))[..32]);
        self.0.get_mut(id)?.parts.insert(number, (etag.clone(), bytes));
        Some(etag)
    }

    /// Joins the parts; `None` if the client lists others than it sent.
    pub(super) fn complete(&mut self, id: &str, named: &[Part]) -> Option<(Pending, Bytes)> {
        let sent = &self.0.get(id)?.parts;
        let known = |part: &Part| sent.get(&part.number).is_some_and(|(tag, _)| *tag == part.etag);
        if named.len() != sent.len() || !named.iter().all(known) {
            return None;
        }
        let pending = self.0.remove(id)?;
        let mut whole = BytesMut::new();
        for (_, bytes) in pending.parts.values() {
            whole.extend_from_slice(bytes);
        }
        Some((pending, whole.freeze()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_joined_by_number_and_only_if_all_are_named() {
        let mut uploads = Uploads::default();
        let pending = Pending::new("my photos.zip", "application/zip", None);
        assert_eq!(pending.name, "my_photos.zip");
        let id = pending.id.clone();
        uploads.begin(pending);
        let second = uploads.part(&id, 2, Bytes::from_static(b"two")).unwrap();
        let first = uploads.part(&id, 1, Bytes::from_static(b"one ")).unwrap();
        let first = Part { number: 1, etag: first };
        assert!(uploads.complete(&id, std::slice::from_ref(&first)).is_none());
        let parts = [Part { number: 2, etag: second }, first];
        assert_eq!(uploads.complete(&id, &parts).unwrap().1, "one two");
    }
}
