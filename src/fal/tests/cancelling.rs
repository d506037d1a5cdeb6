//! What a cancellation means.

use super::{PORTRAIT, bought, endless, over, talking};
use actors::avatar::RequestId;
use actors::ports::{CancelAnswer, FailureKind, ResultAnswer, StatusAnswer, Trainer};
use serde_json::json;
use standins::fal::{Fault, Kind};

#[tokio::test]
async fn a_cancellation_is_a_request_with_three_answers() {
    let (standin, fal) = talking(endless()).await;
    let request = bought(&fal).await;
    let answers = |words: &str| CancelAnswer::Answered(words.to_owned());
    let first = fal.cancel(PORTRAIT, &request).await;
    assert_eq!(first, answers("HTTP 202: CANCELLATION_REQUESTED"));
    over(&standin, &request).await;
    assert_eq!(fal.cancel(PORTRAIT, &request).await, answers("HTTP 400: ALREADY_COMPLETED"));
    let unknown = RequestId("019e8887-0000".into());
    assert_eq!(fal.cancel(PORTRAIT, &unknown).await, answers("HTTP 404: NOT_FOUND"));
    for body in [json!({ "success": true }), json!({ "status": "OK" }), json!(null)] {
        standin.fault(Kind::Cancel, Fault::Answer { status: 200, body, request_id: true });
        let answer = fal.cancel(PORTRAIT, &unknown).await;
        assert!(matches!(answer, CancelAnswer::Answered(_)), "{answer:?}");
    }
    // A cancelled job is completed without an error; only the result shows it.
    assert_eq!(fal.status(PORTRAIT, &request).await, StatusAnswer::Finished);
    let ResultAnswer::Failed(failure) = fal.result(PORTRAIT, &request).await else {
        panic!("not failed")
    };
    assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::Stopped, "client_cancelled"));
}
