//! Telegram.

use super::Reader;
use crate::telegram::{Hook, Secret, Settings as TelegramSettings};
use actors::process::Roles;

/// The only ports that Telegram calls.
const PORTS: [u16; 4] = [443, 80, 88, 8443];

impl Reader<'_> {
    pub(super) fn telegram(&mut self, roles: Roles, credits: bool) -> TelegramSettings {
        let token = self.secret("TELEGRAM_BOT_TOKEN");
        if token.is_none() && (roles.bot || roles.trainer) {
            self.mistake(
                "TELEGRAM_BOT_TOKEN",
                "it is missing",
                "get a token from @BotFather and set it; without one Aisha cannot talk to anybody",
            );
        }
        let api_url = self.url("TELEGRAM_API_URL", "https://api.telegram.org");
        TelegramSettings { api_url, token: token.unwrap_or_default(), credits }
    }

    /// Where Telegram calls us and how we recognize it; `None` means that we poll.
    pub(super) fn hook(&mut self, roles: Roles) -> Option<Hook> {
        const URL: &str = "TELEGRAM_WEBHOOK_URL";
        let given = self.secret("TELEGRAM_WEBHOOK_SECRET");
        if self.text(URL).is_none() {
            if given.is_some() {
                let remark = "TELEGRAM_WEBHOOK_SECRET has no effect without TELEGRAM_WEBHOOK_URL";
                self.remarks.push(remark.to_owned());
            }
            return None;
        }
        let url = self.url(URL, "https://api.telegram.org");
        let port = url.port_or_known_default();
        if url.scheme() == "https" && !port.is_some_and(|port| PORTS.contains(&port)) {
            let problem = format!("Telegram does not call port {}", port.unwrap_or_default());
            self.mistake(URL, problem, "use port 443, 80, 88 or 8443");
        }
        let secret = match given {
            Some(secret) => Secret::given(&secret),
            // Every process of a service must derive the same one, even processes that share
            // nothing but their configuration.
            None => self.secret("TELEGRAM_BOT_TOKEN").map(|token| Secret::of_token(&token)),
        };
        match secret {
            Some(secret) => Some(Hook { url, secret }),
            None if self.text("TELEGRAM_WEBHOOK_SECRET").is_some() => {
                self.mistake(
                    "TELEGRAM_WEBHOOK_SECRET",
                    "Telegram does not accept it",
                    "use 1 to 256 letters, digits, underscores or hyphens, or unset it to derive one \
                     from the token",
                );
                None
            }
            None if roles.api => {
                self.mistake(
                    "TELEGRAM_WEBHOOK_SECRET",
                    "it is missing, and so is the token to derive it from",
                    "set the same secret here and where the bot runs, or set TELEGRAM_BOT_TOKEN here too",
                );
                None
            }
            None => None,
        }
    }
}
