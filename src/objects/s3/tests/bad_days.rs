//! A server that gives scripted answers, or none.

use super::*;
use std::io::Write;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Answers one request after the other, each on its own connection; then goes silent.
struct Scripted {
    endpoint: String,
    heard: Arc<Mutex<Vec<String>>>,
    _serving: JoinSet<()>,
}

impl Scripted {
    async fn answering(answers: &'static [(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = listener.local_addr().unwrap().to_string();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&heard);
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut answers = answers.iter();
            let mut silent = Vec::new();
            while let Ok((visitor, _)) = listener.accept().await {
                let mut visitor = BufReader::new(visitor);
                let asked = request(&mut visitor).await;
                log.lock().unwrap().push(asked);
                match answers.next() {
                    Some((status, body)) => answer(visitor, status, body).await,
                    None => silent.push(visitor),
                }
            }
        });
        Self { endpoint, heard, _serving: serving }
    }

    /// A client of this server that tries twice and waits up to `within` for each answer.
    fn store(&self, within: Duration) -> S3Objects {
        let pause = Duration::from_millis(1);
        let patience = Patience { call: within, transfer: within, tries: 2, pause };
        let settings = S3Settings { bucket: "photos".to_owned(), ..settings(&self.endpoint) };
        S3Objects::new(&settings, patience).unwrap()
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

/// The method and the path; the body is read to its end. `None` if the visitor left.
async fn request(visitor: &mut BufReader<TcpStream>) -> String {
    let mut lines = Vec::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if visitor.read_line(&mut line).await.is_err() || line.trim().is_empty() {
            break;
        }
        if let Some(bytes) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = bytes.trim().parse().unwrap();
        }
        lines.push(line);
    }
    if visitor.read_exact(&mut vec![0; length]).await.is_err() {
        lines.clear();
    }
    let first = lines.first().map(String::as_str).unwrap_or_default();
    first.trim_end().trim_end_matches(" HTTP/1.1").to_owned()
}

async fn answer(mut visitor: BufReader<TcpStream>, status: &str, body: &str) {
    let text = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nETag: \"e\"\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    visitor.write_all(text.as_bytes()).await.unwrap();
    visitor.shutdown().await.unwrap();
}

/// For servers that do answer, however busy the machine.
const PATIENT: Duration = Duration::from_secs(20);

fn key() -> ObjectKey {
    ObjectKey("a/b.jpg".to_owned())
}

fn large_file() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights");
    std::fs::File::create_new(&path).unwrap().write_all(&vec![7; 6 << 20]).unwrap();
    (folder, path)
}

fn why(answer: Result<(), ObjectError>) -> String {
    let Err(ObjectError::Unavailable(why)) = answer else { panic!("{answer:?}") };
    why.to_string()
}

#[tokio::test]
async fn a_store_that_never_answers_is_out_of_reach_within_the_bound() {
    let silent = Scripted::answering(&[]).await;
    let bound = Duration::from_millis(100);
    let store = silent.store(bound);
    let (_folder, path) = large_file();
    let begun = Instant::now();
    let photo = ObjectBody::Bytes(Bytes::from_static(b"photo"));
    assert!(why(store.put(&key(), photo).await).contains("no answer within 100ms"));
    assert!(why(store.put(&key(), ObjectBody::File(path)).await).contains("no answer"));
    assert!(why(store.get(&key()).await.map(drop)).contains("no answer"));
    assert!(why(store.size(&key()).await.map(drop)).contains("no answer"));
    assert!(why(store.delete(&key()).await).contains("no answer"));
    assert!(store.make_bucket().await.is_err());
    let waited = begun.elapsed();
    assert!(waited >= 12 * bound, "each of six was tried twice, within {waited:?}");
    assert!(waited < Duration::from_secs(30), "{waited:?}");
}

#[tokio::test]
async fn nobody_at_the_address_is_out_of_reach() {
    let gone = Scripted::answering(&[]).await.store(PATIENT);
    assert!(matches!(gone.size(&key()).await, Err(ObjectError::Unavailable(_))));
}

#[tokio::test]
async fn a_busy_store_is_asked_again() {
    let cases: [&'static [(&str, &str)]; 3] = [
        &[("503 Slow Down", "<Error><Code>SlowDown</Code></Error>"), ("200 OK", "photo")],
        &[("502 Bad Gateway", ""), ("200 OK", "photo")],
        &[("500 Oops", "<Error><Code>InternalError</Code></Error>"), ("200 OK", "photo")],
    ];
    for answers in cases {
        let busy = Scripted::answering(answers).await;
        assert_eq!(busy.store(PATIENT).get(&key()).await.unwrap(), "photo", "{answers:?}");
        assert_eq!(
            busy.heard(),
            ["GET /photos/a/b.jpg", "GET /photos/a/b.jpg"],
            "and nothing else"
        );
    }
}

#[tokio::test]
async fn a_store_that_refuses_is_not_asked_again_and_its_words_are_kept() {
    let strict =
        Scripted::answering(&[("403 Forbidden", "<Error><Code>AccessDenied</Code></Error>")]).await;
    let photo = ObjectBody::Bytes(Bytes::from_static(b"photo"));
    assert!(why(strict.store(PATIENT).put(&key(), photo).await).contains("AccessDenied"));
    assert_eq!(strict.heard(), ["PUT /photos/a/b.jpg"]);
}

const BEGUN: (&str, &str) = (
    "200 OK",
    "<InitiateMultipartUploadResult><UploadId>U1</UploadId></InitiateMultipartUploadResult>",
);

#[tokio::test]
async fn an_upload_that_fails_is_abandoned() {
    let strict = Scripted::answering(&[
        BEGUN,
        ("200 OK", ""),
        ("403 Forbidden", "<Error><Code>AccessDenied</Code></Error>"),
        ("204 No Content", ""),
    ])
    .await;
    let (_folder, path) = large_file();
    let why = why(strict.store(PATIENT).put(&key(), ObjectBody::File(path)).await);
    assert!(why.contains("upload a part") && !why.contains("left behind"), "{why}");
    let heard = strict.heard();
    assert_eq!(heard.len(), 4, "{heard:?}");
    assert!(heard[3].starts_with("DELETE /photos/a/b.jpg?uploadId=U1"), "{heard:?}");
}

#[tokio::test]
async fn an_error_in_a_good_answer_is_an_error() {
    let sly = Scripted::answering(&[
        BEGUN,
        ("200 OK", ""),
        ("200 OK", ""),
        ("200 OK", "<Error><Code>InternalError</Code></Error>"),
        ("204 No Content", ""),
    ])
    .await;
    let (_folder, path) = large_file();
    let why = why(sly.store(PATIENT).put(&key(), ObjectBody::File(path)).await);
    assert!(why.contains("InternalError"), "{why}");
}
