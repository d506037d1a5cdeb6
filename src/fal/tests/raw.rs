//! Bytes on the wire that no stand-in would write: endless bodies, headers of every kind, invalid
//! names.

use super::{PORTRAIT, archive, client, order_at};
use actors::avatar::RequestId;
use actors::ports::{ResultAnswer, StatusAnswer, SubmitAnswer, Trainer};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A server that answers every request with the same bytes, then repeats other bytes for ever.
struct Wire {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    _serving: JoinSet<()>,
}

impl Wire {
    async fn saying(head: impl Into<String>, endless: &'static [u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let (count, head) = (Arc::clone(&connections), head.into());
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut visitors = JoinSet::new();
            while let Ok((visitor, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                visitors.spawn(answered(visitor, head.clone(), endless));
            }
        });
        Self { address, connections, _serving: serving }
    }

    fn client(&self, patience: Duration) -> super::Fal {
        client(&format!("http://{}", self.address), "key", patience)
    }
}

/// Requests are small, so one read is one request.
async fn answered(mut visitor: TcpStream, head: String, endless: &'static [u8]) {
    let mut request = [0; 16 << 10];
    while visitor.read(&mut request).await.is_ok_and(|read| read > 0) {
        if visitor.write_all(head.as_bytes()).await.is_err() {
            return;
        }
        while !endless.is_empty() && visitor.write_all(endless).await.is_ok() {}
    }
}

fn http(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}\r\n{body}")
}

const PATIENCE: Duration = Duration::from_secs(10);
const JSON: &str = "content-type: application/json\r\n";

async fn submit(head: String) -> SubmitAnswer {
    let wire = Wire::saying(head, b"").await;
    wire.client(PATIENCE).submit(&order_at(PORTRAIT), &archive()).await
}

#[tokio::test]
async fn a_body_without_end_is_read_to_its_bound() {
    let request = RequestId("7".into());
    for status in ["200 OK", "500 Internal Server Error", "422 Unprocessable Entity"] {
        let head = format!("HTTP/1.1 {status}\r\nx-fal-request-id: 7\r\n\r\n");
        let wire = Wire::saying(head, &[b' '; 8 << 10]).await;
        let fal = wire.client(PATIENCE);
        let told = fal.status(PORTRAIT, &request).await;
        let StatusAnswer::Unreachable { why } = told else { panic!("{status}: {told:?}") };
        assert!(why.contains("more than 4194304 bytes"), "{why}");
        let told = fal.result(PORTRAIT, &request).await;
        assert!(matches!(told, ResultAnswer::Unreachable { .. }), "{status}: {told:?}");
        let told = fal.submit(&order_at(PORTRAIT), &archive()).await;
        // The status is known although its body never ends.
        let again = status.starts_with("422");
        assert_eq!(matches!(told, SubmitAnswer::NotAccepted { .. }), again, "{status}: {told:?}");
        assert_eq!(matches!(told, SubmitAnswer::Lost { .. }), !again, "{status}: {told:?}");
    }
}

#[tokio::test]
async fn a_drop_at_a_time_is_no_way_to_hold_us() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n{";
    let wire = Wire::saying(head, b"").await;
    let told =
        wire.client(Duration::from_millis(200)).status(PORTRAIT, &RequestId("7".into())).await;
    assert!(matches!(told, StatusAnswer::Unreachable { .. }), "{told:?}");
}

#[tokio::test]
async fn garbage_instead_of_http_is_lost() {
    for garbage in ["\r\n\r\n", "SSH-2.0-OpenSSH_9.9\r\n", "HTTP/1.1 999999 ?\r\n\r\n", "{}"] {
        let told = submit(garbage.to_owned() + &"x".repeat(500_000)).await;
        assert!(matches!(told, SubmitAnswer::Lost { .. }), "{garbage:?}: {told:?}");
    }
}

#[tokio::test]
async fn only_a_name_that_can_be_kept_is_an_acceptance() {
    let long = "7".repeat(129);
    for (id, kept) in [
        (r#""019e8887-52ac-7f31""#, true),
        (r#""a.b:c/d e""#, true),
        (&format!("\"{}\"", "7".repeat(128)), true),
        (&format!("\"{long}\""), false),
        (r#""""#, false),
        (r#""a\u0000b""#, true), // read without the NUL
        (r#""a\nb""#, false),
        ("7", false),
        ("null", false),
        (r#"["7"]"#, false),
    ] {
        let told = submit(http("200 OK", JSON, &format!(r#"{{"request_id":{id}}}"#))).await;
        assert_eq!(matches!(told, SubmitAnswer::Accepted(_)), kept, "{id}: {told:?}");
        assert_eq!(matches!(told, SubmitAnswer::Lost { .. }), !kept, "{id}: {told:?}");
    }
}

#[tokio::test]
async fn a_wish_to_wait_is_heard() {
    for (status, wish, wait) in [
        ("429 Too Many Requests", "retry-after: 7\r\n", Some(7)),
        ("429 Too Many Requests", "", None),
        ("429 Too Many Requests", "retry-after: soon\r\n", None),
        ("503 Service Unavailable", "retry-after: 30\r\n", Some(30)),
        ("503 Service Unavailable", "retry-after: 999999\r\n", Some(3600)),
        ("503 Service Unavailable", "retry-after: Wed, 21 Oct 2099 07:28:00 GMT\r\n", Some(3600)),
        ("401 Unauthorized", "retry-after: 7\r\n", Some(60)),
        ("403 Forbidden", "retry-after: 90\r\n", Some(90)),
    ] {
        let told = submit(http(status, wish, "<html></html>")).await;
        let SubmitAnswer::NotAccepted { retry_after, .. } = told else {
            panic!("{status} {told:?}")
        };
        assert_eq!(retry_after, wait.map(Duration::from_secs), "{status} {wish}");
    }
}

#[tokio::test]
async fn an_end_may_be_told_by_headers_alone() {
    let headers = "x-fal-request-id: 7\r\nx-fal-error-type: client_cancelled\r\n";
    let wire = Wire::saying(http("499 ?", headers, ""), b"").await;
    let told = wire.client(PATIENCE).result(PORTRAIT, &RequestId("7".into())).await;
    let ResultAnswer::Failed(failure) = told else { panic!("{told:?}") };
    assert_eq!(failure.code, "client_cancelled");
}

#[tokio::test]
async fn a_submit_never_goes_out_on_a_connection_that_may_be_closing() {
    let wire = Wire::saying(http("200 OK", JSON, r#"{"status":"IN_QUEUE"}"#), b"").await;
    let fal = wire.client(PATIENCE);
    for _ in 0..3 {
        fal.status(PORTRAIT, &RequestId("7".into())).await;
    }
    assert_eq!(wire.connections.load(Ordering::SeqCst), 1, "polls share one");
    for _ in 0..3 {
        fal.submit(&order_at(PORTRAIT), &archive()).await;
    }
    assert_eq!(wire.connections.load(Ordering::SeqCst), 4, "each submit has its own");
}
