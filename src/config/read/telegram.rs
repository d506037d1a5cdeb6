//! Telegram.

use super::Reader;
use crate::telegram::Settings as TelegramSettings;
use actors::world::Roles;

impl Reader<'_> {
    pub(super) fn telegram(&mut self, roles: Roles) -> TelegramSettings {
        let token = self.secret("TELEGRAM_BOT_TOKEN");
        if token.is_none() && (roles.bot || roles.trainer) {
            self.mistake(
                "TELEGRAM_BOT_TOKEN",
                "it is missing",
                "ask @BotFather for a token and set it; nothing can be told without one",
            );
        }
        let api_url = self.url("TELEGRAM_API_URL", "https://api.telegram.org");
        TelegramSettings { api_url, token: token.unwrap_or_default() }
    }
}
