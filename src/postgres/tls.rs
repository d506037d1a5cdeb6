//! TLS to PostgreSQL, with rustls.
//!
//! | `sslmode` | the connection | the certificate |
//! | --- | --- | --- |
//! | `disable` | plain | |
//! | `prefer`, the default | encrypted if the server offers it | not checked, as in libpq |
//! | `require`, `verify-full` | encrypted, or none | checked, for this host |
//!
//! Without a check the encryption protects only from eavesdroppers. A certificate is checked
//! against `sslrootcert`, otherwise against the roots in the system's store.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::error::Error as _;
use std::io;
use std::sync::Arc;

/// Which certificates are trusted.
#[derive(Clone, Debug)]
pub(super) enum Trust {
    /// All.
    Unchecked,
    /// Those that the system's store vouches for.
    System,
    /// Those signed by these roots.
    These(Arc<RootCertStore>),
}

/// A TLS client with this trust.
///
/// # Errors
/// Why the system's store has no usable roots, for a person.
pub(super) fn client(trust: &Trust) -> Result<ClientConfig, String> {
    // The same provider as everywhere else in the binary; named, because none is installed as the
    // default.
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let builder = match trust {
        Trust::Unchecked => {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody { provider }))
        }
        Trust::System => builder.with_root_certificates(system()?),
        Trust::These(roots) => builder.with_root_certificates(Arc::clone(roots)),
    };
    Ok(builder.with_no_client_auth())
}

fn system() -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    // An unreadable certificate vouches for nobody.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err("sslmode demands a certificate that is checked, and this machine vouches for \
                    none: install ca-certificates, or name one by sslrootcert"
            .to_owned());
    }
    Ok(roots)
}

/// Why the handshake failed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Handshake {
    /// The server's certificate is not trusted, for this reason.
    Untrusted(String),
    /// The server has no TLS.
    Plain,
}

/// Picks out the handshake failures that no waiting will fix.
pub(super) fn refused(error: &tokio_postgres::Error) -> Option<Handshake> {
    let source = error.source()?;
    let inner = source.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    if let Some(Error::InvalidCertificate(why)) = inner.and_then(|e| e.downcast_ref::<Error>()) {
        return Some(Handshake::Untrusted(why.to_string()));
    }
    // This error has no type; an integration test checks the words against a server without TLS.
    (source.to_string() == "server does not support TLS").then_some(Handshake::Plain)
}

/// Trusts every certificate, as `sslmode=prefer` promises.
#[derive(Debug)]
struct Anybody {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
