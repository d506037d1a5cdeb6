//! A stand-in's settings.

use std::time::Duration;

use super::rates::Rates;

/// A stand-in's settings.
#[derive(Debug, Clone)]
pub struct Options {
    /// The only valid token; the number before the colon is the bot's.
    pub token: String,
    /// The bot's name without the `@`.
    pub username: String,
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Whether rate limits apply at first; see [`Telegram::set_rates`](super::Telegram::set_rates).
    pub rates: Rates,
    /// How long a press can be answered. The real limit is not documented; bots see «query is too
    /// old» after some ten to twenty seconds.
    pub callback_deadline: Duration,
    /// How much faster than real time Telegram's long waits run: retries of failed webhooks, the
    /// expiry of updates and download links, the two days for deleting. At least 1.
    pub speed: u32,
    /// How long [`Person::sees_button`](super::Person::sees_button) and similar calls wait.
    pub patience: Duration,
    /// Number of the first update.
    pub first_update_id: i64,
    /// Whether other processes may control the people, by `POST /_control/…`.
    pub control: bool,
    /// Whether photos of the bot are decoded, made smaller and kept, as the real one does. Without,
    /// only their headers are read: for measuring a service on the same cores.
    pub keeps_photos: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            token: "7201956438:AAFstandin-0123456789abcdefghijklmn".to_owned(),
            username: "aisha_standin_bot".to_owned(),
            port: 0,
            rates: Rates::Off,
            callback_deadline: Duration::from_secs(15),
            speed: 1,
            patience: Duration::from_secs(30),
            first_update_id: 810_000_001,
            control: false,
            keeps_photos: true,
        }
    }
}
