//! From a sender's bytes to the JPEG that we keep.

use super::{Limits, faces, heic, kind, kind::Kind, likeness, measure};
use actors::coach::Measurements;
use actors::ports::{LOOKED_AT, PhotoRefusal, ProcessedPhoto};
use bytes::Bytes;
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{
    ColorType, DynamicImage, ExtendedColorType, ImageDecoder, ImageError, ImageResult, RgbImage,
};
use sha2::{Digest, Sha256};
use std::io::{self, Cursor, Write};

/// Most pixels that we decode. Phones make 12–48 million.
const MAX_PIXELS: u64 = 50_000_000;

/// Most bytes of pixels that a decoder may produce: [`MAX_PIXELS`] with alpha, or half of them
/// with 16 bits a channel. A PNG of 875 kB was seen to unfold to 894 MB.
const MAX_DECODED_BYTES: u64 = 4 * MAX_PIXELS;

/// Longer side of the JPEG that we keep, in pixels. Trainers reduce to 1024 or less.
const MAX_SIDE: u32 = 2048;

/// Most bytes of the JPEG that we keep: four times a detailed photo of that size. Pictures that no
/// camera makes, such as noise, must fit too, because a set of twenty is packed, uploaded and
/// stored.
pub(super) const MOST_KEPT: usize = 4 << 20;

/// JPEG qualities, tried in order until the file fits into [`MOST_KEPT`]: 92 loses nothing that a
/// trainer sees, takes a third of the bytes of 100, and fits every photo from a camera.
const JPEG_QUALITIES: [u8; 4] = [92, 80, 60, 40];

/// Most memory, in bytes, that processing one photo may take, see [`appetite`]. A photo of 50
/// million pixels takes 190 MB; only a progressive one, one with alpha, or a HEIC of more than 26
/// million takes more.
const MOST_MEMORY: u64 = 256 << 20;

/// A photo that is worth decoding, judged by its header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Admitted {
    kind: Kind,
    limits: Limits,
    /// Bytes of memory that processing it takes.
    pub(super) appetite: u64,
}

/// Checks the file without decoding a pixel, cheap checks first.
pub(super) fn admit(original: &Bytes, limits: Limits) -> Result<Admitted, PhotoRefusal> {
    if original.len() as u64 > limits.max_bytes {
        return Err(PhotoRefusal::TooLarge { limit: limits.max_bytes });
    }
    let kind = kind::of(original).ok_or(PhotoRefusal::Unreadable)?;
    if !kind::is_complete(kind, original) {
        return Err(PhotoRefusal::Unreadable);
    }
    let appetite = if kind == Kind::Heic {
        let (wide, high) = heic::dimensions(original)?;
        judge_size(wide, high, limits)?;
        heic::BYTES_A_PIXEL * u64::from(wide) * u64::from(high)
    } else {
        let decoder = open(kind, original).map_err(|error| refusal(&error))?;
        let (wide, high) = decoder.dimensions();
        judge_size(wide, high, limits)?;
        appetite(decoder.as_ref(), kind == Kind::Jpeg && kind::is_progressive(original))
    };
    if appetite > MOST_MEMORY {
        Err(PhotoRefusal::TooManyPixels)
    } else {
        Ok(Admitted { kind, limits, appetite })
    }
}

/// Bytes held at the worst moment: the decoder's pixels; a copy as RGB, unless they are RGB
/// already; the kept picture, twice while it is turned; and all coefficients of a progressive JPEG,
/// two bytes each, which a decoder must hold to the end.
fn appetite(decoder: &(dyn ImageDecoder + '_), progressive: bool) -> u64 {
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let kept = 3 * pixels.min(u64::from(MAX_SIDE) * u64::from(MAX_SIDE));
    let flat = if decoder.color_type() == ColorType::Rgb8 { kept } else { 3 * pixels };
    let coefficients = if progressive { 6 * pixels } else { 0 };
    decoder.total_bytes().saturating_add(flat + coefficients)
}

/// Re-encodes and measures one photo that was admitted.
pub(super) fn process(
    original: &Bytes,
    admitted: Admitted,
) -> Result<ProcessedPhoto, PhotoRefusal> {
    let kind = admitted.kind;
    let (picture, orientation) = if kind == Kind::Heic {
        (heic::decode(original)?, Orientation::NoTransforms)
    } else {
        decode(kind, original).map_err(|error| refusal(&error))?
    };
    let (wide, high) = (picture.width(), picture.height());
    // A HEIC may be cut to less than its header says.
    judge_size(wide, high, admitted.limits)?;
    let upright = upright(scaled(flat(picture), MAX_SIDE), orientation);
    let sideways = lies_sideways(orientation);
    let (wide, high) = if sideways { (high, wide) } else { (wide, high) };
    let grey = measure::reduced(&upright);
    let numbers = measure::measure(&grey);
    let grey = DynamicImage::from(grey);
    let verdict = Measurements {
        width: Some(wide),
        height: Some(high),
        format: Some(kind.word().to_owned()),
        bytes: Some(original.len() as u64),
        brightness: Some(numbers.brightness),
        contrast: Some(numbers.contrast),
        sharpness: Some(numbers.sharpness),
        faces: faces::find(&grey, &upright, f64::from(wide) / f64::from(upright.width())),
    };
    let perceptual_hash = likeness::of(&grey);
    let (jpeg, (width, height)) = encode(&upright).map_err(|error| refusal(&error))?;
    let sha256 = hex::encode(Sha256::digest(original));
    Ok(ProcessedPhoto { jpeg, sha256, perceptual_hash, width, height, verdict })
}

/// The stored pixels, and how to turn them.
fn decode(kind: Kind, bytes: &[u8]) -> ImageResult<(DynamicImage, Orientation)> {
    let mut decoder = open(kind, bytes)?;
    bound(decoder.as_mut())?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms); // broken Exif is no fault of the photo
    Ok((DynamicImage::from_decoder(decoder)?, orientation))
}

