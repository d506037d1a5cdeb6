//! Which names an avatar may have. Pure.

use unicode_segmentation::UnicodeSegmentation;

/// Shortest name of an avatar, in characters as people see them.
const SHORTEST: usize = 2;

/// Longest name of an avatar, in characters as people see them.
const LONGEST: usize = 50;

/// Longest name in UTF-16 units: fifty family emojis fit. One «character» can have hundreds of
/// marks, and Telegram counts all of them.
const MOST_UNITS: usize = 600;

/// A usable name: trimmed, on one line, in any script, of 2 to 50 characters as people see them.
/// Invisible characters are left out, and so are those that change the direction of text, because
/// both would affect screens that show the name.
#[must_use]
pub fn name(text: &str) -> Option<String> {
    let seen: String = text
        .chars()
        .map(|c| if is_blank(c) { ' ' } else { c })
        .filter(|c| c.is_whitespace() || !(c.is_control() || is_invisible(*c)))
        .collect();
    let name = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    let visible = name.chars().any(|c| !c.is_whitespace() && !is_joint(c));
    let fits = (SHORTEST..=LONGEST).contains(&name.graphemes(true).count())
        && name.encode_utf16().count() <= MOST_UNITS;
    (visible && fits).then_some(name)
}

/// The beginning of a person's text, in characters as people see them.
#[must_use]
pub fn shortened(words: &str, most: usize) -> String {
    if words.graphemes(true).count() <= most {
        return words.to_owned();
    }
    let kept: String = words.graphemes(true).take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Whether a character is invisible, or changes the direction of text.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' // no width, and marks of direction
        | '\u{2028}'..='\u{202e}'              // separators, and overrides of direction
        | '\u{2060}'..='\u{206f}'              // joiners and isolates
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e000}'..='\u{f8ff}'              // private use: a box at best
        | '\u{e0000}' | '\u{e0001}')
}

/// Letters and signs that look like a space.
fn is_blank(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

/// What joins emojis and letters, and is nothing alone.
fn is_joint(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}' | '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_as_written() {
        for written in [
            "A_b*[c<&",
            "Ян",
            "Анна Мария",
            "李明",
            "محمد",
            "می‌خواهم",
            "👩‍🎤🎸",
            "🏴󠁧󠁢󠁳󠁣󠁴󠁿🏴󠁧󠁢󠁳󠁣󠁴󠁿",
            "{ $name }",
            "<b>&amp;</b>",
        ] {
            assert_eq!(name(written).as_deref(), Some(written));
        }
        let families = "👨‍👩‍👧‍👦".repeat(50);
        assert_eq!(name(&families), Some(families));
    }

    #[test]
    fn what_cannot_be_seen_is_left_out() {
        for (written, kept) in [
            ("  Анна \n Мария ", "Анна Мария"),
            ("\u{202e}evil\u{202c}", "evil"),
            ("\u{2067}Anna\u{2069}\u{feff}", "Anna"),
            ("A\u{200b}\u{7}nna", "Anna"),
            ("\u{3164}Anna\u{2800}", "Anna"),
        ] {
            assert_eq!(name(written).as_deref(), Some(kept));
        }
    }

    #[test]
    fn what_nobody_could_read_is_no_name() {
        let zalgo = format!("An{}", "\u{301}".repeat(700));
        for written in [
            "",
            " ",
            "Я",
            "👩‍🎤",
            "\u{7}\u{8}a",
            "\u{3164}\u{3164}\u{3164}",
            "\u{200d}\u{200d} \u{200d}",
            "\u{fe0f} \u{fe0f}",
            &"x".repeat(51),
            &"👨‍👩‍👧‍👦".repeat(51),
            &zalgo,
        ] {
            assert_eq!(name(written), None, "{written:?}");
        }
    }

    #[test]
    fn what_is_shortened_ends_between_characters() {
        assert_eq!(shortened("Anna", 4), "Anna");
        assert_eq!(shortened("Anna Maria", 6), "Anna…");
        assert_eq!(shortened("👩‍🎤👩‍🎤👩‍🎤", 2), "👩‍🎤…");
    }
}
