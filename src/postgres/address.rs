//! `DATABASE_URL`: where the server is, and how far we trust it.

use super::tls::Trust;
use percent_encoding::percent_decode_str;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::path::Path;
use std::sync::Arc;
use thiserror::Error;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

/// The value of `sslrootcert` that means the system's certificate store, as in libpq.
const SYSTEM: &str = "system";

/// A server, and which certificates are trusted for it.
#[derive(Clone, Debug)]
pub struct Address {
    pub(super) config: Config,
    pub(super) trust: Trust,
}

/// Why an address cannot be used. Never contains the address, which may hold a password.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum WrongAddress {
    /// Not an address at all.
    #[error("it is not the address of a PostgreSQL database")]
    NoAddress,
    /// It names no host.
    #[error("it names no host")]
    NoHost,
    /// It would be mistaken for a full check.
    #[error("sslmode=verify-ca is not offered: it would believe the certificate of any host")]
    HalfChecked,
    /// A root certificate that nothing would check.
    #[error("sslrootcert is given, but sslmode does not say that the certificate is checked")]
    Unused,
    /// The root certificate cannot be read.
    #[error("sslrootcert: {0}")]
    Root(String),
}

impl Address {
    /// Whether it contains a password.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.config.get_password().is_some()
    }

    /// Reads an address and the certificates it names.
    ///
    /// Understands more than `tokio-postgres`: `sslmode=verify-full`, `sslrootcert`, and `ssl`,
    /// which is asyncpg's name for `sslmode`.
    ///
    /// # Errors
    /// [`WrongAddress`], fit for a person.
    pub fn parse(text: &str) -> Result<Self, WrongAddress> {
        let (address, root) = without_root(text)?;
        let config: Config = address.parse().map_err(|_| WrongAddress::NoAddress)?;
        if config.get_hosts().is_empty() {
            return Err(WrongAddress::NoHost);
        }
        let trust = match (config.get_ssl_mode(), root.as_deref()) {
            (SslMode::Require, None | Some(SYSTEM)) => Trust::System,
            (SslMode::Require, Some(path)) => Trust::These(Arc::new(roots(Path::new(path))?)),
            (_, None) => Trust::Unchecked,
            (_, Some(_)) => return Err(WrongAddress::Unused),
        };
        Ok(Self { config, trust })
    }
}

/// For a server whose settings are given directly; if TLS is required, it is checked against the
/// system's store.
impl From<Config> for Address {
    fn from(config: Config) -> Self {
        let trust = if config.get_ssl_mode() == SslMode::Require {
            Trust::System
        } else {
            Trust::Unchecked
        };
        Self { config, trust }
    }
}

/// The address as `tokio-postgres` reads it, and the root certificate named in it.
fn without_root(text: &str) -> Result<(String, Option<String>), WrongAddress> {
    // A password may contain a question mark, and ends at the first «@».
    let credentials = text.find('@').unwrap_or_default();
    let Some(at) = text[credentials..].find('?').filter(|_| text.contains("://")) else {
        return Ok((text.to_owned(), None));
    };
    let (address, query) = text.split_at(credentials + at);
    let mut root = None;
    let mut kept = Vec::new();
    for pair in query[1..].split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslrootcert", path)) => {
                root = Some(percent_decode_str(path).decode_utf8_lossy().into_owned());
            }
            // `require` is checked too: encryption to an unverified server protects from nobody who
            // can answer in its place.
            Some(("sslmode" | "ssl", "verify-full")) => kept.push("sslmode=require".to_owned()),
            Some(("sslmode" | "ssl", "verify-ca")) => return Err(WrongAddress::HalfChecked),
            Some(("ssl", mode)) => kept.push(format!("sslmode={mode}")),
            Some(_) | None => kept.push(pair.to_owned()),
        }
    }
    Ok((format!("{address}?{}", kept.join("&")), root))
}

/// The certificates in a file.
fn roots(path: &Path) -> Result<RootCertStore, WrongAddress> {
    let wrong = |why: &str| WrongAddress::Root(format!("{} cannot be used: {why}", path.display()));
    let file = std::fs::read(path).map_err(|error| wrong(&error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&file) {
        let certificate = certificate.map_err(|error| wrong(&error.to_string()))?;
        roots.add(certificate).map_err(|error| wrong(&error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong("there is no certificate in it"));
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn wrong(text: &str) -> WrongAddress {
        Address::parse(text).expect_err(text)
    }

    #[test]
    fn what_is_checked_is_said_by_the_mode() {
        let trusts = |query: &str| {
            let address = Address::parse(&format!("postgresql://a:b?c@host/d{query}")).unwrap();
            assert_eq!(address.config.get_password(), Some(&b"b?c"[..]));
            (address.config.get_ssl_mode(), format!("{:?}", address.trust))
        };
        let unchecked = || "Unchecked".to_owned();
        assert_eq!(trusts(""), (SslMode::Prefer, unchecked()));
        assert_eq!(trusts("?sslmode=disable"), (SslMode::Disable, unchecked()));
        for checked in [
            "?sslmode=require",
            "?connect_timeout=3&sslmode=verify-full",
            "?ssl=verify-full",
            "?sslmode=verify-full&sslrootcert=system",
        ] {
            assert_eq!(trusts(checked), (SslMode::Require, "System".to_owned()), "{checked}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_told_apart() {
        let server = |query: &str| wrong(&format!("postgresql://host/d{query}"));
        assert_eq!(wrong("mysql://host/d"), WrongAddress::NoAddress);
        assert_eq!(wrong("postgresql:///d"), WrongAddress::NoHost);
        assert_eq!(server("?sslmode=often"), WrongAddress::NoAddress);
        assert_eq!(server("?sslmode=verify-ca"), WrongAddress::HalfChecked);
        assert_eq!(server("?sslrootcert=/etc/ca.pem"), WrongAddress::Unused);
        let absent = server("?sslmode=require&sslrootcert=/nowhere/a%20b.pem").to_string();
        assert!(absent.contains("/nowhere/a b.pem cannot be used"), "{absent}");
        let file = tempfile::NamedTempFile::new().unwrap();
        for text in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            fs::write(file.path(), text).unwrap();
            let path = file.path().display();
            let error = server(&format!("?sslmode=verify-full&sslrootcert={path}"));
            assert!(matches!(error, WrongAddress::Root(_)), "{error}");
        }
    }
}
