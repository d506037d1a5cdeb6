//! Which keys of a published set are tried.

use super::super::signatures::keyring::keys;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};

fn published(seed: u8) -> Value {
    let key = SigningKey::from_bytes(&[seed; 32]).verifying_key();
    json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(key.to_bytes()) })
}

#[test]
fn keys_of_other_kinds_are_passed_over() {
    let mut set: Vec<Value> = [
        json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB" }),
        json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" }),
        json!({ "kty": "OKP", "crv": "X25519", "x": published(1)["x"] }),
        json!({ "kty": "OKP", "crv": "Ed25519" }),
        json!({ "kty": "OKP", "crv": "Ed25519", "x": "AAAA" }),
        json!({ "kty": "OKP", "crv": "Ed25519", "x": "****" }),
        json!({ "kty": "OKP", "crv": "Ed25519", "x": 7 }),
        json!(null),
        json!("key"),
    ]
    .into();
    // More of the others than keys are tried.
    set.extend(std::iter::repeat_n(set[0].clone(), 20));
    set.push(published(1));
    let found = keys(&json!({ "keys": set }));
    assert_eq!(found, [SigningKey::from_bytes(&[1; 32]).verifying_key()]);
    for odd in [json!(null), json!([]), json!({ "keys": {} }), json!({ "keys": "x" })] {
        assert!(keys(&odd).is_empty(), "{odd}");
    }
}

#[test]
fn a_huge_set_is_bounded() {
    let set: Vec<Value> = (0..u8::MAX).map(published).collect();
    assert_eq!(keys(&json!({ "keys": set })).len(), 16);
    let nothing = vec![json!({ "kty": "RSA" }); 100_000];
    assert!(keys(&json!({ "keys": nothing })).is_empty());
}
