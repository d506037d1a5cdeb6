//! A person's words without what generators misread, and the trigger among words.

use std::ops::Range;

/// Signs that weigh or switch words in other programs. A generator reads them as noise.
const BRACKETS: [char; 8] = ['(', ')', '[', ']', '{', '}', '<', '>'];

/// Words on one line, without invisible characters, brackets and the weights inside of them.
pub(super) fn cleaned(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, ')' | ']' | '}' | '>') {
            let end = kept.trim_end().len();
            kept.truncate(end);
            drop_weight(&mut kept);
        }
        if BRACKETS.contains(&c) || c.is_control() || c.is_whitespace() || c == '\\' {
            kept.push(' ');
        } else if !is_invisible(c) {
            kept.push(c);
        }
    }
    on_one_line(&kept)
}

/// Takes `:1.3` from the end of words. `10:30` is a time.
fn drop_weight(words: &mut String) {
    let Some((before, weight)) = words.rsplit_once(':') else { return };
    let is_weight = weight.parse::<f64>().is_ok() && (weight.contains('.') || weight.len() == 1);
    if is_weight {
        let end = before.trim_end_matches(':').len();
        words.truncate(end);
    }
}

/// The words with single spaces, and none before a comma.
fn on_one_line(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace(" ,", ",")
}

/// Words without the trigger, however often it is in them. What stands around it may become the
/// trigger when it is taken out, so this goes on until there is none.
pub(super) fn without(words: &str, trigger: &str) -> String {
    let mut rest = on_one_line(words);
    while let Some(at) = find(&rest, trigger) {
        rest.replace_range(at, " ");
        rest = on_one_line(&rest);
    }
    rest
}

/// The first place of the trigger as a word of its own, in any case of letters.
pub(super) fn find(words: &str, trigger: &str) -> Option<Range<usize>> {
    if trigger.trim().is_empty() {
        return None;
    }
    words.char_indices().find_map(|(start, _)| {
        let end = start + same_length(words.get(start..)?, trigger)?;
        let inner = |c: char| c.is_alphanumeric() || c == '_';
        let before = words.get(..start)?.chars().next_back();
        let after = words.get(end..)?.chars().next();
        // A sign at the edge of the trigger is an edge of a word by itself.
        let joined = |edge: Option<char>, beyond: Option<char>| {
            edge.is_some_and(inner) && beyond.is_some_and(inner)
        };
        let alone =
            !joined(trigger.chars().next(), before) && !joined(trigger.chars().next_back(), after);
        alone.then_some(start..end)
    })
}

/// The length in bytes of the beginning of a text that is the trigger, but for the case of letters.
fn same_length(text: &str, trigger: &str) -> Option<usize> {
    let mut there = text.chars();
    let mut length = 0;
    for wanted in trigger.chars() {
        let found = there.next()?;
        if found != wanted && !found.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
        length += found.len_utf8();
    }
    Some(length)
}

/// Letters of the languages that the text encoders know well.
pub(super) fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// Characters that nobody sees and that split words or turn their direction.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{e007f}')
}
