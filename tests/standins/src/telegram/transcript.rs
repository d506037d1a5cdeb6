//! A chat as text, for demos and for tests that failed.

use chrono::{DateTime, Utc};

use super::chat::{Chat, Message, Query};

impl Chat {
    /// The chat as text: messages in their current form, presses, answers, and the outcome of each.
    #[must_use]
    pub fn transcript(&self) -> String {
        let mut lines: Vec<(DateTime<Utc>, String)> = Vec::new();
        lines.extend(self.messages.iter().map(|message| (message.at, told(message))));
        for query in &self.queries {
            lines.push((query.at, pressed(query)));
            let answered = query.answers.iter().filter(|answer| !answer.text.is_empty());
            lines.extend(answered.map(|answer| {
                let how = if answer.alert { "alert" } else { "toast" };
                (answer.at, format!("bot ({how}): {}", answer.text))
            }));
        }
        if let Some(draft) = &self.draft {
            lines.push((draft.at, format!("bot (draft): {}", draft.text)));
        }
        lines.sort_by_key(|(at, _)| *at); // stable: what came at the same instant stays in order
        let mut text = format!("--- chat {} ---\n", self.id);
        for (at, line) in lines {
            text.push_str(&at.format("%H:%M:%S%.3f ").to_string());
            text.push_str(&line.replace('\n', "\n    "));
            text.push('\n');
        }
        text
    }
}

/// A message with its keyboard and what happened to it.
fn told(message: &Message) -> String {
    let who = if message.from_bot { "bot" } else { "person" };
    let mut line = format!("#{} {who}: ", message.id);
    let mut add = |part: String| line.push_str(&part);
    if let Some(media) = &message.media {
        let name = media.name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
        let album = if message.media_group_id.is_some() { " of an album" } else { "" };
        add(format!("({}{name}{album}) ", media.kind));
    }
    add(message.text.clone());
    if !message.edits.is_empty() {
        add(format!(" (edited {} times)", message.edits.len()));
    }
    if !message.reactions.is_empty() {
        add(format!(" (bot reacts {})", message.reactions.join("")));
    }
    if message.deleted_at.is_some() {
        add(" (deleted)".to_owned());
    }
    for row in message.rows() {
        add("\n".to_owned());
        for button in row {
            let does = button.data.or(button.url).unwrap_or_default();
            add(format!("[{} → {does}] ", button.text));
        }
    }
    line
}

fn pressed(query: &Query) -> String {
    let fate = if query.answers.is_empty() { " (not answered)" } else { "" };
    format!("person presses {}{fate}", query.data)
}
