//! A single value: a text, a number within bounds, a duration, a switch, an address.

use super::Reader;
use crate::config::Mistake;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;
use url::{Host, Url};

impl Reader<'_> {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.source.get(name)
    }

    pub(super) fn secret(&self, name: &str) -> Option<SecretString> {
        self.text(name).map(SecretString::from)
    }

    pub(super) fn mistake(
        &mut self,
        name: &str,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.mistakes.push(Mistake {
            name: name.to_owned(),
            problem: problem.into(),
            remedy: remedy.into(),
        });
    }

    /// A value of a type within bounds, or its default.
    pub(super) fn value<T: FromStr + PartialOrd + std::fmt::Display + Copy>(
        &mut self,
        name: &str,
        default: T,
        least: T,
        most: T,
    ) -> T {
        let Some(text) = self.text(name).map(str::to_owned) else { return default };
        match text.trim().parse::<T>() {
            Ok(value) if value >= least && value <= most => value,
            Ok(_) => {
                let remedy =
                    format!("give a value from {least} to {most}; the default is {default}");
                self.mistake(name, format!("«{text}» is out of range"), remedy);
                default
            }
            Err(_) => {
                let remedy =
                    format!("give a number from {least} to {most}; the default is {default}");
                self.mistake(name, format!("«{text}» is not a valid number here"), remedy);
                default
            }
        }
    }

    pub(super) fn seconds(&mut self, name: &str, default: u64, least: u64) -> Duration {
        // Nothing here can sensibly take longer than a month.
        Duration::from_secs(self.value(name, default, least, 31 * 24 * 3600))
    }

    pub(super) fn switch(&mut self, name: &str, default: bool) -> bool {
        let Some(text) = self.text(name).map(str::to_lowercase) else { return default };
        match text.as_str() {
            "true" | "1" | "yes" | "on" => true,
            "false" | "0" | "no" | "off" => false,
            _ => {
                self.mistake(
                    name,
                    format!("«{text}» is neither true nor false"),
                    "write true or false",
                );
                default
            }
        }
    }

    pub(super) fn address(&mut self, name: &str, default: SocketAddr) -> SocketAddr {
        let Some(text) = self.text(name).map(str::to_owned) else { return default };
        text.parse().unwrap_or_else(|_| {
            let remedy = format!("write an address and a port, as in {default}");
            self.mistake(name, format!("«{text}» is not an address"), remedy);
            default
        })
    }

    /// A service's address: https, or http on this machine.
    pub(super) fn url(&mut self, name: &str, default: &'static str) -> Url {
        let given = self.text(name).map(str::to_owned);
        match given.as_deref().map(address_of) {
            None => known(default),
            Some(Ok(url)) => url,
            Some(Err(problem)) => {
                let remedy = "write an https address; http is for this machine only (127.0.0.1)";
                self.mistake(name, problem, remedy);
                known(default)
            }
        }
    }
}

/// One of our own default addresses; a test parses them all.
#[expect(clippy::expect_used, reason = "a constant of this file")]
pub(super) fn known(address: &'static str) -> Url {
    Url::parse(address).expect("a default address")
}

pub(super) fn address_of(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) => {
            Ok(url)
        }
        Ok(_) => Err(format!("«{text}» is not https")),
        Err(error) => Err(format!("«{text}» is not an address: {error}")),
    }
}

pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
