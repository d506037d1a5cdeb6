//! What a kind of job buys, as the words of its story call it.

use actors::ports::Kind;

/// What is bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bought {
    /// A training's weights.
    Weights,
    /// The files of any other kind, such as pictures.
    Files,
}

impl Bought {
    /// What a kind buys, by the word in its rows.
    pub(crate) fn by(kind: &str) -> Self {
        if kind == Kind::TRAINING.word() { Self::Weights } else { Self::Files }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Weights => "weights",
            Self::Files => "files",
        }
    }
}
