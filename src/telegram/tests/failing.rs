//! Calls without an answer and what we know about them; and the token, which nobody may see.

use super::journal::Journal;
use super::{client, talking, text};
use crate::telegram::{ApiError, Client, Settings, SettingsError};
use actors::ports::{ChatId, Messenger as _, SendError};
use serde_json::{Value, json};
use standins::telegram::{Fault, Options, Telegram};
use std::net::TcpListener;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const CHAT: ChatId = ChatId(4_000_000_001);

fn meet_anna(telegram: &Telegram) -> standins::telegram::Person {
    let anna = telegram.person(CHAT.0, "Anna", "ru");
    anna.says("hi");
    anna
}

#[tokio::test]
async fn a_lost_answer_is_unknown_whether_the_message_came_or_not() {
    let (telegram, client, _) = talking(Options::default()).await;
    let anna = meet_anna(&telegram);
    for (fault, came) in
        [(Fault::Drop, 0), (Fault::ServerError, 0), (Fault::BadGateway, 0), (Fault::Swallow, 1)]
    {
        let mark = anna.mark();
        telegram.fault("sendMessage", fault.clone(), 1);
        let error = client.send(CHAT, &text("hi")).await.unwrap_err();
        assert!(matches!(error, SendError::Unknown(_)), "{fault:?}: {error}");
        assert_eq!(anna.chat().since(mark).count(), came, "{fault:?}");
    }
    assert_eq!(telegram.calls_of("sendMessage").len(), 4, "nothing is sent a second time");
}

#[tokio::test]
async fn an_answer_that_is_too_late_is_unknown() {
    let (telegram, client, _) = talking(Options::default()).await;
    let anna = meet_anna(&telegram);
    telegram.fault("sendMessage", Fault::Late(Duration::from_secs(30)), 1);
    let params = json!({ "chat_id": CHAT.0, "text": "late" });
    let longest = Duration::from_millis(300);
    let error = client.call_within::<Value>(longest, "sendMessage", &params).await.unwrap_err();
    assert!(matches!(error, ApiError::Unknown(_)), "{error}");
    anna.sees_text("late").await;
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let (telegram, _, journal) = talking(Options::default()).await;
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    // Nobody listens; and a server that does not speak TLS.
    let deaf = telegram.url().replace("http://", "https://");
    for url in [format!("http://{free}"), deaf] {
        let client = client(&url, telegram.token(), &journal);
        let error = client.send(CHAT, &text("hi")).await.unwrap_err();
        assert!(matches!(error, SendError::NotSent(_)), "{url}: {error}");
    }
    assert_eq!(telegram.calls().len(), 0);
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_meanwhile_is_no_failure() {
    let (telegram, client, _) = talking(Options::default()).await;
    meet_anna(&telegram);
    client.send(CHAT, &text("1")).await.unwrap();
    telegram.hangs_up();
    // Whether we see the close before we write the next byte is a race; both outcomes are correct.
    match client.send(CHAT, &text("2")).await {
        Ok(_) => assert_eq!(telegram.calls_of("sendMessage").len(), 2),
        Err(error) => assert!(matches!(error, SendError::Unknown(_)), "{error}"),
    }
}

/// A server that answers each request with these bytes, then closes.
async fn answering(answer: &'static str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut line, _)) = listener.accept().await {
            let mut request = Vec::new();
            while !request.ends_with(b"}") {
                if line.read_buf(&mut request).await.unwrap_or_default() == 0 {
                    break;
                }
            }
            line.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    url
}

#[tokio::test]
async fn answers_that_no_bot_api_gives_are_taken_for_what_they_prove() {
    let journal = Journal::default();
    for (answer, expected) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"ok\":true", "unknown"),
        ("HTTP/1.1 200 OK\r\n\r\n<html>Sign in to the Wi-Fi</html>", "unknown"),
        ("HTTP/1.1 200 OK\r\n\r\n{\"ok\":true}", "unknown"),
        ("HTTP/1.1 200 OK\r\n\r\n{\"ok\":true,\"result\":{\"message_id\":\"x\"}}", "unreadable"),
        ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n", "unknown"),
        ("HTTP/1.1 403 Forbidden\r\n\r\n<html></html>", "403"),
        ("HTTP/1.1 413 Request Entity Too Large\r\n\r\n<html></html>", "413"),
        ("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 9\r\n\r\n<html></html>", "429 in 9"),
        ("HTTP/1.1 400 Bad Request\r\nContent-Length: 9\r\n\r\n{", "400"),
        ("HTTP/1.1 503 Service Unavailable\r\n\r\n", "unknown"),
        ("nonsense\r\n\r\n", "unknown"),
    ] {
        let client = client(&answering(answer).await, "1:token", &journal);
        let found = match client.call::<Sent>("sendMessage", &json!({})).await.unwrap_err() {
            ApiError::Answered(refusal) => match refusal.retry_after {
                Some(wait) => format!("{} in {}", refusal.code, wait.as_secs()),
                None => refusal.code.to_string(),
            },
            ApiError::NotSent(_) => "not sent".to_owned(),
            ApiError::Unknown(_) => "unknown".to_owned(),
            ApiError::Unreadable(_) => "unreadable".to_owned(),
        };
        assert_eq!(found, expected, "{answer}");
    }
}

