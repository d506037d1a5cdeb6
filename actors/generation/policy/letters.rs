//! Letters as a reader sees them: how one is folded, and which pass for which.

/// A letter without case, accents and fonts; `None` for what nobody sees.
pub(super) fn folded(c: char) -> Option<char> {
    let c = plain(c);
    if matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
    {
        return None;
    }
    let lower = c.to_lowercase().next().unwrap_or(c);
    Some(match lower {
        'ё' | 'ѐ' => 'е',
        'й' | 'ѝ' => 'и',
        'à'..='å' | 'ā' | 'ă' => 'a',
        'ç' => 'c',
        'è'..='ë' | 'ē' | 'ę' => 'e',
        'ì'..='ï' | 'ı' | 'ī' => 'i',
        'ñ' => 'n',
        'ò'..='ö' | 'ø' | 'ō' => 'o',
        'ù'..='ü' | 'ū' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    })
}

/// A letter of a mathematical or wide alphabet as an ordinary one.
fn plain(c: char) -> char {
    let letter = match c {
        '\u{ff01}'..='\u{ff5e}' => u32::from(c) - 0xfee0,
        // Thirteen alphabets of 52 letters.
        '\u{1d400}'..='\u{1d6a3}' => {
            let at = (u32::from(c) - 0x1d400) % 52;
            if at < 26 { u32::from('A') + at } else { u32::from('a') + at - 26 }
        }
        _ => return c,
    };
    char::from_u32(letter).unwrap_or(c)
}

/// Whether a folded letter passes for another. `*` stands for any letter.
pub(super) fn passes(found: char, wanted: char) -> bool {
    found == wanted || found == '*' || alike(wanted).contains(found)
}

/// What passes for a letter.
fn alike(wanted: char) -> &'static str {
    match wanted {
        'а' => "a@4α",
        'б' => "6",
        'в' => "b8",
        'д' => "dg",
        'е' => "e3ε",
        'з' => "3",
        'и' => "uі",
        'к' => "kκ",
        'м' => "m",
        'н' => "h",
        'о' => "o0ο",
        'п' => "n",
        'р' => "pρ",
        'с' => "c$",
        'т' => "t7",
        'у' => "y",
        'х' => "xχ",
        'ч' => "4",
        'ь' => "b",
        'a' => "а@4α",
        'b' => "в8ь",
        'c' => "с",
        'e' => "е3ε",
        'g' => "9",
        'h' => "н",
        'i' => "1іι",
        'k' => "кκ",
        'l' => "1",
        'm' => "м",
        'o' => "о0ο",
        'p' => "рρ",
        's' => "5$ѕ",
        't' => "т7τ",
        'x' => "хχ",
        'y' => "у",
        'z' => "2",
        _ => "",
    }
}

/// Whether a letter passes for another only among letters of its alphabet.
pub(super) fn is_loose(found: char, wanted: char) -> bool {
    matches!((found, wanted), ('d' | 'g', 'д') | ('n', 'п') | ('u', 'и') | ('b', 'ь'))
}

/// Whether two letters are of one alphabet.
pub(super) fn same_script(one: char, other: char) -> bool {
    let cyrillic = |c: char| ('\u{400}'..='\u{4ff}').contains(&c);
    let latin = |c: char| c.is_ascii_alphabetic();
    (cyrillic(one) && cyrillic(other)) || (latin(one) && latin(other)) || one == other
}
