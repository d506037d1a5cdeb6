//! A hundred thousand random changes of a validly signed call, and a dozen deliberate ones: none is
//! accepted.

use super::super::signatures::call::signed;
use super::super::signatures::keyring::{KeySet, keys};
use actors::ports::{RawDelivery, Rejection};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

const NOW: i64 = 1_795_000_000;
const BODY: &[u8] = br#"{"error": null, "gateway_request_id": "019e8887-0001", "payload": {"diffusers_lora_file": {"url": "https://v3.fal.media/files/a.safetensors"}}, "request_id": "019e8887-0002", "status": "OK"}"#;
const REQUEST: &str = "x-fal-webhook-request-id";
const USER: &str = "x-fal-webhook-user-id";
const TIME: &str = "x-fal-webhook-timestamp";
const SIGNATURE: &str = "x-fal-webhook-signature";

/// What a caller controls.
#[derive(Clone, Debug, PartialEq)]
struct Call {
    body: Vec<u8>,
    headers: Vec<(String, String)>,
}

impl Call {
    fn header(&mut self, name: &str) -> &mut String {
        &mut self.headers.iter_mut().find(|(known, _)| known == name).unwrap().1
    }
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn good() -> Call {
    signed_by(&key(), "019e8887-0002", "github|1000001", NOW, BODY)
}

fn signed_by(key: &SigningKey, request: &str, user: &str, at: i64, body: &[u8]) -> Call {
    let digest = hex::encode(Sha256::digest(body));
    let message = format!("{request}\n{user}\n{at}\n{digest}");
    let signature = hex::encode(key.sign(message.as_bytes()).to_bytes());
    let values = [request, user, &at.to_string(), &signature].map(str::to_owned);
    let headers = [REQUEST, USER, TIME, SIGNATURE].map(str::to_owned).into_iter().zip(values);
    Call { body: body.to_vec(), headers: headers.collect() }
}

fn published() -> Vec<VerifyingKey> {
    let x = URL_SAFE_NO_PAD.encode(key().verifying_key().to_bytes());
    keys(&json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": x }] }))
}

fn verdict(call: &Call, keys: &[VerifyingKey], user: Option<&str>) -> Result<(), Rejection> {
    let delivery = RawDelivery {
        body: Bytes::copy_from_slice(&call.body),
        headers: call.headers.clone(),
        nonce: None,
        digest: Sha256::digest(&call.body).into(),
    };
    let (message, signature) = signed(&delivery, user, NOW)?;
    let by = |key: &VerifyingKey| key.verify_strict(message.as_bytes(), &signature).is_ok();
    keys.iter().any(by).then_some(()).ok_or(Rejection::NotSigned("by nobody"))
}

/// The random numbers of one change. The same seed gives the same change, so a failure can be
/// reproduced.
struct Chance(u64);

impl Chance {
    /// Steele, Lea and Flood's «split mix».
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }
}

fn changed(mut call: Call, chance: &mut Chance) -> Call {
    let how = chance.below(14);
    let byte = u8::try_from(chance.below(256)).unwrap();
    let which = chance.below(call.headers.len());
    let edit = |text: &mut String, chance: &mut Chance| {
        let mut chars: Vec<char> = text.chars().collect();
        let at = chance.below(chars.len() + 1);
        match byte % 4 {
            0 => chars.insert(at, char::from(byte)),
            1 if at < chars.len() => chars[at] = char::from(byte % 128),
            2 if at < chars.len() => drop(chars.remove(at)),
            _ => chars.truncate(at),
        }
        *text = chars.into_iter().collect();
    };
    match how {
        0 => {
            let at = chance.below(call.body.len());
            call.body[at] ^= byte.max(1);
        }
        1 => call.body.insert(chance.below(call.body.len() + 1), byte),
        2 => drop(call.body.remove(chance.below(call.body.len()))),
        3 => call.body.truncate(chance.below(call.body.len())),
        4 => drop(call.headers.remove(which)),
        5 => {
            let value = call.headers[chance.below(4)].1.clone();
            call.headers[which].1 = value;
        }
        // A hex digit of the signature, in place.
        6 => {
            let text = call.header(SIGNATURE);
            let at = chance.below(text.len());
            let digit = format!("{:x}", byte % 16);
            text.replace_range(at..=at, &digit);
        }
        7 => call.header(TIME).insert(0, ['+', '0', '-', ' '][usize::from(byte % 4)]),
        8 => {
            let text = call.header(SIGNATURE);
            *text = text.to_ascii_uppercase();
        }
        // A line moved from one signed part into the next.
        9 => {
            let moved = call.header(USER).split_off(4);
            let request = call.header(REQUEST).clone() + "\n" + &call.header(USER).clone();
            *call.header(REQUEST) = request;
            *call.header(USER) = moved;
        }
        _ => edit(&mut call.headers[which].1, chance),
    }
    call
}

#[test]
fn of_a_hundred_thousand_changed_calls_none_is_believed() {
    let (good, keys) = (good(), published());
    assert_eq!(verdict(&good, &keys, None), Ok(()));
    let mut changes = 0;
    for seed in 0..105_000 {
        let call = changed(good.clone(), &mut Chance(seed));
        if call != good {
            changes += 1;
            assert!(verdict(&call, &keys, None).is_err(), "believed: seed {seed}, {call:?}");
        }
    }
    assert!(changes > 100_000, "only {changes} were changed");
}

#[test]
fn each_forgery_on_purpose_is_refused() {
    let (keys, user) = (published(), Some("github|1000001"));
    let stranger = SigningKey::from_bytes(&[8; 32]);
    let (request, me) = ("019e8887-0002", "github|1000001");
    let good = good();
    let with = |name: &str, value: &str| {
        let mut call = good.clone();
        value.clone_into(call.header(name));
        call
    };
    assert_eq!(verdict(&good, &keys, user), Ok(()));
    let reencoded = serde_json::from_slice::<serde_json::Value>(BODY).unwrap().to_string();
    let signature = good.clone().header(SIGNATURE).clone();
    for (what, call) in [
        ("by a stranger", signed_by(&stranger, request, me, NOW, BODY)),
        ("for another user", signed_by(&key(), request, "github|2", NOW, BODY)),
        ("too old", signed_by(&key(), request, me, NOW - 301, BODY)),
        ("of the future", signed_by(&key(), request, me, NOW + 301, BODY)),
        ("at the end of time", signed_by(&key(), request, me, i64::MAX, BODY)),
        ("before time", signed_by(&key(), request, me, i64::MIN, BODY)),
        ("of another job", with(REQUEST, "019e8887-0003")),
        ("of another time", with(TIME, &(NOW + 1).to_string())),
        ("without a time", with(TIME, "")),
        ("without a signature", with(SIGNATURE, "")),
        ("all zero", with(SIGNATURE, &"0".repeat(128))),
        ("half", with(SIGNATURE, &signature[..64])),
        ("twice", with(SIGNATURE, &signature.repeat(2))),
        ("in capitals", with(SIGNATURE, &signature.to_uppercase())),
        ("no hex", with(SIGNATURE, &"g".repeat(128))),
        ("written anew", Call { body: reencoded.into_bytes(), ..good.clone() }),
        ("without headers", Call { headers: Vec::new(), ..good.clone() }),
    ] {
        assert!(verdict(&call, &keys, user).is_err(), "believed: {what}");
    }
    for edge in [NOW - 300, NOW + 300] {
        assert_eq!(verdict(&signed_by(&key(), request, me, edge, BODY), &keys, user), Ok(()));
    }
    // The same signature with other numbers, which a lenient check would accept.
    let mut bytes = hex::decode(&signature).unwrap();
    let order = hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut carry = 0_u16;
    for (byte, add) in bytes[32..].iter_mut().zip(order.unwrap()) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = u8::try_from(sum % 256).unwrap();
        carry = sum / 256;
    }
    assert!(verdict(&with(SIGNATURE, &hex::encode(bytes)), &keys, user).is_err(), "malleable");
}

