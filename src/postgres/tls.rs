//! TLS to PostgreSQL, by rustls.
//!
//! | `sslmode` | the connection | the certificate |
//! | --- | --- | --- |
//! | `disable` | plain | |
//! | `prefer`, the default | encrypted where the server offers it | not checked, as libpq does it: only listeners are kept out |
//! | `require`, `verify-full` | encrypted, or none | signed by `sslrootcert`, else by one of the machine's own store; for this host |

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::error::Error as _;
use std::io;
use std::sync::Arc;

/// Whose certificates are believed.
#[derive(Clone, Debug)]
pub(super) enum Trust {
    /// Anybody's.
    Unchecked,
    /// Those that the machine's own store vouches for.
    System,
    /// Those that these have signed.
    These(Arc<RootCertStore>),
}

/// How to speak TLS under this trust.
///
/// # Errors
/// Why the machine's store vouches for nobody, for a person.
pub(super) fn client(trust: &Trust) -> Result<ClientConfig, String> {
    // The same as everywhere else in the binary; named, because none is installed for all.
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
    // One that cannot be read is one that vouches for nobody.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err("sslmode demands a certificate that is checked, and this machine vouches for \
                    none: install ca-certificates, or name one by sslrootcert"
            .to_owned());
    }
    Ok(roots)
}

/// What kept the handshake from its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Handshake {
    /// The server's certificate is not believed; why.
    Untrusted(String),
    /// The server has no TLS.
    Plain,
}

/// Tells the ends of a handshake that no waiting will mend from all other errors.
pub(super) fn refused(error: &tokio_postgres::Error) -> Option<Handshake> {
    let source = error.source()?;
    let inner = source.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    if let Some(Error::InvalidCertificate(why)) = inner.and_then(|e| e.downcast_ref::<Error>()) {
        return Some(Handshake::Untrusted(why.to_string()));
    }
    // It has no type; a story holds the words against a server without TLS.
    (source.to_string() == "server does not support TLS").then_some(Handshake::Plain)
}

/// Believes every certificate, which is what `sslmode=prefer` promises.
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
