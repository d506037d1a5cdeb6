//! Serves the Telegram stand-in until standard input closes.
//!
//! ```text
//! cargo run -p standins --example telegram_standin -- [--port 8081] [--strict]
//! ```
//!
//! Prints one line of JSON with the address and the token. People are controlled by `POST
//! /_control/…`, so it can be used to test a client in any language.

use std::io::{self, Read as _, Write as _};

use standins::telegram::{Options, Rates, Telegram};

#[actix_web::main]
async fn main() -> io::Result<()> {
    let mut options = Options { control: true, ..Options::default() };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--strict" => options.rates = Rates::Strict,
            "--port" => {
                let port = arguments.next().and_then(|port| port.parse().ok());
                options.port = port.ok_or_else(|| io::Error::other("--port needs a number"))?;
            }
            _ => return Err(io::Error::other(format!("unknown argument {argument}"))),
        }
    }
    let telegram = Telegram::start(options).await?;
    let line = serde_json::json!({ "url": telegram.url(), "token": telegram.token() });
    writeln!(io::stdout(), "{line}")?;
    io::stdout().flush()?;
    let closed = || io::stdin().read_to_end(&mut Vec::new());
    actix_web::rt::task::spawn_blocking(closed).await.map_err(io::Error::other)??;
    telegram.stop().await;
    Ok(())
}
