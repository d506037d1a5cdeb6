//! FAL's storage: where an archive waits for the trainer, and weights and pictures for the generator.

use super::Fal;
use super::wire::{Answer, Body, NoAnswer, ask};
use actors::ports::{Archive, FileUrl, TrainerError};
use reqwest::{Body as Sent, Method};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::fs::File;
use tokio_util::io::ReaderStream;
use url::Url;

/// What is uploaded, and for how long FAL keeps it. Without a limit it keeps uploads for ever, and
/// anybody who knows the address can read them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Luggage {
    /// The name that ends the address.
    file_name: &'static str,
    content_type: &'static str,
    pub(super) lifetime: Duration,
}

/// An archive of people's photos. It must outlast the queue and the training.
pub(super) const PHOTOS: Luggage = Luggage {
    file_name: "photos.zip",
    content_type: "application/zip",
    lifetime: Duration::from_hours(7 * 24),
};

/// Weights, for all pictures made with them meanwhile: FAL's machines know them by their address,
/// and read them again for each new one.
pub(super) const WEIGHTS: Luggage = Luggage {
    file_name: "weights.safetensors",
    content_type: "application/octet-stream",
    lifetime: Duration::from_hours(30 * 24),
};

/// A picture of this type that others are to be like. It shows a person, and is read once, when its
/// job's turn comes.
pub(super) fn picture_of(content_type: &str) -> Luggage {
    let (file_name, content_type) = match content_type {
        "image/png" => ("picture.png", "image/png"),
        "image/webp" => ("picture.webp", "image/webp"),
        _ => ("picture.jpg", "image/jpeg"),
    };
    Luggage { file_name, content_type, lifetime: Duration::from_hours(24) }
}

/// Bytes of a file in memory at once.
const PIECE: usize = 64 << 10;

/// Upper bound on the upload itself: 400 MB at 10 Mbit/s.
const UPLOAD: Duration = Duration::from_mins(6);

impl Fal {
    /// Uploads a file: asks for an address, then streams the file to it.
    pub(super) async fn store(
        &self,
        archive: &Archive,
        luggage: Luggage,
    ) -> Result<FileUrl, TrainerError> {
        let Luggage { file_name, content_type, lifetime } = luggage;
        let rest = self.settings.rest.as_str().trim_end_matches('/');
        let address = format!("{rest}/storage/upload/initiate?storage_type=fal-cdn-v3");
        let url = Url::parse(&address).map_err(|error| TrainerError::Refused(error.to_string()))?;
        // Initiation reads the first, the storage itself the second.
        let lifetime = json!({ "expiration_duration_seconds": lifetime.as_secs() }).to_string();
        let initiate = self
            .request(Method::POST, url)
            .header("X-Fal-Object-Lifecycle-Preference", &lifetime)
            .header("X-Fal-Object-Lifecycle", &lifetime)
            .json(&json!({ "content_type": content_type, "file_name": file_name }));
        let answer = sorted(ask(initiate).await)?;
        let address = |field: &str| answer.get(field).and_then(Value::as_str).map(str::to_owned);
        let (Some(upload), Some(file)) = (address("upload_url"), address("file_url")) else {
            return Err(TrainerError::Refused("no address to upload to".to_owned()));
        };
        let upload = self.trusted(&upload)?;
        let content = File::open(archive.path());
        let content = content.await.map_err(|error| TrainerError::Unavailable(error.into()))?;
        let content = ReaderStream::with_capacity(content, PIECE);
        let put = self
            .http
            .put(upload)
            .timeout(UPLOAD)
            .header("Content-Type", content_type)
            // A stream has no known length, and the storage rejects chunked bodies.
            .header("Content-Length", archive.byte_size())
            .header("X-Fal-Object-Lifecycle", &lifetime)
            .body(Sent::wrap_stream(content));
        match ask(put).await {
            Ok(answer) if answer.status.is_success() => Ok(FileUrl(file.into())),
            Ok(answer) => Err(refused(&answer)),
            Err(none) => Err(TrainerError::Unavailable(none.words().into())),
        }
    }

    /// Refuses hosts that are not FAL's: people's photos and faces go nowhere else.
    fn trusted(&self, address: &str) -> Result<Url, TrainerError> {
        let refuse = || TrainerError::Refused("the upload address is not one of FAL's".to_owned());
        let url = Url::parse(address).map_err(|_| refuse())?;
        let host = url.host_str().unwrap_or_default();
        // On loopback the parts of a stand-in may each have their own port.
        let same_machine = |base: &Url| {
            base.scheme() == "http" && url.scheme() == "http" && base.host() == url.host()
        };
        let of_fal = |base: &Url| base.origin() == url.origin() || same_machine(base);
        let media = host == "fal.media" || host.ends_with(".fal.media");
        let trusted = (media && url.scheme() == "https")
            || of_fal(&self.settings.rest)
            || of_fal(&self.settings.queue);
        if trusted { Ok(url) } else { Err(refuse()) }
    }
}

fn sorted(answer: Result<Answer, NoAnswer>) -> Result<Value, TrainerError> {
    match answer {
        Ok(Answer { status, body: Body::Json(body), .. }) if status.is_success() => Ok(body),
        Ok(answer) => Err(refused(&answer)),
        Err(none) => Err(TrainerError::Unavailable(none.words().into())),
    }
}

fn refused(answer: &Answer) -> TrainerError {
    // A success that is not an answer comes from a captive portal, or its body broke off.
    let passing = answer.status.is_server_error() || answer.status.is_success();
    if passing || matches!(answer.status.as_u16(), 408 | 409 | 425 | 429) || !answer.of_fal() {
        TrainerError::Unavailable(answer.words().into())
    } else {
        TrainerError::Refused(answer.words())
    }
}