/// As the adapter reads it, no matter who signed it.
fn read(call: &Call) -> (String, Signature) {
    let delivery = RawDelivery {
        body: Bytes::copy_from_slice(&call.body),
        headers: call.headers.clone(),
        nonce: None,
        digest: Sha256::digest(&call.body).into(),
    };
    signed(&delivery, None, NOW).unwrap()
}

#[test]
fn a_forgery_among_good_calls_spoils_the_equation_for_all() {
    let keys = KeySet::new(published(), Instant::now());
    let forged = signed_by(&SigningKey::from_bytes(&[8; 32]), "r", "u", NOW, BODY);
    let (good, forged) = (read(&good()), read(&forged));
    assert!(keys.signed_all(&[&good; 5]));
    for place in 0..5 {
        let mut calls = [&good; 5];
        calls[place] = &forged;
        assert!(!keys.signed_all(&calls), "at {place}");
    }
}

#[test]
fn a_key_under_which_anything_is_signed_is_never_used_for_many() {
    let mut identity = [0; 32];
    identity[0] = 1;
    let weak = VerifyingKey::from_bytes(&identity).unwrap();
    // R is the base point and s is one: under this key that is a valid signature of every message.
    let mut bytes = [0x66; 64];
    bytes[0] = 0x58;
    bytes[32..].fill(0);
    bytes[32] = 1;
    let call = ("anything".to_owned(), Signature::from_bytes(&bytes));
    let lenient = ed25519_dalek::verify_batch(&[b"anything"], &[call.1], &[weak]);
    assert!(lenient.is_ok(), "the library's own check of many is deceived");
    assert!(!KeySet::new(vec![weak], Instant::now()).signed_all(&[&call; 5]));
}
