//! Reads HTML byte by byte, as the real parser does, and collects the text between the tags.

/// The input, the position in it, and the text so far.
pub(super) struct Parser<'a> {
    pub(super) input: &'a [u8],
    pub(super) at: usize,
    pub(super) text: Vec<u8>,
    /// Length of `text` in UTF-16 units, the unit of entities.
    pub(super) offset: usize,
}

impl Parser<'_> {
    /// The current byte, 0 after the end.
    pub(super) fn peek(&self) -> u8 {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> u8 {
        self.input.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn slice(&self, from: usize) -> String {
        String::from_utf8_lossy(&self.input[from.min(self.at)..self.at]).into_owned()
    }

    /// Reads up to white space, the end, or one of the given bytes.
    pub(super) fn word(&mut self, stops: &[u8]) -> String {
        let from = self.at;
        while !is_space(self.peek()) && !stops.contains(&self.peek()) {
            self.at += 1;
        }
        self.slice(from)
    }

    pub(super) fn skip_space(&mut self) {
        while self.peek() != 0 && is_space(self.peek()) {
            self.at += 1;
        }
    }

    pub(super) fn literal(&mut self, byte: u8) {
        if byte & 0xc0 != 0x80 {
            self.offset += 1 + usize::from(byte >= 0xf0); // four bytes are a surrogate pair
        }
        self.text.push(byte);
        self.at += 1;
    }

    /// Reads references such as `&amp;` into the text; false if the `&` must be taken literally.
    pub(super) fn named_character(&mut self) -> bool {
        let Some((character, length)) = character_reference(&self.input[self.at..]) else {
            return false;
        };
        self.offset += character.len_utf16();
        self.text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        self.at += length;
        true
    }

    /// An unquoted attribute value: letters, digits, dots and hyphens.
    pub(super) fn token(&mut self) -> Result<String, String> {
        let from = self.at;
        while self.peek().is_ascii_alphanumeric() || matches!(self.peek(), b'.' | b'-') {
            self.at += 1;
        }
        if !is_space(self.peek()) && self.peek() != b'>' {
            return Err(format!("Unexpected end of name token at byte offset {from}"));
        }
        Ok(self.slice(from).to_lowercase())
    }

    pub(super) fn quoted(&mut self, quote: u8) -> String {
        self.at += 1;
        let mut value = Vec::new();
        while self.peek() != quote && self.at < self.input.len() {
            if let Some((character, length)) = character_reference(&self.input[self.at..]) {
                value.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                self.at += length;
            } else {
                value.push(self.peek());
                self.at += 1;
            }
        }
        if self.peek() == quote {
            self.at += 1;
        }
        String::from_utf8_lossy(&value).into_owned()
    }
}

/// Telegram's white space, which includes the end of the text.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0)
}

/// Reads `&lt;`, `&#60;` or `&#x3c;`; only four names exist, all others are plain text.
fn character_reference(input: &[u8]) -> Option<(char, usize)> {
    let rest = input.strip_prefix(b"&")?;
    let (character, mut length) = if let Some(number) = rest.strip_prefix(b"#") {
        let (radix, skip) = if number.first() == Some(&b'x') { (16, 1) } else { (10, 0) };
        let digits = number[skip..].iter().take_while(|byte| char::from(**byte).is_digit(radix));
        let length = digits.count();
        let digits = std::str::from_utf8(&number[skip..skip + length]).ok()?;
        let code = u32::from_str_radix(digits, radix).ok().filter(|code| *code != 0)?;
        (char::from_u32(code)?, 2 + skip + length)
    } else {
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let character = match &rest[..length] {
            b"lt" => '<',
            b"gt" => '>',
            b"amp" => '&',
            b"quot" => '"',
            _ => return None,
        };
        (character, 1 + length)
    };
    if input.get(length) == Some(&b';') {
        length += 1;
    }
    Some((character, length))
}
