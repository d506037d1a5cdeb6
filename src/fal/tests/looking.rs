//! What a status and a result mean, whatever comes back.

use super::{PORTRAIT, bought, client, endless, over, quick, talking};
use actors::avatar::RequestId;
use actors::ports::{CancelAnswer, FailureKind, ResultAnswer, StatusAnswer, Trainer};
use serde_json::{Value, json};
use standins::fal::{Failure, Fault, Kind};
use std::time::Duration;

fn of_status(answer: &StatusAnswer) -> &'static str {
    match answer {
        StatusAnswer::Running(_) => "running",
        StatusAnswer::Finished => "finished",
        StatusAnswer::Failed(_) => "failed",
        StatusAnswer::Gone => "gone",
        StatusAnswer::Unreachable { .. } => "unreachable",
    }
}

fn of_result(answer: &ResultAnswer) -> &'static str {
    match answer {
        ResultAnswer::Files { .. } => "files",
        ResultAnswer::Failed(_) => "failed",
        ResultAnswer::Suspect(_) => "suspect",
        ResultAnswer::Gone => "gone",
        ResultAnswer::Unreachable { .. } => "unreachable",
    }
}

fn said(status: u16, body: Value, request_id: bool) -> Fault {
    Fault::Answer { status, body, request_id }
}

/// Faults of the network: they tell nothing about a job.
fn road() -> Vec<Fault> {
    let detail = |status| said(status, json!({ "detail": "not now" }), false);
    let mut faults = vec![
        Fault::Refuse,
        Fault::DropReply,
        Fault::CutOff,
        Fault::Short,
        Fault::Html,
        Fault::Redirect("https://example.com/".to_owned()),
        Fault::too_many_requests(),
    ];
    faults.extend([404, 413, 499, 500, 502, 503, 504].map(Fault::Nginx));
    faults.extend([401, 402, 403, 408, 409, 500, 502, 503, 504].map(detail));
    faults
}

#[tokio::test]
async fn a_fault_of_the_road_is_never_the_end_of_a_job() {
    let (standin, fal) = talking(endless()).await;
    let request = bought(&fal).await;
    for fault in road() {
        standin.fault(Kind::Status, fault.clone());
        let answer = fal.status(PORTRAIT, &request).await;
        assert_eq!(of_status(&answer), "unreachable", "{fault:?}: {answer:?}");
        standin.fault(Kind::Result, fault.clone());
        let answer = fal.result(PORTRAIT, &request).await;
        assert_eq!(of_result(&answer), "unreachable", "{fault:?}: {answer:?}");
        standin.fault(Kind::Cancel, fault.clone());
        let answer = fal.cancel(PORTRAIT, &request).await;
        assert!(matches!(answer, CancelAnswer::Unreachable { .. }), "{fault:?}: {answer:?}");
    }
    assert_eq!(of_status(&fal.status(PORTRAIT, &request).await), "finished", "it was cancelled");
}

#[tokio::test]
async fn slow_answers_are_given_up() {
    let (standin, patient) = talking(endless()).await;
    let request = bought(&patient).await;
    let fal = client(standin.url(), standin.key(), Duration::from_secs(1));
    let slow = Duration::from_secs(5);
    for fault in [Fault::Slow(slow), Fault::Stall(slow)] {
        standin.fault(Kind::Status, fault.clone());
        assert_eq!(of_status(&fal.status(PORTRAIT, &request).await), "unreachable", "{fault:?}");
        standin.fault(Kind::Result, fault.clone());
        assert_eq!(of_result(&fal.result(PORTRAIT, &request).await), "unreachable", "{fault:?}");
    }
}

#[tokio::test]
async fn the_states_are_told_with_202_or_with_200() {
    for always_200 in [false, true] {
        let (standin, fal) = talking(endless()).await;
        standin.set(|settings| settings.always_200 = always_200);
        let request = bought(&fal).await;
        let StatusAnswer::Running(progress) = fal.status(PORTRAIT, &request).await else {
            panic!("not running")
        };
        assert_eq!((progress.queue_position, progress.word.as_str()), (Some(2), "IN_QUEUE"));
        let asked = standin.ledger().requests.pop().unwrap().target;
        assert_eq!(asked, format!("/{PORTRAIT}/requests/{request}/status?logs=1"));
        // 400 while it runs is no end.
        assert_eq!(of_result(&fal.result(PORTRAIT, &request).await), "unreachable");
    }
}

