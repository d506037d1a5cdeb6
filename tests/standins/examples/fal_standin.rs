//! Serves the FAL stand-in until standard input closes, for clients in other languages.
//!
//! `cargo run -p standins --example fal_standin -- [PORT]` prints the address and the key.

use std::{
    io::{self, Write as _},
    time::Duration,
};

use standins::fal::{Fal, Options, Settings};

#[tokio::main]
async fn main() -> io::Result<()> {
    let port = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(0);
    // Long enough for a client to see each state.
    let settings = Settings {
        queue: Duration::from_millis(400),
        training: Duration::from_secs(1),
        ..Settings::default()
    };
    let fal = Fal::start(Options { port, settings, ..Options::default() }).await?;
    writeln!(io::stdout(), "{} {}", fal.url(), fal.key())?;
    // Blocking is fine here: the stand-in has a thread of its own.
    io::copy(&mut io::stdin().lock(), &mut io::sink())?;
    fal.stop().await;
    Ok(())
}
