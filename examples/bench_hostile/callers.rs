//! Callers who send the head of a call and part of its body, then nothing.

use anyhow::ensure;
use chrono::Utc;
use futures_util::future::join_all;
use standins::fal::Fal;
use std::fmt::Write as _;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Bytes of a body sent before the silence; a megabyte is announced.
const PART: usize = 64 << 10;

/// By then the listener has dropped all of them.
const GONE: Duration = Duration::from_secs(15);

/// This many strangers at once, then as many whose headers look as if FAL called. A health check in
/// between is answered.
pub(crate) async fn never_finish(public: &str, fal: &Fal, callers: usize) -> anyhow::Result<()> {
    let signed = fal.sign(b"another body", "slow", Utc::now().timestamp());
    let mut headers_of_fal = String::new();
    for (name, value) in signed {
        write!(headers_of_fal, "{name}: {value}\r\n")?;
    }
    for (who, headers) in [("strangers", ""), ("who look like FAL", &*headers_of_fal)] {
        let head = format!(
            "POST /webhooks/fal HTTP/1.1\r\nHost: a\r\n{headers}Content-Length: 1048576\r\n\r\n"
        );
        let began = Instant::now();
        let all = join_all((0..callers).map(|_| call(public, &head)));
        let health = async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            let asked = Instant::now();
            let answer = reqwest::get(format!("http://{public}/health")).await?;
            Ok::<_, anyhow::Error>((answer.status().as_u16(), asked.elapsed()))
        };
        let (answers, health) = tokio::join!(all, health);
        let (status, took) = health?;
        let of = |status: &str| answers.iter().filter(|answer| answer.contains(status)).count();
        println!(
            "{callers} {who}: {} × 401, {} × 408, {} × 503, {} other; gone after {:.1} s; a health \
             check meanwhile took {:.1} ms",
            of(" 401"),
            of(" 408"),
            of(" 503"),
            callers - of(" 401") - of(" 408") - of(" 503"),
            began.elapsed().as_secs_f64(),
            took.as_secs_f64() * 1000.0
        );
        ensure!(status == 200, "a health check was answered {status}");
    }
    Ok(())
}

/// The first line of the answer; empty if the connection was only closed.
async fn call(public: &str, head: &str) -> String {
    let talk = async {
        let mut caller = TcpStream::connect(public).await?;
        caller.write_all(head.as_bytes()).await?;
        let mut answer = [0; 12];
        let (mut reads, mut writes) = caller.split();
        let part = vec![b' '; PART];
        let write = async {
            // If the call is refused meanwhile, writing fails, and reading tells why.
            drop(writes.write_all(&part).await);
            std::future::pending::<()>().await;
        };
        tokio::select! {
            read = reads.read_exact(&mut answer) => { read?; }
            () = write => {}
        }
        Ok::<_, std::io::Error>(String::from_utf8_lossy(&answer).into_owned())
    };
    tokio::time::timeout(GONE, talk).await.ok().and_then(Result::ok).unwrap_or_default()
}
