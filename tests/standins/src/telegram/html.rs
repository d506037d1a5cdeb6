//! `parse_mode=HTML`, with the real parser's refusals.
//!
//! A message that Telegram would refuse must be refused here too, with the same byte offsets: a
//! name with `<` in it is the classic way for a bot to lose a notice.

mod reader;

use super::text::{Entity, Formatted};
use reader::Parser;

/// The tags that Telegram knows; everything else is an error, not text.
const TAGS: [&str; 17] = [
    "a",
    "b",
    "strong",
    "i",
    "em",
    "s",
    "strike",
    "del",
    "u",
    "ins",
    "tg-spoiler",
    "tg-emoji",
    "tg-time",
    "span",
    "pre",
    "code",
    "blockquote",
];

/// A tag that is still open.
struct Open {
    tag: String,
    /// Its important attribute: the link, the language, the emoji.
    argument: String,
    /// Where its text begins, in UTF-16 units.
    offset: usize,
    /// Where its text begins, in bytes of the result.
    begin: usize,
}

/// Turns HTML into text and entities.
///
/// # Errors
///
/// The reason as the real server words it, without the prefix `can't parse entities: `.
pub(crate) fn parse(html: &str) -> Result<Formatted, String> {
    let mut parser = Parser { input: html.as_bytes(), at: 0, text: Vec::new(), offset: 0 };
    let mut open: Vec<Open> = Vec::new();
    let mut entities: Vec<Entity> = Vec::new();
    while parser.at < parser.input.len() {
        match parser.peek() {
            b'&' if parser.named_character() => {}
            b'<' if parser.peek_at(1) == b'/' => {
                let closed = parser.end_tag(&mut open)?;
                parser.close(&closed, &mut entities)?;
            }
            b'<' => {
                let tag = parser.start_tag()?;
                open.push(tag);
            }
            byte => parser.literal(byte),
        }
    }
    if let Some(last) = open.last() {
        return Err(format!("Can't find end tag corresponding to start tag \"{}\"", last.tag));
    }
    for code in entities.iter_mut().filter(|entity| entity.kind == "code") {
        code.extra = None; // only `pre` has a language
    }
    entities.sort_by_key(|entity| (entity.offset, std::cmp::Reverse(entity.length)));
    let text = String::from_utf8(parser.text).map_err(|_| {
        "Text contains invalid Unicode characters after decoding HTML entities, check for \
         unmatched surrogate code units"
            .to_owned()
    })?;
    Ok(Formatted { text, entities })
}

