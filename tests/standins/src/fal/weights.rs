//! Small but real weights: what a trainer leaves behind, in the layout of diffusers.

use std::collections::HashMap;

use safetensors::{Dtype, SafeTensorError, serialize, tensor::TensorView};
use sha2::{Digest as _, Sha256};

/// The layers that the weights claim to train.
const LAYERS: [&str; 4] = ["attn.to_q", "attn.to_k", "attn.to_v", "proj_out"];

/// Rank and width of each layer; 4 layers × 2 × 16 × 256 × 2 bytes are 64 KiB.
const RANK: usize = 16;
const WIDTH: usize = 256;

/// The same bytes for the same request id, different ones for another.
pub(super) fn make(request_id: &str) -> Result<Vec<u8>, SafeTensorError> {
    let mut tensors: Vec<(String, Dtype, Vec<usize>, Vec<u8>)> = Vec::new();
    for source in LAYERS {
        let name = format!("transformer.single_transformer_blocks.0.{source}");
        for (part, shape) in [("lora_A", [RANK, WIDTH]), ("lora_B", [WIDTH, RANK])] {
            let name = format!("{name}.{part}.weight");
            let data = halves(request_id, &name, RANK * WIDTH);
            tensors.push((name, Dtype::F16, shape.to_vec(), data));
        }
        #[expect(clippy::cast_precision_loss, reason = "sixteen fits")]
        let alpha = (RANK as f32).to_le_bytes().to_vec();
        tensors.push((format!("{name}.alpha"), Dtype::F32, Vec::new(), alpha));
    }
    let views = tensors
        .iter()
        .map(|(name, dtype, shape, data)| {
            Ok((name.as_str(), TensorView::new(*dtype, shape.clone(), data)?))
        })
        .collect::<Result<Vec<_>, SafeTensorError>>()?;
    // Only one entry, because the order of several would vary from run to run.
    let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    serialize(views, Some(metadata))
}

/// Small finite numbers of 16 bits.
fn halves(request_id: &str, name: &str, count: usize) -> Vec<u8> {
    let blocks = 0_u64..;
    let random = blocks.flat_map(|block| {
        let mut hash = Sha256::new_with_prefix(request_id);
        hash.update(name);
        hash.update(block.to_be_bytes());
        hash.finalize()
    });
    // Sign and fraction are random; the exponent says about a hundredth.
    let mut bytes: Vec<u8> = random.take(count * 2).collect();
    for high in bytes.iter_mut().skip(1).step_by(2) {
        *high = (*high & 0x83) | 0x20;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use safetensors::SafeTensors;

    use super::*;

    #[test]
    fn weights_are_valid_and_belong_to_their_request() {
        let bytes = make("one").unwrap();
        assert_eq!(bytes, make("one").unwrap());
        assert_ne!(bytes, make("two").unwrap());
        assert!((10_000..200_000).contains(&bytes.len()));
        assert_eq!(SafeTensors::deserialize(&bytes).unwrap().len(), 12);
        let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
        assert_eq!(header.metadata().as_ref().unwrap()["format"], "pt");
    }
}