#[tokio::test]
async fn a_name_with_a_path_lives_under_its_short_form() {
    let (standin, fal) = talking(endless()).await;
    let request = RequestId("019e8887-52ac".into());
    let endpoint = "fal-ai/flux-pro/v1.1-ultra-finetuned";
    fal.status(endpoint, &request).await;
    let asked = standin.ledger().requests.pop().unwrap().target;
    assert_eq!(asked, "/fal-ai/flux-pro/requests/019e8887-52ac/status?logs=1");
}

#[tokio::test]
async fn each_end_of_a_job_is_understood() {
    let validation = |kind| Failure::validation("images_data_url", "so", kind);
    let runner = Failure::runner;
    let quiet = |failure: Failure| Failure { in_status: false, ..failure };
    // (the end, status, result, kind of the failure)
    let table = [
        (validation("face_detection_error"), "finished", "failed", FailureKind::NoFace),
        (
            validation("image_too_small").told_in_status(),
            "failed",
            "failed",
            FailureKind::PhotoTooSmall,
        ),
        (Failure::plain("Too blurred"), "finished", "failed", FailureKind::Other),
        (runner(500, "runner_server_error"), "failed", "suspect", FailureKind::TrainerDown),
        (
            quiet(runner(503, "runner_disconnected")),
            "finished",
            "suspect",
            FailureKind::TrainerDown,
        ),
        (quiet(runner(504, "request_timeout")), "finished", "suspect", FailureKind::TrainerDown),
        (quiet(runner(499, "client_cancelled")), "finished", "failed", FailureKind::Stopped),
        (quiet(runner(400, "bad_request")), "finished", "failed", FailureKind::OurMistake),
    ];
    for (end, status, result, kind) in table {
        let (standin, fal) = talking(quick()).await;
        standin.set(|settings| settings.failures.push_back(end.clone()));
        let request = bought(&fal).await;
        over(&standin, &request).await;
        let told = fal.status(PORTRAIT, &request).await;
        assert_eq!(of_status(&told), status, "{end:?}: {told:?}");
        if let StatusAnswer::Failed(failure) = told {
            // The status says only that it failed; the result was asked why.
            assert_eq!(failure.kind, kind, "{end:?}: {failure:?}");
        }
        let told = fal.result(PORTRAIT, &request).await;
        assert_eq!(of_result(&told), result, "{end:?}: {told:?}");
        if let ResultAnswer::Failed(failure) | ResultAnswer::Suspect(failure) = told {
            assert_eq!(failure.kind, kind, "{end:?}: {failure:?}");
        }
    }
}

#[tokio::test]
async fn a_job_that_nobody_knows_is_gone_and_not_failed() {
    let (standin, fal) = talking(endless()).await;
    let request = RequestId("019e8887-0000".into());
    assert_eq!(of_status(&fal.status(PORTRAIT, &request).await), "gone");
    assert_eq!(of_result(&fal.result(PORTRAIT, &request).await), "gone");
    standin.fault(Kind::Result, Fault::not_found());
    assert_eq!(of_result(&fal.result(PORTRAIT, &request).await), "gone");
}

#[tokio::test]
async fn a_job_of_an_odd_name_is_asked_about_and_never_called_failed() {
    let (standin, fal) = talking(endless()).await;
    for name in ["a.b:c", "a/../b", "a?b#c", "имя", "..", "a b", "%2e%2e", "\u{1}"] {
        let request = RequestId(name.into());
        let status = of_status(&fal.status(PORTRAIT, &request).await);
        assert!(matches!(status, "gone" | "unreachable"), "{name}: {status}");
        let result = of_result(&fal.result(PORTRAIT, &request).await);
        assert!(matches!(result, "gone" | "unreachable"), "{name}: {result}");
        let cancel = fal.cancel(PORTRAIT, &request).await;
        assert!(matches!(cancel, CancelAnswer::Answered(_)), "{name}: {cancel:?}");
    }
    let below = format!("/{PORTRAIT}/requests/");
    let asked = standin.ledger().requests;
    assert!(asked.iter().all(|request| request.target.starts_with(&below)), "{asked:?}");
}
