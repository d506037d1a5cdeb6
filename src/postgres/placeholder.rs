//! The address given for missing weights. It is under `.invalid`, which is reserved and never
//! resolves, so it can never reach a stranger's server; we never request it either.

use actors::avatar::{AvatarId, Source};

/// Longest part of the address that comes from the name.
const LONGEST_NAME: usize = 40;

pub(super) fn address(by: Source, name: &str, avatar: AvatarId) -> String {
    let id = avatar.0.simple().to_string();
    let (source, name) = (by.word(), slug(name));
    format!("https://{source}.fallback.invalid/lora/{name}-{}.safetensors", &id[..8])
}

/// A name as a part of an address: Latin letters, digits, single dashes.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars() {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            'ъ' | 'ь' => {}
            _ => match latin(c) {
                Some(letters) => slug.push_str(letters),
                None if slug.ends_with('-') => {}
                None => slug.push('-'),
            },
        }
    }
    let cut: String = slug.trim_matches('-').chars().take(LONGEST_NAME).collect();
    let cut = cut.trim_matches('-');
    if cut.is_empty() { "avatar".to_owned() } else { cut.to_owned() }
}

fn latin(c: char) -> Option<&'static str> {
    const LETTERS: [(char, &str); 35] = [
        ('а', "a"),
        ('б', "b"),
        ('в', "v"),
        ('г', "g"),
        ('д', "d"),
        ('е', "e"),
        ('ё', "e"),
        ('ж', "zh"),
        ('з', "z"),
        ('и', "i"),
        ('й', "y"),
        ('к', "k"),
        ('л', "l"),
        ('м', "m"),
        ('н', "n"),
        ('о', "o"),
        ('п', "p"),
        ('р', "r"),
        ('с', "s"),
        ('т', "t"),
        ('у', "u"),
        ('ф', "f"),
        ('х', "kh"),
        ('ц', "ts"),
        ('ч', "ch"),
        ('ш', "sh"),
        ('щ', "shch"),
        ('ы', "y"),
        ('э', "e"),
        ('ю', "yu"),
        ('я', "ya"),
        ('і', "i"),
        ('ї', "yi"),
        ('є', "ye"),
        ('ґ', "g"),
    ];
    LETTERS.iter().find(|(letter, _)| *letter == c).map(|(_, latin)| *latin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn any_name_becomes_an_address_that_reaches_nobody() {
        let avatar = AvatarId(Uuid::from_u128(0x1234_5678 << 96));
        for (name, expected) in [
            ("Анна Щукина", "anna-shchukina"),
            ("A_b*[c<&", "a-b-c"),
            ("  --  ", "avatar"),
            ("👩‍🎤", "avatar"),
            (&"длинное ".repeat(10), "dlinnoe-dlinnoe-dlinnoe-dlinnoe-dlinnoe"),
        ] {
            let url = address(Source::Poll, name, avatar);
            let expected = format!(
                "https://status-checker.fallback.invalid/lora/{expected}-12345678.safetensors"
            );
            assert_eq!(url, expected);
        }
    }
}
