//! FAL's calls: their headers, and from verified bytes to something that can be stored. Nothing here
//! is believed before the signature was checked.

use actors::avatar::RequestId;
use actors::ports::{BadBody, Delivery, RawDelivery, WebhookReader, without_nul};
use serde_json::{Value, json};

/// The header that FAL signs together with the body.
pub(super) const REQUEST_ID: &str = "x-fal-webhook-request-id";

/// The FAL user whose job it is; signed as well.
pub(super) const USER_ID: &str = "x-fal-webhook-user-id";

/// When FAL signed, in seconds since 1970; signed as well.
pub(super) const TIMESTAMP: &str = "x-fal-webhook-timestamp";

/// The signature itself.
pub(super) const SIGNATURE: &str = "x-fal-webhook-signature";

/// Who calls; helps operators.
const CALLER: &str = "user-agent";

/// Longest request id that we keep; FAL's are UUIDs of 36 characters.
const LONGEST_ID: usize = 128;

/// Headers stored with a call, for operators. The signature is not among them: it is a
/// credential for five minutes.
const STORED: [&str; 4] = [REQUEST_ID, USER_ID, TIMESTAMP, CALLER];

/// Reads FAL's calls.
#[derive(Clone, Copy, Debug)]
pub struct FalWebhooks;

impl WebhookReader for FalWebhooks {
    fn keeps(&self, header: &str) -> bool {
        header.starts_with("x-fal-webhook-") || header == CALLER
    }

    fn read(&self, call: &RawDelivery) -> Result<Delivery, BadBody> {
        read(call)
    }
}

fn read(raw: &RawDelivery) -> Result<Delivery, BadBody> {
    let mut body: Value = serde_json::from_slice(&raw.body).map_err(|_| BadBody::NotJson)?;
    let id = body.get("request_id").and_then(Value::as_str).unwrap_or_default();
    if id.is_empty() || id.len() > LONGEST_ID || id.contains('\0') {
        return Err(BadBody::NoRequestId);
    }
    if raw.header(REQUEST_ID).is_some_and(|signed| signed != id) {
        return Err(BadBody::OtherRequestId);
    }
    let request = RequestId(id.into());
    without_nul(&mut body);
    let headers = STORED
        .iter()
        .filter_map(|name| raw.header(name).map(|value| ((*name).to_owned(), json!(value))))
        .collect();
    Ok(Delivery {
        request,
        nonce: raw.nonce,
        body,
        headers: Value::Object(headers),
        digest: raw.digest,
        length: raw.body.len(),
        user: raw.header(USER_ID).map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use proptest::prelude::*;
    use proptest::sample::{Index, select};

    fn call(body: &str, signed_id: Option<&str>) -> RawDelivery {
        let headers =
            signed_id.map(|id| (REQUEST_ID.to_owned(), id.to_owned())).into_iter().collect();
        RawDelivery {
            body: Bytes::copy_from_slice(body.as_bytes()),
            headers,
            nonce: None,
            digest: [0; 32],
        }
    }

    #[test]
    fn what_cannot_be_matched_to_a_job_is_refused_with_its_reason() {
        for (body, signed, expected) in [
            ("<html>", None, BadBody::NotJson),
            ("", None, BadBody::NotJson),
            ("[]", None, BadBody::NoRequestId),
            (r#"{"request_id":7}"#, None, BadBody::NoRequestId),
            (r#"{"request_id":""}"#, None, BadBody::NoRequestId),
            (r#"{"request_id":"a\u0000b"}"#, None, BadBody::NoRequestId),
            (r#"{"request_id":"a"}"#, Some("b"), BadBody::OtherRequestId),
        ] {
            assert_eq!(read(&call(body, signed)).unwrap_err(), expected, "{body}");
        }
    }

    #[test]
    fn a_nul_inside_the_body_does_not_keep_it_from_being_stored() {
        let body = r#"{"request_id":"a","payload":{"k\u0000":["x\u0000y"]}}"#;
        let delivery = read(&call(body, Some("a"))).unwrap();
        assert_eq!(delivery.body["payload"]["k\u{FFFD}"][0], "x\u{FFFD}y");
    }

    /// Bodies as FAL sends them, and one that is odd in every way that JSON allows.
    const BODIES: [&str; 3] = [
        r#"{"error": null, "gateway_request_id": "g", "payload": {"diffusers_lora_file": {"url": "https://v3.fal.media/a"}}, "request_id": "019e8887-0002", "status": "OK"}"#,
        r#"{"error": "Invalid status code: 422", "payload": {"detail": [{"loc": ["body"], "msg": "no", "type": "missing"}]}, "request_id": "019e8887-0002", "status": "ERROR"}"#,
        r#"{"request_id":"019e8887-0002","\u0000":{"\u0000a":["\u0000",1e308,-0.0,18446744073709551615]},"request_id":"019e8887-0002"}"#,
    ];

    fn mutated() -> impl Strategy<Value = Vec<u8>> {
        let changes = prop::collection::vec((any::<Index>(), any::<u8>(), 0..4_u8), 0..4);
        (select(&BODIES[..]), changes).prop_map(|(body, changes)| {
            let mut body = body.as_bytes().to_vec();
            for (place, byte, how) in changes {
                let place = place.index(body.len() + 1);
                match how {
                    0 if place < body.len() => body[place] = byte,
                    1 if place < body.len() => drop(body.remove(place)),
                    2 => body.truncate(place),
                    _ => body.insert(place, byte),
                }
            }
            body
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        /// What is read names the signed job and can be stored; the rest is refused with a reason.
        #[test]
        fn no_body_is_fatal(
            bytes in prop_oneof![4 => mutated(), 1 => prop::collection::vec(any::<u8>(), 0..200)],
            signed in prop::option::weighted(0.8, Just("019e8887-0002")),
        ) {
            let mut raw = call("", signed);
            raw.body = bytes.into();
            if let Ok(delivery) = read(&raw) {
                let id = &*delivery.request.0;
                prop_assert!(!id.is_empty() && id.len() <= LONGEST_ID && !id.contains('\0'));
                prop_assert!(signed.is_none_or(|signed| signed == id));
                prop_assert!(!delivery.body.to_string().contains("\\u0000"));
            }
        }
    }
}
