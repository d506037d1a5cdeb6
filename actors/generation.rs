//! Pictures made with an avatar: which styles there are, what is sent as words, and what is refused.

pub mod consent;
pub mod policy;
pub mod prompt;
pub mod styles;
