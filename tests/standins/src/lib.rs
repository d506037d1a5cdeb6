//! FAL and Telegram on loopback, as strict as the real ones.
//!
//! Each stand-in is served on a real port and speaks the wire of the service it stands for, so the
//! binary under test is configured with nothing but another base URL. What the real service would
//! refuse, the stand-in refuses; what nobody can see at the real one (jobs started, messages
//! delivered) it keeps in a ledger that a test can read.

pub mod fal;
pub mod ground;
pub mod port;
pub mod telegram;
