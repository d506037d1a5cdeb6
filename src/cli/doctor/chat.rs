//! The chat model: is its server there, and does it have the model?

use super::Finding;
use crate::config::{Chat, Config};
use crate::openai::{ModelsCheck, OpenAi};

const NAME: &str = "chat model";

/// Most models that are listed: some servers have hundreds, and the rest is in their documentation.
const MOST_LISTED: usize = 40;

pub(super) async fn ask(config: &Config) -> Vec<Finding> {
    let Chat { server, model } = &config.chat;
    let Some(server) = server else {
        return vec![Finding::note(
            NAME,
            "none is set: people's words go as they are, and photos do not become words",
            "to change that, set OPENAI_API_KEY, or OPENAI_API_URL of a server of your own, and then \
             CHAT_MODEL",
        )];
    };
    let host = server.base.host_str().unwrap_or_default().to_owned();
    let finding = match OpenAi::new(server.clone()) {
        Ok(server) => judged(&host, model.as_deref(), server.models().await),
        Err(error) => Finding::problem(NAME, error.to_string(), "please report this as a bug"),
    };
    vec![finding]
}

fn judged(host: &str, model: Option<&str>, check: ModelsCheck) -> Finding {
    match (check, model) {
        (ModelsCheck::Listed(models), Some(model)) if models.iter().any(|name| name == model) => {
            Finding::ok(NAME, format!("{host} has {model}"))
        }
        (ModelsCheck::Listed(models), Some(model)) => Finding::problem(
            NAME,
            format!("{host} does not have CHAT_MODEL={model}"),
            format!("set CHAT_MODEL to one that it has: {}", named(&models)),
        ),
        (ModelsCheck::Listed(models), None) => Finding::note(
            NAME,
            format!("CHAT_MODEL is not set; {host} has: {}", named(&models)),
            "set CHAT_MODEL to one that can chat, better one that also sees pictures; without it \
             words go as they are, and photos do not become words",
        ),
        (ModelsCheck::NoList(words), Some(model)) => Finding::note(
            NAME,
            format!("{host} lists no models, so nobody knows whether it has {model}: {words}"),
            "check OPENAI_API_URL; if it is right, this is how this server is",
        ),
        (ModelsCheck::NoList(words), None) => Finding::note(
            NAME,
            format!("CHAT_MODEL is not set, and {host} lists no models: {words}"),
            "check OPENAI_API_URL; then set CHAT_MODEL to a model of the server's documentation",
        ),
        (ModelsCheck::Refused(words), _) => Finding::problem(
            NAME,
            format!("{host} refuses OPENAI_API_KEY: {words}"),
            "set a valid key; until then words go as they are, and photos do not become words",
        ),
        (ModelsCheck::Unreachable(words), _) => Finding::problem(
            NAME,
            format!("{host} cannot be reached: {words}"),
            "check OPENAI_API_URL and that this machine can reach it; until then words go as they \
             are, and photos do not become words",
        ),
    }
}

fn named(models: &[String]) -> String {
    let beyond = models.len().saturating_sub(MOST_LISTED);
    let list = models.iter().take(MOST_LISTED).cloned().collect::<Vec<_>>().join(", ");
    if beyond == 0 { list } else { format!("{list} and {beyond} more") }
}
