//! Errors in words, with their causes.

use std::error::Error;

/// An error and all its causes in one line.
///
/// Many errors say little by themselves: that of a database is «db error», that of an HTTP client
/// «error sending request».
#[must_use]
pub fn in_full(error: &dyn Error) -> String {
    let chain = std::iter::successors(Some(error), |error| (*error).source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use thiserror::Error;

    #[derive(Debug, Error)]
    #[error("the request failed")]
    struct Failed(#[source] std::io::Error);

    #[test]
    fn every_cause_is_named_once() {
        let cause = std::io::Error::other("the cable is cut");
        assert_eq!(in_full(&cause), "the cable is cut");
        assert_eq!(in_full(&Failed(cause)), "the request failed: the cable is cut");
    }
}
