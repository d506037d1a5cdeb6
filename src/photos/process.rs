//! From a sender's bytes to the JPEG that is kept.

use super::{Limits, faces, heic, kind, kind::Kind, likeness, measure};
use actors::coach::Measurements;
use actors::ports::{PhotoRefusal, ProcessedPhoto};
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

/// Most pixels that are decoded. Phones make 12–48 million.
const MAX_PIXELS: u64 = 50_000_000;

/// Most bytes of pixels that a decoder may produce: [`MAX_PIXELS`] with alpha, or half of them
/// with 16 bits a channel. A PNG of 875 kB was seen to unfold to 894 MB.
const MAX_DECODED_BYTES: u64 = 4 * MAX_PIXELS;

/// Longer side of what is kept, pixels. Trainers reduce to 1024 or less.
const MAX_SIDE: u32 = 2048;

/// Most bytes of what is kept: four times a detailed photo of that size. What no camera makes, as
/// noise, must fit as well: a set of twenty is packed, uploaded and stored.
pub(super) const MOST_KEPT: usize = 4 << 20;

/// Qualities of what is kept, the first that fits into [`MOST_KEPT`]: 92 has no loss that a trainer
/// sees, at a third of the bytes of 100, and takes every photo of a camera.
const JPEG_QUALITIES: [u8; 4] = [92, 80, 60, 40];

/// Most bytes of memory that one photo may take while it is developed, see [`appetite`]. A photo of
/// 50 million pixels takes 190 MB; only a progressive one, one with alpha, or a HEIC of more than 26
/// million takes more.
const MOST_MEMORY: u64 = 256 << 20;

/// A photo that is worth decoding, as far as its header tells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Admitted {
    kind: Kind,
    limits: Limits,
    /// Bytes of memory that developing it takes.
    pub(super) appetite: u64,
}

/// Looks at the file without decoding a pixel; the cheap questions come first.
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

/// Bytes that are held at the worst moment: the decoder's pixels; the same as RGB, unless they are
/// that already; what is kept, once more while it is turned; and of a progressive JPEG all of its
/// coefficients, two bytes each, which a decoder must hold to the end.
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
    let upright = upright(scaled(flat(picture)), orientation);
    let sideways = lies_sideways(orientation);
    let (wide, high) = if sideways { (high, wide) } else { (wide, high) };
    let grey = measure::reduced(&upright);
    let numbers = measure::measure(&grey);
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

/// The pixels as they are stored, and how they are to be turned.
fn decode(kind: Kind, bytes: &[u8]) -> ImageResult<(DynamicImage, Orientation)> {
    let mut decoder = open(kind, bytes)?;
    bound(decoder.as_mut())?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms); // broken Exif is no fault of the photo
    Ok((DynamicImage::from_decoder(decoder)?, orientation))
}

/// A decoder that has read the header and no pixels; HEIC has one of its own.
fn open<'a>(kind: Kind, bytes: &'a [u8]) -> ImageResult<Box<dyn ImageDecoder + 'a>> {
    let bytes = Cursor::new(bytes);
    Ok(match kind {
        Kind::Jpeg => Box::new(JpegDecoder::new(bytes)?),
        Kind::Webp => Box::new(WebPDecoder::new(bytes)?),
        // Only this one allocates by what the file says before pixels are asked for.
        Kind::Png | Kind::Heic => Box::new(PngDecoder::with_limits(bytes, pixel_limits())?),
    })
}

/// By the header alone. Orientation does not matter to either question.
fn judge_size(width: u32, height: u32, limits: Limits) -> Result<(), PhotoRefusal> {
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PhotoRefusal::TooManyPixels);
    }
    let (have, want) = (width.min(height), limits.min_resolution);
    if have < want { Err(PhotoRefusal::TooSmall { have, want }) } else { Ok(()) }
}

/// Puts the limits into force: `DynamicImage::from_decoder` applies none by itself, and not every
/// decoder keeps the one on memory, so it is also compared here.
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

/// Eight bits of red, green and blue; what is transparent lies on white paper.
fn flat(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let layered = picture.into_rgba8();
    let mut paper = RgbImage::new(layered.width(), layered.height());
    for (below, above) in paper.pixels_mut().zip(layered.pixels()) {
        let [red, green, blue, alpha] = above.0;
        below.0 = [red, green, blue].map(|channel| over_white(channel, alpha));
    }
    paper
}

/// `channel · α + 255 · (1 − α)`, rounded.
fn over_white(channel: u8, alpha: u8) -> u8 {
    let (channel, alpha) = (u32::from(channel), u32::from(alpha));
    u8::try_from((channel * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
}

/// Reduced to [`MAX_SIDE`], if larger.
///
/// By averages of whole pixels: the finer filters hold an intermediate picture of 16 bytes a pixel
/// for a difference that is gone once the trainer has reduced it again.
fn scaled(picture: RgbImage) -> RgbImage {
    let (width, height) = picture.dimensions();
    if width.max(height) <= MAX_SIDE {
        return picture;
    }
    let (width, height) = measure::fit(width, height, MAX_SIDE);
    image::imageops::thumbnail(&picture, width, height)
}

fn upright(picture: RgbImage, orientation: Orientation) -> RgbImage {
    let mut picture = DynamicImage::ImageRgb8(picture);
    picture.apply_orientation(orientation);
    picture.into_rgb8()
}

/// Whether width and height change places.
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

/// As a JPEG of at most [`MOST_KEPT`], with its size: less exact where it does not fit, and where
/// that is not enough, of half the size.
fn encode(picture: &RgbImage) -> ImageResult<(Bytes, (u32, u32))> {
    for quality in JPEG_QUALITIES {
        if let Some(jpeg) = encode_at(quality, picture)? {
            return Ok((jpeg, picture.dimensions()));
        }
    }
    let (width, height) = picture.dimensions();
    encode(&image::imageops::thumbnail(picture, (width / 2).max(1), (height / 2).max(1)))
}

/// Pixels only: the encoder is given no Exif and no colour profile, so it writes none. None where
/// it does not fit.
fn encode_at(quality: u8, picture: &RgbImage) -> ImageResult<Option<Bytes>> {
    let mut jpeg = Bounded::default();
    let (width, height) = picture.dimensions();
    let encoded = JpegEncoder::new_with_quality(&mut jpeg, quality).encode(
        picture.as_raw(),
        width,
        height,
        ExtendedColorType::Rgb8,
    );
    if jpeg.is_full {
        return Ok(None);
    }
    encoded.map(|()| Some(jpeg.bytes.into()))
}

/// Takes [`MOST_KEPT`] and no more, so that noise is not even encoded to its end.
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
