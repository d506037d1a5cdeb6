//! The JSON of a safetensors file.
//!
//! It is read piece by piece. We keep only where each tensor lies and a digest of its name, so a
//! header of a hundred megabytes costs no more than the tensors it describes.

use super::text::LONGEST_TEXT;
use ::safetensors::Dtype;
use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fmt;

/// The one entry that is not a tensor: the trainer's texts by name. Readers refuse any other.
const METADATA: &str = "__metadata__";

/// Most tensors. A `LoRA` for Flux has about a thousand, the largest models some ten thousand.
const MOST_TENSORS: usize = 100_000;

/// Where the bytes of one tensor lie, counted from the end of the header.
///
/// Invariant: `begin ≤ end`, and as many bytes as its shape needs, if its type is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) begin: u64,
    pub(super) end: u64,
}

/// What we need from the header: the names are checked for duplicates but not kept.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) spans: Vec<Span>,
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries)
    }
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Header;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of tensors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Header, A::Error> {
        let mut names = HashSet::new();
        let mut spans = Vec::new();
        while let Some(name) = entries.next_key::<Name>()? {
            if name.is_metadata {
                entries.next_value::<Option<Metadata>>()?;
            } else {
                spans.push(entries.next_value::<Entry>()?.span().map_err(A::Error::custom)?);
            }
            if !names.insert(name.digest) {
                return Err(A::Error::custom("a name that stands twice"));
            }
            if spans.len() > MOST_TENSORS {
                return Err(A::Error::custom("more tensors than any model has"));
            }
        }
        Ok(Header { spans })
    }
}

/// A text that is checked while it is read, and not kept.
struct Glance<T>(&'static str, fn(&str) -> Result<T, &'static str>);

impl<T> Visitor<'_> for Glance<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.1)(text).map_err(E::custom)
    }
}

/// The name of an entry.
struct Name {
    is_metadata: bool,
    /// Of the name, which may have any length; 16 bytes of SHA-256 identify it well enough.
    digest: [u8; 16],
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = |text: &str| {
            if text.len() >= LONGEST_TEXT {
                return Err("a name that is too long");
            }
            let digest = Sha256::digest(text);
            let digest = digest.first_chunk().copied().ok_or("no digest")?;
            Ok(Self { is_metadata: text == METADATA, digest })
        };
        deserializer.deserialize_str(Glance("a name", name))
    }
}

/// The trainer's texts: checked to be texts, then dropped.
struct Metadata;

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self)
    }
}

impl<'de> Visitor<'de> for Metadata {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut texts: A) -> Result<Self, A::Error> {
        while texts.next_entry::<Text, Text>()?.is_some() {}
        Ok(self)
    }
}

struct Text;

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Glance("a text", |_| Ok(Self)))
    }
}

/// Bits per number of a tensor's type, if we know the type.
struct Bits(Option<u64>);

impl<'de> Deserialize<'de> for Bits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Glance("a type", |text| Ok(Self(bits_of(text)))))
    }
}

fn bits_of(dtype: &str) -> Option<u64> {
    let name = StrDeserializer::<serde::de::value::Error>::new(dtype);
    let known = Dtype::deserialize(name).ok()?;
    u64::try_from(known.bitsize()).ok()
}

/// The value under a tensor's name.
#[derive(Deserialize)]
struct Entry {
    dtype: Bits,
    shape: Shape,
    data_offsets: (u64, u64),
}

impl Entry {
    fn span(&self) -> Result<Span, &'static str> {
        let (begin, end) = self.data_offsets;
        let bytes = end.checked_sub(begin).ok_or("a tensor that ends before it begins")?;
        let Some(bits) = self.dtype.0 else { return Ok(Span { begin, end }) };
        let needed =
            self.shape.elements.checked_mul(bits).ok_or("more bits than can be counted")?;
        if bytes.checked_mul(8) == Some(needed) {
            Ok(Span { begin, end })
        } else {
            Err("a tensor with another number of bytes than its shape needs")
        }
    }
}
/// The product of a shape's numbers; 1 if there are none.
struct Shape {
    elements: u64,
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Sides)
    }
}

struct Sides;

impl<'de> Visitor<'de> for Sides {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of sides")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sides: A) -> Result<Shape, A::Error> {
        let mut elements = 1_u64;
        while let Some(side) = sides.next_element::<u64>()? {
            elements = elements
                .checked_mul(side)
                .ok_or_else(|| A::Error::custom("more numbers than can be counted"))?;
        }
        Ok(Shape { elements })
    }
}
