//! Which addresses are followed, by their text alone.
//!
//! We check the value that `url` has parsed and give that same value to the client: two parsers
//! that read one address differently are the oldest way around such a list.

use super::address;
use std::net::IpAddr;
use thiserror::Error;
use url::{Host, Url};

/// Where FAL keeps files; hosts below it count too.
const FAL_MEDIA: &str = "fal.media";

/// Names that never resolve (RFC 6761). Placeholders use them, so that nobody is contacted by
/// mistake.
const NOWHERE: &str = "invalid";

/// Why an address is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum Refusal {
    /// Not parsable as an address.
    #[error("not an address")]
    NotAnAddress,
    /// Anything but `https`, or `http` to a host that is not ours on loopback.
    #[error("not https")]
    Scheme,
    /// `https://user:password@…`: FAL never uses it, and it hides the host from people.
    #[error("a name or password in front of the host")]
    UserInfo,
    /// Not a host of FAL's.
    #[error("a host that is not FAL's")]
    Host,
    /// The port of another service.
    #[error("an odd port")]
    Port,
    /// An address of this machine or of a network behind it.
    #[error("a private network address")]
    Private,
}

/// The hosts that may serve FAL's files.
#[derive(Clone, Debug)]
pub struct AllowedHosts {
    configured: Vec<Url>,
}

impl AllowedHosts {
    /// `fal.media` and all hosts below it, and the hosts of the configured addresses of FAL
    /// (`FAL_QUEUE_URL`, `FAL_REST_URL`).
    ///
    /// A configured host on loopback is a stand-in: plain http and any port are followed there, and
    /// nowhere else.
    #[must_use]
    pub fn new(configured: impl IntoIterator<Item = Url>) -> Self {
        Self { configured: configured.into_iter().collect() }
    }

    /// Parses an address, if it may be followed.
    pub(super) fn read(&self, text: &str) -> Result<Url, Refusal> {
        let url = Url::parse(text).map_err(|_| Refusal::NotAnAddress)?;
        self.check(&url)?;
        Ok(url)
    }

    /// Whether this address may be followed.
    pub(super) fn check(&self, url: &Url) -> Result<(), Refusal> {
        let host = url.host().ok_or(Refusal::NotAnAddress)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::UserInfo);
        }
        let same_host =
            || self.configured.iter().filter(|known| known.host() == Some(host.clone()));
        let known = is_fal_media(&host) || same_host().next().is_some();
        if !known || leads_nowhere(&host) {
            return Err(Refusal::Host);
        }
        if is_loopback(&host) {
            let web = matches!(url.scheme(), "http" | "https");
            return if web { Ok(()) } else { Err(Refusal::Scheme) }; // known, so it is configured
        }
        if literal(&host).is_some_and(|address| !address::is_public(address)) {
            return Err(Refusal::Private);
        }
        if url.scheme() != "https" {
            return Err(Refusal::Scheme);
        }
        let own_port = || same_host().any(|known| known.port() == url.port());
        if url.port().is_none() || own_port() { Ok(()) } else { Err(Refusal::Port) }
    }

    /// Whether a name is a configured host on loopback.
    pub(super) fn is_stand_in(&self, name: &str) -> bool {
        let loopback = self.configured.iter().filter_map(Url::host).filter(is_loopback);
        loopback.into_iter().any(|host| host == Host::Domain(name))
    }
}

fn is_fal_media(host: &Host<&str>) -> bool {
    let Host::Domain(name) = host else { return false };
    name.strip_suffix(FAL_MEDIA).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn leads_nowhere(host: &Host<&str>) -> bool {
    let Host::Domain(name) = host else { return false };
    name.trim_end_matches('.').rsplit('.').next() == Some(NOWHERE)
}

/// This machine by number, or by the one name that always means it (RFC 6761).
fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

fn literal(host: &Host<&str>) -> Option<IpAddr> {
    match host {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some(IpAddr::V4(*address)),
        Host::Ipv6(address) => Some(IpAddr::V6(*address)),
    }
}
