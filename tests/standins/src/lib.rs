//! FAL, Telegram and a chat model on loopback, as strict as the real ones.
//!
//! Each stand-in listens on a real port and speaks the real service's protocol, so the binary under
//! test only needs a different base URL. It refuses what the real service would refuse, and records
//! what cannot be seen there (jobs started, messages delivered) in a ledger that a test can read.

pub mod fal;
pub mod ground;
pub mod openai;
pub mod port;
pub mod telegram;
