//! The listeners, and what is logged about them.

use super::Reader;
use crate::config::Http;
use crate::logging::LogSettings;
use std::net::SocketAddr;

impl Reader<'_> {
    pub(super) fn http(&mut self) -> Http {
        let public = self.address("AISHA_LISTEN", SocketAddr::from(([127, 0, 0, 1], 8080)));
        let admin = self.address("AISHA_ADMIN_LISTEN", SocketAddr::from(([127, 0, 0, 1], 8081)));
        let admin_token = self.secret("AISHA_ADMIN_TOKEN");
        if admin_token.is_none() && !admin.ip().is_loopback() {
            self.mistake(
                "AISHA_ADMIN_LISTEN",
                "the admin page would be open to everybody",
                "listen on 127.0.0.1, or set AISHA_ADMIN_TOKEN",
            );
        }
        Http { public, admin, admin_token }
    }

    pub(super) fn log(&mut self) -> LogSettings {
        let level = self.text("LOG_LEVEL").unwrap_or("info").to_lowercase();
        let format = self.text("LOG_FORMAT").map(str::to_lowercase);
        LogSettings::of(&level, format.as_deref()).unwrap_or_else(|wrong| {
            for (name, remedy) in wrong {
                let value = if name == "LOG_LEVEL" { Some(&level) } else { format.as_ref() };
                let value = value.map(String::as_str).unwrap_or_default();
                self.mistake(name, format!("«{value}» is unknown"), remedy);
            }
            LogSettings::default()
        })
    }
}
