//! Detecting a file's format from its bytes.

use strum::IntoStaticStr;

/// The formats that we know by sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub(super) enum Kind {
    /// Possibly followed by other data, or with several pictures in one file: the first one counts.
    Jpeg,
    /// Possibly animated: the still picture counts.
    Png,
    /// Possibly animated: the first frame counts.
    Webp,
    /// The format of iPhones. Possibly of several pictures: the main one counts.
    Heic,
}

impl Kind {
    /// The name used in verdicts.
    pub(super) fn word(self) -> &'static str {
        self.into()
    }
}

/// The format of a file, if we recognize it.
pub(super) fn of(bytes: &[u8]) -> Option<Kind> {
    if bytes.starts_with(b"\xff\xd8\xff") {
        Some(Kind::Jpeg)
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(Kind::Png)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(Kind::Webp)
    } else if is_heic(bytes) {
        Some(Kind::Heic)
    } else {
        None
    }
}

/// Whether the leading `ftyp` box names HEVC pictures (ISO/IEC 23008-12, annex B).
///
/// `mif1` and `msf1` only say «pictures of some codec»; AVIF uses them too and is not HEIC.
fn is_heic(bytes: &[u8]) -> bool {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return false };
    let Some(brands) = rest.strip_prefix(b"ftyp") else { return false };
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    let brands = brands.get(..length.saturating_sub(8)).unwrap_or(brands);
    let mut container = false;
    for brand in brands.chunks_exact(4).take(MAX_BRANDS) {
        match brand {
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => {
                return true;
            }
            b"avif" | b"avis" => return false,
            b"mif1" | b"msf1" => container = true,
            _ => {}
        }
    }
    container
}

/// Brands to look at; real files name about six.
const MAX_BRANDS: usize = 32;

/// Whether the file is complete by the rules of its format.
///
/// JPEG decoders fill what is missing with grey and report success (seen with a file cut to a
/// third), so we check first. PNG and HEIC need no check: their decoders fail on a missing part.
pub(super) fn is_complete(kind: Kind, bytes: &[u8]) -> bool {
    match kind {
        Kind::Jpeg => jpeg_reaches_its_end(bytes),
        Kind::Webp => riff_reaches_its_end(bytes),
        Kind::Png | Kind::Heic => true,
    }
}

/// Walks the segments of a JPEG to the end-of-image marker behind a scan (ITU T.81, annex B).
///
/// The last two bytes of the file prove nothing: archives get appended to photos, and embedded
/// thumbnails have their own end markers, inside segments that are skipped here.
fn jpeg_reaches_its_end(bytes: &[u8]) -> bool {
    let mut at = 2; // behind the start-of-image marker
    let mut scanned = false;
    while let Some((marker, behind)) = next_marker(bytes, at) {
        if marker == END_OF_IMAGE {
            return scanned;
        }
        scanned |= marker == START_OF_SCAN;
        let Some(length) = bytes.get(behind..).and_then(<[u8]>::first_chunk::<2>) else {
            return false;
        };
        at = behind + usize::from(u16::from_be_bytes(*length).max(2));
    }
    false
}

/// Whether a JPEG is progressive, coming in several passes (its frame begins with `ff c2`).
pub(super) fn is_progressive(jpeg: &[u8]) -> bool {
    let mut at = 2;
    while let Some((marker, behind)) = next_marker(jpeg, at) {
        match marker {
            PROGRESSIVE_FRAME => return true,
            START_OF_SCAN | END_OF_IMAGE => return false,
            _ => {}
        }
        let length = jpeg.get(behind..).and_then(<[u8]>::first_chunk::<2>);
        at = behind + length.map_or(2, |length| usize::from(u16::from_be_bytes(*length).max(2)));
    }
    false
}

const PROGRESSIVE_FRAME: u8 = 0xc2;
const END_OF_IMAGE: u8 = 0xd9;
const START_OF_SCAN: u8 = 0xda;

/// The next marker that begins a segment, and the offset after it. Inside a scan, stuffed bytes
/// (`ff 00`) and restart markers (`d0`–`d7`) are part of the data.
fn next_marker(bytes: &[u8], from: usize) -> Option<(u8, usize)> {
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xff)? + 1;
        match *bytes.get(at)? {
            0xff => {} // fill byte: the next one is looked at as a prefix again
            0x00 | 0x01 | 0xd0..=0xd8 => at += 1,
            marker => return Some((marker, at + 1)),
        }
    }
}

/// Whether the file has all bytes that the RIFF header announces.
fn riff_reaches_its_end(bytes: &[u8]) -> bool {
    let Some(length) = bytes.get(4..).and_then(<[u8]>::first_chunk::<4>) else { return false };
    bytes.len() as u64 >= u64::from(u32::from_le_bytes(*length)) + 8
}
