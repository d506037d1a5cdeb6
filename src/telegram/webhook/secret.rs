//! The secret by which we recognize Telegram.

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// Longest secret that Telegram accepts, in characters.
const LONGEST: usize = 256;

/// What Telegram must send with every call.
#[derive(Clone, Debug)]
pub struct Secret(SecretString);

impl Secret {
    /// An operator's secret, if Telegram accepts it.
    #[must_use]
    pub fn given(secret: &SecretString) -> Option<Self> {
        let text = secret.expose_secret();
        let fits = (1..=LONGEST).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        fits.then(|| Self(secret.clone()))
    }

    /// A secret derived from the bot's token: the same in every process and after every start, and
    /// it reveals nothing about the token.
    #[must_use]
    pub fn of_token(token: &SecretString) -> Self {
        let digest = Sha256::new()
            .chain_update("aisha: secret of Telegram's webhook\n")
            .chain_update(token.expose_secret())
            .finalize();
        let mut text = String::with_capacity(2 * digest.len());
        for byte in digest {
            // Writing to a String cannot fail.
            if write!(text, "{byte:02x}").is_err() {}
        }
        Self(text.into())
    }

    /// Whether the caller knows it. Compares digests, so that the timing reveals nothing.
    #[must_use]
    pub fn is(&self, given: &[u8]) -> bool {
        Sha256::digest(given) == Sha256::digest(self.0.expose_secret())
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn telegram_takes_letters_digits_underscores_and_hyphens() {
        for (text, fits) in
            [("Aa0_-", true), ("", false), ("a b", false), ("é", false), (&"a".repeat(257), false)]
        {
            assert_eq!(Secret::given(&text.into()).is_some(), fits, "{text}");
        }
    }

    #[test]
    fn a_derived_one_depends_on_the_token_alone_and_is_one_that_telegram_takes() {
        let (one, other) = (Secret::of_token(&"1:a".into()), Secret::of_token(&"1:b".into()));
        assert!(Secret::given(&one.expose().into()).is_some());
        assert!(one.is(Secret::of_token(&"1:a".into()).expose().as_bytes()));
        assert!(!one.is(other.expose().as_bytes()) && !one.is(b"") && !one.is(b"1:a"));
        assert!(!format!("{one:?}").contains(one.expose()));
    }
}
