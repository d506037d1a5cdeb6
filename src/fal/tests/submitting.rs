//! What a submit means, whatever comes back. The stand-in's ledger records what was really bought.

use super::{PORTRAIT, archive, client, endless, order_at, talking};
use actors::ports::{SubmitAnswer, Trainer};
use serde_json::json;
use standins::fal::{Fault, Kind};
use std::net::TcpListener;
use std::time::Duration;

/// One word for a kind of answer.
fn sort(answer: &SubmitAnswer) -> &'static str {
    match answer {
        SubmitAnswer::Accepted(_) => "accepted",
        SubmitAnswer::NotAccepted { .. } => "again",
        SubmitAnswer::Refused(_) => "refused",
        SubmitAnswer::Lost { .. } => "lost",
    }
}

fn said(status: u16, detail: &str, request_id: bool) -> Fault {
    Fault::Answer { status, body: json!({ "detail": detail }), request_id }
}

#[tokio::test]
async fn only_what_fal_cannot_have_is_sent_again() {
    let page = || Fault::Answer { status: 404, body: json!("<html>"), request_id: false };
    let table = [
        // (what happens, what it means, whether a job was really bought)
        (None, "accepted", 1),
        (Some(Fault::Refuse), "lost", 0),
        (Some(Fault::DropReply), "lost", 1),
        (Some(Fault::CutOff), "lost", 1),
        (Some(Fault::Short), "lost", 1),
        (Some(Fault::Html), "lost", 0),
        (Some(Fault::Redirect("https://example.com/".to_owned())), "lost", 0),
        (Some(Fault::too_many_requests()), "again", 0),
        (Some(Fault::Nginx(500)), "lost", 0),
        (Some(Fault::Nginx(502)), "lost", 0),
        (Some(Fault::NginxAfter(500)), "lost", 1),
        (Some(Fault::NginxAfter(502)), "lost", 1),
        (Some(Fault::NginxAfter(504)), "lost", 1),
        (Some(Fault::Nginx(503)), "again", 0),
        (Some(Fault::Nginx(504)), "lost", 0),
        (Some(Fault::Nginx(404)), "again", 0),
        (Some(Fault::Nginx(413)), "again", 0),
        (Some(said(500, "Internal error", false)), "lost", 0),
        (Some(said(503, "Service unavailable", true)), "lost", 0),
        (Some(Fault::Nginx(520)), "lost", 0),
        (Some(said(500, "Internal error", true)), "lost", 0),
        (Some(said(502, "Bad Gateway", true)), "lost", 0),
        (Some(said(504, "Request timed out", true)), "lost", 0),
        (Some(said(401, "invalid key credentials", false)), "again", 0),
        (Some(said(402, "Payment required", false)), "again", 0),
        (Some(said(403, "User is locked. Reason: Exhausted balance.", false)), "again", 0),
        (Some(said(404, "Application not found", false)), "refused", 0),
        (Some(said(408, "Request timeout", false)), "lost", 0),
        (Some(said(409, "Conflict", false)), "again", 0),
        (Some(said(422, "Unprocessable", false)), "refused", 0),
        (Some(said(400, "Request body is not valid JSON", true)), "refused", 0),
        (Some(said(499, "Client disconnected", true)), "lost", 0),
        (Some(page()), "refused", 0),
    ];
    let (standin, fal) = talking(endless()).await;
    let order = order_at(PORTRAIT);
    for (fault, meaning, bought) in table {
        let before = standin.ledger().jobs.len();
        if let Some(fault) = &fault {
            standin.fault(Kind::Submit, fault.clone());
        }
        let answer = fal.submit(&order, &archive()).await;
        assert_eq!(sort(&answer), meaning, "{fault:?}: {answer:?}");
        assert_eq!(standin.ledger().jobs.len() - before, bought, "{fault:?}");
    }
}

#[tokio::test]
async fn nobody_at_the_door_means_not_accepted() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for url in [format!("http://{free}"), "http://nowhere.invalid".to_owned()] {
        let fal = client(&url, "key", Duration::from_secs(10));
        let answer = fal.submit(&order_at(PORTRAIT), &archive()).await;
        assert_eq!(sort(&answer), "again", "{answer:?}");
    }
}

#[tokio::test]
async fn an_answer_that_comes_too_slowly_is_lost() {
    let (standin, _) = talking(endless()).await;
    let fal = client(standin.url(), standin.key(), Duration::from_secs(1));
    for fault in [Fault::Slow(Duration::from_secs(5)), Fault::Stall(Duration::from_secs(5))] {
        standin.fault(Kind::Submit, fault);
        let answer = fal.submit(&order_at(PORTRAIT), &archive()).await;
        assert_eq!(sort(&answer), "lost", "{answer:?}");
    }
    assert_eq!(standin.ledger().jobs.len(), 2);
}

#[tokio::test]
async fn a_wrong_key_waits_for_a_person() {
    let (standin, _) = talking(endless()).await;
    let fal = client(standin.url(), "somebody:else", Duration::from_secs(10));
    let answer = fal.submit(&order_at(PORTRAIT), &archive()).await;
    let SubmitAnswer::NotAccepted { retry_after, why } = answer else { panic!("{answer:?}") };
    assert_eq!(retry_after, Some(Duration::from_mins(1)));
    assert_eq!(why, "HTTP 401: invalid key credentials");
}

#[tokio::test]
async fn the_webhook_travels_in_the_query_and_the_input_at_the_top() {
    let (standin, fal) = talking(endless()).await;
    let webhook = "https://aisha.example/webhooks/fal?nonce=a&b=c d";
    let mut order = order_at(PORTRAIT);
    order.plan.webhook = Some(webhook.to_owned());
    assert_eq!(sort(&fal.submit(&order, &archive()).await), "accepted");
    let job = standin.ledger().jobs.pop().unwrap();
    assert_eq!(job.webhook.as_deref(), Some(webhook));
    assert_eq!((&job.input["steps"], &job.input["input"]), (&json!(1000), &json!(null)));
    assert_eq!(job.endpoint, PORTRAIT);
}
