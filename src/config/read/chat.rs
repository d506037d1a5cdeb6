//! The chat model and its server.

use super::Reader;
use crate::config::Chat;
use crate::openai::OpenAiSettings;

/// The server that a key without an address is for.
const OPENAI: &str = "https://api.openai.com";

impl Reader<'_> {
    pub(super) fn chat(&mut self) -> Chat {
        let key = self.secret("OPENAI_API_KEY");
        let is_named = self.text("OPENAI_API_URL").is_some();
        let base = self.url("OPENAI_API_URL", OPENAI);
        let server = (is_named || key.is_some()).then_some(OpenAiSettings { base, key });
        let model = self.text("CHAT_MODEL").map(|name| name.trim().to_owned());
        if model.is_some() && server.is_none() {
            self.mistake(
                "CHAT_MODEL",
                "there is no server that could have this model",
                "set OPENAI_API_KEY, or OPENAI_API_URL of a server of your own, or unset CHAT_MODEL",
            );
        }
        if model.is_none() && server.is_some() {
            self.remarks.push(
                "CHAT_MODEL is not set: words are not translated and photos do not become words; \
                 `aisha doctor` lists the models of the server"
                    .to_owned(),
            );
        }
        Chat { server, model }
    }
}
