//! What was signed, and with which signature; checked as far as possible without a key.

use crate::fal::webhook::{REQUEST_ID, SIGNATURE, TIMESTAMP, USER_ID};
use actors::ports::{RawDelivery, Rejection};
use ed25519_dalek::Signature;

/// FAL's own tolerance between its clock and ours, in seconds.
const TOLERANCE: i64 = 300;

/// The message that FAL signs, and its signature.
pub(in crate::fal) fn signed(
    delivery: &RawDelivery,
    user: Option<&str>,
    now: i64,
) -> Result<(String, Signature), Rejection> {
    let header =
        |name| delivery.header(name).ok_or(Rejection::NotSigned("a signature header is missing"));
    let request = header(REQUEST_ID)?;
    let signer = header(USER_ID)?;
    let timestamp = header(TIMESTAMP)?;
    let hex_signature = header(SIGNATURE)?;
    let at: i64 = timestamp
        .parse()
        .map_err(|_| Rejection::NotSigned("the signature's time is not a number"))?;
    if now.abs_diff(at) > TOLERANCE.unsigned_abs() {
        return Err(Rejection::NotSigned("the signature is stale"));
    }
    if user.is_some_and(|user| user != signer) {
        return Err(Rejection::NotSigned("the signature is for another user of FAL"));
    }
    let wrong = Rejection::NotSigned("the signature cannot be read");
    if hex_signature.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(wrong); // one spelling only, or two calls could be the same
    }
    let bytes = hex::decode(hex_signature).map_err(|_| wrong.clone())?;
    let signature = Signature::from_slice(&bytes).map_err(|_| wrong)?;
    let digest = hex::encode(delivery.digest);
    Ok((format!("{request}\n{signer}\n{timestamp}\n{digest}"), signature))
}