/// A decoder that has read the header but no pixels. HEIC has its own.
fn open<'a>(kind: Kind, bytes: &'a [u8]) -> ImageResult<Box<dyn ImageDecoder + 'a>> {
    let bytes = Cursor::new(bytes);
    Ok(match kind {
        Kind::Jpeg => Box::new(JpegDecoder::new(bytes)?),
        Kind::Webp => Box::new(WebPDecoder::new(bytes)?),
        // Only PNG's decoder allocates by what the file says before pixels are asked for.
        Kind::Png | Kind::Heic => Box::new(PngDecoder::with_limits(bytes, pixel_limits())?),
    })
}

/// Judges by the header alone. Orientation matters to neither check.
fn judge_size(width: u32, height: u32, limits: Limits) -> Result<(), PhotoRefusal> {
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PhotoRefusal::TooManyPixels);
    }
    let (have, want) = (width.min(height), limits.min_resolution);
    if have < want { Err(PhotoRefusal::TooSmall { have, want }) } else { Ok(()) }
}

/// Enforces the limits: `DynamicImage::from_decoder` applies none by itself, and not every decoder
/// respects the one on memory, so we compare it here too.
fn bound(decoder: &mut (dyn ImageDecoder + '_)) -> ImageResult<()> {
    pixel_limits().reserve(decoder.total_bytes())?;
    decoder.set_limits(pixel_limits())
}

fn pixel_limits() -> image::Limits {
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    limits
}

fn refusal(error: &ImageError) -> PhotoRefusal {
    match error {
        ImageError::Limits(_) => PhotoRefusal::TooManyPixels,
        ImageError::Decoding(_)
        | ImageError::Encoding(_)
        | ImageError::Parameter(_)
        | ImageError::Unsupported(_)
        | ImageError::IoError(_) => PhotoRefusal::Unreadable,
    }
}

/// Eight bits each of red, green and blue, with transparency over white.
fn flat(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8().into();
    }
    let layered = picture.into_rgba8();
    let mut paper = RgbImage::new(layered.width(), layered.height());
    for (below, above) in paper.pixels_mut().zip(layered.pixels()) {
        let [red, green, blue, alpha] = above.0;
        below.0 = [red, green, blue].map(|channel| over_white(channel, alpha));
    }
    paper.into()
}

/// `channel · α + 255 · (1 − α)`, rounded.
fn over_white(channel: u8, alpha: u8) -> u8 {
    let (channel, alpha) = (u32::from(channel), u32::from(alpha));
    u8::try_from((channel * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
}

/// Reduces one photo that was admitted to a JPEG for a look at it.
pub(super) fn to_look_at(original: &Bytes, admitted: Admitted) -> Result<Bytes, PhotoRefusal> {
    let (picture, orientation) = if admitted.kind == Kind::Heic {
        (heic::decode(original)?, Orientation::NoTransforms)
    } else {
        decode(admitted.kind, original).map_err(|error| refusal(&error))?
    };
    let upright = upright(scaled(flat(picture), LOOKED_AT), orientation);
    encode(&upright).map(|(jpeg, _)| jpeg).map_err(|error| refusal(&error))
}

/// Reduced to this length of the longer side, in pixels, if larger.
///
/// Averages whole pixels: the finer filters need an intermediate picture of 16 bytes a pixel for a
/// difference that is gone once the trainer has reduced it again.
fn scaled(picture: DynamicImage, side: u32) -> DynamicImage {
    let (width, height) = (picture.width(), picture.height());
    if width.max(height) <= side {
        return picture;
    }
    let (width, height) = measure::fit(width, height, side);
    picture.thumbnail_exact(width, height)
}

fn upright(mut picture: DynamicImage, orientation: Orientation) -> DynamicImage {
    picture.apply_orientation(orientation);
    picture
}

/// Whether this orientation swaps width and height.
fn lies_sideways(orientation: Orientation) -> bool {
    match orientation {
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => true,
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => false,
    }
}

/// Encodes as a JPEG of at most [`MOST_KEPT`] and returns its size: at lower quality if it does not
/// fit, and at half the size if that is not enough.
fn encode(picture: &DynamicImage) -> ImageResult<(Bytes, (u32, u32))> {
    let (width, height) = (picture.width(), picture.height());
    for quality in JPEG_QUALITIES {
        if let Some(jpeg) = encode_at(quality, picture)? {
            return Ok((jpeg, (width, height)));
        }
    }
    encode(&picture.thumbnail_exact((width / 2).max(1), (height / 2).max(1)))
}

/// Pixels only: the encoder is given no Exif and no colour profile, so it writes none. `None` if it
/// does not fit.
fn encode_at(quality: u8, picture: &DynamicImage) -> ImageResult<Option<Bytes>> {
    let mut jpeg = Bounded::default();
    let encoded = JpegEncoder::new_with_quality(&mut jpeg, quality).encode(
        picture.as_bytes(),
        picture.width(),
        picture.height(),
        ExtendedColorType::Rgb8,
    );
    if jpeg.is_full {
        return Ok(None);
    }
    encoded.map(|()| Some(jpeg.bytes.into()))
}

/// Accepts [`MOST_KEPT`] bytes and no more, so that encoding noise stops early.
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
    is_full: bool,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > MOST_KEPT {
            self.is_full = true;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