#[derive(Debug, serde::Deserialize)]
struct Sent {
    #[expect(dead_code, reason = "only its type matters")]
    message_id: i64,
}

#[tokio::test]
async fn no_error_and_no_log_shows_the_token() {
    const SECRET: &str = "AAFcanary-0123456789abcdefghijklmnop";
    let token = format!("7201956438:{SECRET}");
    let (telegram, good, journal) =
        talking(Options { token: token.clone(), ..Options::default() }).await;
    meet_anna(&telegram);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let redirect = "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n\r\n";
    let mut errors = Vec::new();
    for url in [
        format!("http://{free}"),
        telegram.url().replace("http://", "https://"),
        format!("{}/wrong/place", telegram.url()),
        "http://host.invalid".to_owned(),
        answering(redirect).await,
        answering("nonsense\r\n\r\n").await,
    ] {
        let client = client(&url, &token, &journal);
        errors.push(client.call::<Value>("getMe", &json!({})).await.unwrap_err());
    }
    let echo = format!("Bad Request: wrong address /bot{token}/sendMessage");
    for fault in [
        Fault::Drop,
        Fault::Swallow,
        Fault::BadGateway,
        Fault::Refuse { code: 400, description: echo.clone() },
        Fault::Refuse { code: 500, description: echo },
    ] {
        telegram.fault("getMe", fault, 1);
        errors.push(good.call::<Value>("getMe", &json!({})).await.unwrap_err());
    }
    telegram.revoke();
    errors.push(good.call::<Value>("getMe", &json!({})).await.unwrap_err());
    for error in errors {
        let shown = format!("{error} {error:?} {} {good:?}", SendError::from(error.clone()));
        assert!(!shown.contains(SECRET), "{shown}");
    }
    assert!(!journal.text().contains(SECRET));
}

#[test]
fn an_address_that_is_none_is_refused_before_anything_runs() {
    let journal = Journal::default();
    for url in ["mailto:bot@example.org", "ftp://example.org", "data:,x"] {
        let settings =
            Settings { api_url: url.parse().unwrap(), token: "1:x".into(), credits: false };
        let refused = Client::new(settings, &journal.logger());
        assert!(matches!(refused, Err(SettingsError::Address)), "{url}");
    }
    client("http://127.0.0.1:8081", "1:x", &journal);
    assert_eq!(journal.lines_with("in the clear"), 0);
    client("http://bot-api.example.org", "1:x", &journal);
    assert_eq!(journal.lines_with("in the clear"), 1);
}
