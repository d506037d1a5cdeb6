//! How long we wait for a store, how often we retry, and what its answers mean.

use super::unavailable;
use actors::ports::ObjectError;
use backon::{ExponentialBuilder, Retryable};
use minio::s3::error::{Error, NetworkError, S3ServerError, ValidationErr};
use minio::s3::minio_error_response::MinioErrorCode;
use std::time::Duration;
use tokio::time::timeout;

/// Why a call failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// There is no such object.
    Missing,
    /// Retrying may help: no answer, or a busy store.
    Passing(String),
    /// Retrying right away is useless: no permission, no bucket, or our own disk failed.
    Lasting(String),
}

impl Fault {
    /// Translates it for the port.
    pub(super) fn into_error(self, key: &str) -> ObjectError {
        match self {
            Self::Missing => ObjectError::Missing(key.to_owned()),
            Self::Passing(why) | Self::Lasting(why) => unavailable(why),
        }
    }
}

/// Bounds of the calls to a store. All calls can be repeated safely: put, get, stat and delete are
/// idempotent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For an answer without content.
    pub(super) call: Duration,
    /// For up to a part of a file: 5 MiB at 0.7 Mbit/s.
    pub(super) transfer: Duration,
    /// Calls made before giving up.
    pub(super) tries: usize,
    /// Before the second call; four times as long before each further one.
    pub(super) pause: Duration,
}

impl Default for Patience {
    /// At most half a minute in total for a small request, three for a photo or a part.
    fn default() -> Self {
        Self {
            call: Duration::from_secs(10),
            transfer: Duration::from_mins(1),
            tries: 3,
            pause: Duration::from_millis(250),
        }
    }
}

/// One call in progress.
pub(super) trait Call<T>: Future<Output = Result<T, Error>> + Send {}
impl<T, F: Future<Output = Result<T, Error>> + Send> Call<T> for F {}

impl Patience {
    /// Makes a call that carries no content.
    pub(super) async fn calling<T, F: Call<T>>(
        &self,
        what: &str,
        call: impl Fn() -> F,
    ) -> Result<T, Fault> {
        self.repeating(what, self.call, self.tries, call).await
    }

    /// Makes a call that carries content.
    pub(super) async fn transferring<T, F: Call<T>>(
        &self,
        what: &str,
        call: impl Fn() -> F,
    ) -> Result<T, Fault> {
        self.repeating(what, self.transfer, self.tries, call).await
    }

    /// Makes a call that is not idempotent.
    pub(super) async fn once<T, F: Call<T>>(
        &self,
        what: &str,
        call: impl Fn() -> F,
    ) -> Result<T, Fault> {
        self.repeating(what, self.transfer, 1, call).await
    }

    async fn repeating<T, F: Call<T>>(
        &self,
        what: &str,
        within: Duration,
        tries: usize,
        call: impl Fn() -> F,
    ) -> Result<T, Fault> {
        let pauses = ExponentialBuilder::new()
            .with_min_delay(self.pause)
            .with_factor(4.0)
            .without_max_delay()
            .with_max_times(tries.saturating_sub(1));
        let one_call = || async {
            match timeout(within, call()).await {
                Ok(answer) => answer.map_err(|error| judge(what, &error)),
                Err(_) => Err(Fault::Passing(format!("{what}: no answer within {within:?}"))),
            }
        };
        one_call.retry(pauses).when(|fault| matches!(fault, Fault::Passing(_))).await
    }
}

/// Formats with `{:?}`, because an error of the client displays itself as «Validation error
/// occurred».
fn judge(what: &str, error: &Error) -> Fault {
    let why = format!("{what}: {error:?}");
    let passing = match error {
        Error::S3Server(S3ServerError::S3Error(answer)) => {
            if answer.code() == MinioErrorCode::NoSuchKey {
                return Fault::Missing;
            }
            is_busy(&answer.code())
        }
        Error::S3Server(S3ServerError::InvalidServerResponse { http_status_code, .. }) => {
            is_passing(*http_status_code)
        }
        Error::S3Server(S3ServerError::HttpError(status, _))
        | Error::Network(NetworkError::ServerError(status)) => is_passing(*status),
        Error::Network(NetworkError::ReqwestError(_)) => true,
        Error::Validation(flaw) => matches!(flaw, ValidationErr::HttpError(_)), // reqwest's, too
        Error::DriveIo(_) => false,
    };
    if passing { Fault::Passing(why) } else { Fault::Lasting(why) }
}

/// S3 error codes that ask for a retry; the client does not know them.
fn is_busy(code: &MinioErrorCode) -> bool {
    let MinioErrorCode::OtherError(code) = code else { return false };
    let code = code.to_ascii_lowercase();
    ["internalerror", "slowdown", "serviceunavailable", "requesttimeout"].contains(&code.as_str())
}

fn is_passing(status: u16) -> bool {
    status >= 500 || status == 429
}
