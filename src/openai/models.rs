//! Which models a server has. For operators.

use super::{OpenAi, wire};
use serde_json::Value;
use std::time::Duration;

/// Longest wait for the list.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a server says of its models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelsCheck {
    /// Their names, in order.
    Listed(Vec<String>),
    /// It answers, but has no list.
    NoList(String),
    /// It refuses our key.
    Refused(String),
    /// It does not answer.
    Unreachable(String),
}

impl OpenAi {
    /// Asks for the list. Costs nothing.
    pub async fn models(&self) -> ModelsCheck {
        let request = self.signed(self.http.get(self.address("models"))).timeout(PATIENCE);
        let answer = match wire::ask(request).await {
            Ok(answer) => answer,
            Err(why) => return ModelsCheck::Unreachable(why),
        };
        let words = self.tame(&answer.words());
        match answer.status.as_u16() {
            200..=299 => listed(answer.json.as_ref()).map_or(
                ModelsCheck::NoList("its answer is no list of models".to_owned()),
                ModelsCheck::Listed,
            ),
            401..=403 => ModelsCheck::Refused(words),
            408 | 429 | 500.. => ModelsCheck::Unreachable(words),
            _ => ModelsCheck::NoList(words),
        }
    }
}

fn listed(json: Option<&Value>) -> Option<Vec<String>> {
    let name = |model: &Value| model.get("id").and_then(Value::as_str).map(str::to_owned);
    let models = json?.get("data")?.as_array()?;
    let mut names: Vec<String> = models.iter().filter_map(name).collect();
    names.sort();
    Some(names)
}
