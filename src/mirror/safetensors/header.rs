//! The JSON of a safetensors file.
//!
//! Read piece by piece: a header of a hundred megabytes that is all one tensor's shape costs no
//! more memory than its text.

use ::safetensors::Dtype;
use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;

/// The one entry that is no tensor: texts of the trainer by their names. Readers refuse others.
const METADATA: &str = "__metadata__";
type Metadata<'a> = HashMap<Text<'a>, Text<'a>>;

/// Where the bytes of one tensor lie, counted from the end of the header.
///
/// Invariant: `begin ≤ end`, and as many bytes as its shape needs, if its type is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) begin: u64,
    pub(super) end: u64,
}

/// What matters of the header: no names, but none twice.
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
        while let Some(name) = entries.next_key::<Text<'_>>()? {
            if name.0 == METADATA {
                entries.next_value::<Option<Metadata<'_>>>()?;
            } else {
                spans.push(entries.next_value::<Entry<'_>>()?.span().map_err(A::Error::custom)?);
            }
            if !names.insert(name) {
                return Err(A::Error::custom("a name that stands twice"));
            }
        }
        Ok(Header { spans })
    }
}

/// A text that is borrowed from the header, unless it has escapes in it.
#[derive(Deserialize, PartialEq, Eq, Hash)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// What stands under a tensor's name.
#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    dtype: Text<'a>,
    shape: Shape,
    data_offsets: (u64, u64),
}

impl Entry<'_> {
    fn span(&self) -> Result<Span, &'static str> {
        let (begin, end) = self.data_offsets;
        let bytes = end.checked_sub(begin).ok_or("a tensor that ends before it begins")?;
        let Some(bits) = bits_of(&self.dtype.0) else { return Ok(Span { begin, end }) };
        let needed =
            self.shape.elements.checked_mul(bits).ok_or("more bits than can be counted")?;
        if bytes.checked_mul(8) == Some(needed) {
            Ok(Span { begin, end })
        } else {
            Err("a tensor with another number of bytes than its shape needs")
        }
    }
}

/// Bits of one number of a type, if the type is one that we know.
fn bits_of(dtype: &str) -> Option<u64> {
    let name = StrDeserializer::<serde::de::value::Error>::new(dtype);
    let known = Dtype::deserialize(name).ok()?;
    u64::try_from(known.bitsize()).ok()
}

/// The product of a shape's numbers; 1 of none.
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
