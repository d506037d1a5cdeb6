//! How a photo looks, in 64 bits: almost equal photos have almost equal bits.

use image::DynamicImage;
use image_hasher::{HashAlg, Hasher, HasherConfig};
use std::sync::LazyLock;

/// Where it gets brighter from left to right, on an eight-by-eight grid. We saw at most one bit of
/// difference between JPEG, PNG, WebP and CMYK versions of one photo.
static HASHER: LazyLock<Hasher<[u8; 8]>> = LazyLock::new(|| {
    HasherConfig::with_bytes_type::<[u8; 8]>()
        .hash_size(8, 8)
        .hash_alg(HashAlg::Gradient)
        .to_hasher()
});

/// The bits of a reduced photo without colour.
pub(super) fn of(grey: &DynamicImage) -> u64 {
    let hash = HASHER.hash_image(grey);
    hash.as_bytes().iter().fold(0, |bits, byte| (bits << 8) | u64::from(*byte))
}
