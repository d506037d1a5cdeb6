//! HTML to plain text: the last resort for a text of ours that Telegram cannot parse.

/// The characters that Telegram's HTML has names for.
const NAMED: [(&str, char); 5] =
    [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&'), ("&quot;", '"'), ("&#39;", '\'')];

/// Removes tags and decodes entities. Text that only looks like a tag stays, and if nothing would
/// be left the text stays whole, so that something is always said.
pub(super) fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(letter) = rest.chars().next() {
        if let Some(after) = after_tag(rest) {
            rest = after;
        } else if let Some((name, letter)) = NAMED.iter().find(|(name, _)| rest.starts_with(name)) {
            text.push(*letter);
            rest = &rest[name.len()..];
        } else {
            text.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    if text.trim().is_empty() { html.to_owned() } else { text }
}

/// The rest of a text after the tag that it begins with.
fn after_tag(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('<')?;
    let name = inside.strip_prefix('/').unwrap_or(inside);
    if !name.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        return None;
    }
    Some(&inside[inside.find('>')? + 1..])
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn tags_go_and_everything_else_stays() {
        for (html, expected) in [
            ("<b>Готово</b>: <a href=\"https://a.b\">здесь</a>", "Готово: здесь"),
            ("&lt;b&gt; &amp;amp; &quot;x&quot;", "<b> &amp; \"x\""),
            ("a < b и <3 & <", "a < b и <3 & <"),
            ("<b>Anna", "Anna"),
            ("Anna <b", "Anna <b"),
            ("<i></i>", "<i></i>"),
        ] {
            assert_eq!(plain(html), expected);
        }
    }
}
