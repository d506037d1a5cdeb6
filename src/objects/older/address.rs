//! How an operator names the older store.

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use std::path::PathBuf;
use thiserror::Error;
use url::Url;

/// Where the older store is.
#[derive(Clone, Debug)]
pub enum OlderAddress {
    /// A folder of buckets.
    Folder(PathBuf),
    /// A store that speaks S3.
    S3 {
        /// Scheme, host and port.
        endpoint: String,
        /// Access key and secret key; `None` for buckets that anybody may read.
        keys: Option<(String, SecretString)>,
    },
}

/// Why it cannot be read from there.
#[derive(Debug, Error)]
pub enum WrongOlderAddress {
    /// No such folder.
    #[error("{} cannot be read as a folder of buckets: {why}", path.display())]
    Folder {
        /// As given.
        path: PathBuf,
        /// What the disk says.
        why: String,
    },
    /// Not the address of an S3 store. The address is not shown: it may hold a secret.
    #[error(
        "it is not the address of an S3 store; write http(s)://ACCESS_KEY:SECRET_KEY@host:port into the \
         file, and no path: every picture names its own bucket"
    )]
    NoAddress,
    /// The client does not take it.
    #[error("the address of the S3 store is wrong: {0}")]
    S3(String),
}

impl OlderAddress {
    /// Whether this is meant as an address, not as a folder.
    #[must_use]
    pub fn is_address(given: &str) -> bool {
        given.contains("://")
    }

    /// Reads `http(s)://ACCESS_KEY:SECRET_KEY@host:port`; the keys may be left out, and are written as
    /// in any URL: `/` as `%2F`.
    ///
    /// # Errors
    /// [`WrongOlderAddress::NoAddress`]
    pub fn parse(text: &str) -> Result<Self, WrongOlderAddress> {
        let wrong = || WrongOlderAddress::NoAddress;
        let url = Url::parse(text.trim()).map_err(|_| wrong())?;
        let host = url.host().ok_or_else(wrong)?;
        let plain = matches!(url.scheme(), "http" | "https")
            && matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none();
        if !plain {
            return Err(wrong());
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let endpoint = format!("{}://{host}{port}", url.scheme());
        let decoded = |text| percent_decode_str(text).decode_utf8().map(String::from);
        let keys = match (url.username(), url.password()) {
            ("", None) => None,
            ("", Some(_)) | (_, None) => return Err(wrong()),
            (access, Some(secret)) => {
                let (access, secret) = (decoded(access), decoded(secret));
                let secret = SecretString::from(secret.map_err(|_| wrong())?);
                Some((access.map_err(|_| wrong())?, secret))
            }
        };
        Ok(Self::S3 { endpoint, keys })
    }

    /// Whether it holds a secret.
    #[must_use]
    pub fn has_secret(&self) -> bool {
        matches!(self, Self::S3 { keys: Some(_), .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn an_address_is_read_with_its_keys_and_never_shown() {
        let parsed = OlderAddress::parse(" http://aisha:s%2Fe%2Bcret@old-host:9000/\n").unwrap();
        assert!(parsed.has_secret() && !format!("{parsed:?}").contains("e+cret"));
        let OlderAddress::S3 { endpoint, keys: Some((access, secret)) } = parsed else { panic!() };
        assert_eq!((endpoint.as_str(), access.as_str()), ("http://old-host:9000", "aisha"));
        assert_eq!(secret.expose_secret(), "s/e+cret");
        let open = OlderAddress::parse("https://[::1]:9000").unwrap();
        assert!(
            matches!(&open, OlderAddress::S3 { endpoint, .. } if endpoint == "https://[::1]:9000")
        );
        assert!(!open.has_secret());
    }

    #[test]
    fn what_is_no_address_of_a_store_is_refused_without_being_shown() {
        for text in [
            "",
            "ftp://aisha:geheim@host",
            "http://aisha:geheim@host/bucket",
            "http://aisha@host",
            "http://:geheim@host",
            "http://aisha:geheim@host?region=x",
            "http://aisha:geheim@",
        ] {
            let wrong = OlderAddress::parse(text).unwrap_err().to_string();
            assert!(wrong.contains("ACCESS_KEY") && !wrong.contains("geheim"), "{text}: {wrong}");
        }
    }
}
