//! Which keys of a published set are tried.

use super::super::signatures::keyring::keys;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use proptest::sample::{Index, select};
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
    // More other entries than keys are tried.
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

/// An entry as published, or with fields that are missing, of another type or of another key.
fn entry() -> impl Strategy<Value = Value> {
    let odd = select(vec![
        json!(null),
        json!(7),
        json!("OKP"),
        json!("Ed25519"),
        json!("RSA"),
        json!(""),
        json!("A"),
        json!("\u{0}"),
        json!(["OKP"]),
        json!("////////////////////////////////////////////"),
        json!("__________________________________________8"),
    ]);
    let change = (select(vec!["kty", "crv", "x", "use"]), odd, any::<bool>());
    (any::<u8>(), prop::option::of(change)).prop_map(|(seed, change)| {
        let mut entry = published(seed);
        match change {
            Some((field, _, true)) => drop(entry.as_object_mut().unwrap().remove(field)),
            Some((field, odd, false)) => entry[field] = odd,
            None => {}
        }
        entry
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    /// Whatever is published, we take few keys, all from the set, and lose no good one.
    #[test]
    fn no_key_is_invented_and_no_good_one_lost(
        mut entries in prop::collection::vec(entry(), 0..12),
        good in any::<u8>(),
        place in any::<Index>(),
    ) {
        let place = place.index(entries.len() + 1);
        entries.insert(place, published(good));
        let found = keys(&json!({ "keys": &entries }));
        prop_assert!(found.len() <= 16);
        let wanted = SigningKey::from_bytes(&[good; 32]).verifying_key();
        prop_assert!(found.contains(&wanted));
        for key in found {
            let x = json!(URL_SAFE_NO_PAD.encode(key.to_bytes()));
            let stands = |entry: &Value| {
                entry["kty"] == "OKP" && entry["crv"] == "Ed25519" && entry["x"] == x
            };
            prop_assert!(entries.iter().any(stands), "invented: {x}");
        }
    }
}