impl Parser<'_> {
    fn start_tag(&mut self) -> Result<Open, String> {
        let begin = self.at;
        self.at += 1;
        let tag = self.word(b">").to_lowercase();
        if self.peek() == 0 {
            return Err(format!("Unclosed start tag at byte offset {begin}"));
        }
        if !TAGS.contains(&tag.as_str()) {
            return Err(format!("Unsupported start tag \"{tag}\" at byte offset {begin}"));
        }
        let mut argument = String::new();
        loop {
            self.skip_space();
            if self.peek() == b'>' {
                break;
            }
            let (name, value) = self.attribute(&tag, begin)?;
            let decisive = match (tag.as_str(), name.as_str()) {
                ("a", "href") | ("tg-emoji", "emoji-id") | ("tg-time", "unix") => Some(value),
                ("blockquote", "expandable") => Some("1".to_owned()),
                ("code", "class") => value.strip_prefix("language-").map(str::to_owned),
                ("span", "class") => value.strip_prefix("tg-").map(str::to_owned),
                _ => None,
            };
            if let Some(decisive) = decisive {
                argument = decisive;
            }
        }
        if tag == "span" && argument != "spoiler" {
            return Err(format!(
                "Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"
            ));
        }
        self.at += 1;
        Ok(Open { tag, argument, offset: self.offset, begin: self.text.len() })
    }

    fn attribute(&mut self, tag: &str, begin: usize) -> Result<(String, String), String> {
        let name = self.word(b"=>");
        if name.is_empty() {
            return Err(format!(
                "Empty attribute name in the tag \"{tag}\" at byte offset {begin}"
            ));
        }
        self.skip_space();
        if self.peek() != b'=' {
            if tag == "blockquote" && name == "expandable" {
                return Ok((name, String::new()));
            }
            return Err(format!(
                "Expected equal sign in declaration of an attribute of the tag \"{tag}\" at byte \
                 offset {begin}"
            ));
        }
        self.at += 1;
        self.skip_space();
        if self.peek() == 0 {
            return Err(format!("Unclosed start tag \"{tag}\" at byte offset {begin}"));
        }
        let value = match self.peek() {
            quote @ (b'\'' | b'"') => self.quoted(quote),
            _ => self.token()?,
        };
        if self.peek() == 0 {
            return Err(format!("Unclosed start tag at byte offset {begin}"));
        }
        Ok((name, value))
    }

    fn end_tag(&mut self, open: &mut Vec<Open>) -> Result<Open, String> {
        let begin = self.at;
        let Some(last) = open.pop() else {
            return Err(format!("Unexpected end tag at byte offset {begin}"));
        };
        self.at += 2;
        let found = self.word(b">").to_lowercase();
        self.skip_space();
        if self.peek() != b'>' {
            return Err(format!("Unclosed end tag at byte offset {begin}"));
        }
        if !found.is_empty() && found != last.tag {
            return Err(format!(
                "Unmatched end tag at byte offset {begin}, expected \"</{}>\", found \"</{found}>\"",
                last.tag
            ));
        }
        self.at += 1;
        Ok(last)
    }

    /// Adds the entity of a tag that was just closed; an empty one leaves no trace.
    fn close(&self, tag: &Open, entities: &mut Vec<Entity>) -> Result<(), String> {
        let length = self.offset - tag.offset;
        if length == 0 {
            return Ok(());
        }
        let (kind, extra) = match tag.tag.as_str() {
            "b" | "strong" => ("bold", None),
            "i" | "em" => ("italic", None),
            "s" | "strike" | "del" => ("strikethrough", None),
            "u" | "ins" => ("underline", None),
            "tg-spoiler" | "span" => ("spoiler", None),
            "tg-emoji" => {
                if tag.argument.parse::<i64>().unwrap_or(0) == 0 {
                    return Err("Invalid custom emoji identifier specified".to_owned());
                }
                ("custom_emoji", Some(("custom_emoji_id", tag.argument.clone())))
            }
            "tg-time" => ("date_time", Some(("unix_time", tag.argument.clone()))),
            "blockquote" if tag.argument == "1" => ("expandable_blockquote", None),
            "blockquote" => ("blockquote", None),
            "pre" => {
                close_pre(tag, length, entities);
                return Ok(());
            }
            "code" => ("code", None),
            _ => {
                let url = match tag.argument.as_str() {
                    "" => String::from_utf8_lossy(&self.text[tag.begin..]).into_owned(),
                    url => url.to_owned(),
                };
                if !is_link(&url) {
                    return Ok(()); // the text stays, the link is silently lost
                }
                ("text_link", Some(("url", url)))
            }
        };
        let language = (kind == "code" && !tag.argument.is_empty())
            .then(|| ("language", tag.argument.clone()));
        entities.push(Entity::new(kind, tag.offset, length, extra.or(language)));
        Ok(())
    }
}

/// `<pre><code class="language-…">` is one entity, with its language.
fn close_pre(tag: &Open, length: usize, entities: &mut Vec<Entity>) {
    if let Some(code) = entities.last_mut()
        && code.kind == "code"
        && (code.offset, code.length) == (tag.offset, length)
        && code.extra.is_some()
    {
        "pre".clone_into(&mut code.kind);
        return;
    }
    entities.push(Entity::new("pre", tag.offset, length, None));
}

/// A link that Telegram makes clickable: with a scheme it knows, or at least a dot in the host.
fn is_link(url: &str) -> bool {
    let lower = url.to_lowercase();
    match lower.split_once("://") {
        Some(("http" | "https", rest)) => !rest.is_empty() && rest.contains('.'),
        Some(("tg" | "ton" | "tonsite", rest)) => !rest.is_empty(),
        Some(_) => false,
        None => {
            lower.starts_with("tg:")
                || (lower.contains('.') && !lower.contains(char::is_whitespace))
        }
    }
}

#[cfg(test)]
mod tests;
