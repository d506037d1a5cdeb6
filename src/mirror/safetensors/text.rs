//! The text of a header on its way to the JSON reader, made harmless: the reader needs no more
//! memory than for a small header, whatever the text.
//!
//! A JSON reader holds each text whole. So only the beginning of every text is passed on. All of it
//! is still checked, because the format's own reader must be able to open what we prove.

use std::io::{self, Read};

/// How many bytes of one text are passed on. Tensor names have about a hundred; trainers' metadata
/// may have megabytes.
pub(super) const LONGEST_TEXT: usize = 4096;

/// Longest number, in bytes: `u64` has twenty digits.
const LONGEST_NUMBER: usize = 64;

/// Deepest nesting. The format needs three levels.
const DEEPEST: usize = 32;

/// Bytes to read at once.
const PIECE: usize = 64 << 10;

/// Where the next byte stands.
#[derive(Clone, Copy, Debug)]
enum Place {
    Outside,
    Text,
    Escape,
    /// How many digits of `\u` are still to come, and the value so far.
    Hex(u8, u16),
}

/// A reader that shortens texts.
#[derive(Debug)]
pub(super) struct Shortened<R> {
    from: R,
    raw: Vec<u8>,
    out: Vec<u8>,
    given: usize,
    place: Place,
    depth: usize,
    /// Length of the current number or word.
    run: usize,
    /// Bytes of this text that were passed on.
    passed: usize,
    /// This text is too long; the rest is dropped.
    cut: bool,
    /// The first half of a surrogate pair has been read; the second must follow.
    half: bool,
}

impl<R: Read> Shortened<R> {
    pub(super) fn new(from: R) -> Self {
        Self {
            from,
            raw: Vec::with_capacity(PIECE),
            out: Vec::with_capacity(PIECE),
            given: 0,
            place: Place::Outside,
            depth: 0,
            run: 0,
            passed: 0,
            cut: false,
            half: false,
        }
    }

    /// Reads the next piece; false at the end.
    fn refill(&mut self) -> io::Result<bool> {
        self.out.clear();
        self.given = 0;
        let left = self.raw.len();
        let room = u64::try_from(PIECE - left).unwrap_or_default();
        let read = self.from.by_ref().take(room).read_to_end(&mut self.raw)?;
        let whole = match std::str::from_utf8(&self.raw) {
            Ok(text) => text.len(),
            // A character may continue in the next piece.
            Err(error) if error.error_len().is_none() && read > 0 => error.valid_up_to(),
            Err(_) => return Err(wrong("not UTF-8")),
        };
        let raw = std::mem::take(&mut self.raw);
        for byte in &raw[..whole] {
            self.take_byte(*byte)?;
        }
        self.raw = raw;
        self.raw.drain(..whole);
        Ok(read > 0)
    }

    fn take_byte(&mut self, byte: u8) -> io::Result<()> {
        match self.place {
            Place::Outside => return self.outside(byte),
            Place::Text => return self.in_text(byte),
            Place::Escape => match byte {
                b'u' => self.place = Place::Hex(4, 0),
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' if !self.half => {
                    self.place = Place::Text;
                }
                _ => return Err(wrong("an escape that JSON does not have")),
            },
            Place::Hex(left, value) => {
                let digit =
                    char::from(byte).to_digit(16).and_then(|digit| u16::try_from(digit).ok());
                let digit = digit.ok_or_else(|| wrong("an escape that JSON does not have"))?;
                let value = value << 4 | digit;
                self.place =
                    if left == 1 { self.escaped(value)? } else { Place::Hex(left - 1, value) };
            }
        }
        self.pass(byte);
        Ok(())
    }

    fn outside(&mut self, byte: u8) -> io::Result<()> {
        match byte {
            b'"' => (self.place, self.passed, self.cut) = (Place::Text, 0, false),
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.run =
            if byte.is_ascii_alphanumeric() || b"+-.".contains(&byte) { self.run + 1 } else { 0 };
        if self.depth > DEEPEST {
            return Err(wrong("nested too deep"));
        }
        if self.run > LONGEST_NUMBER {
            return Err(wrong("a number that is too long"));
        }
        self.out.push(byte);
        Ok(())
    }

    fn in_text(&mut self, byte: u8) -> io::Result<()> {
        // Only cut where a character begins.
        if byte & 0xc0 != 0x80 && self.passed >= LONGEST_TEXT && !self.half {
            self.cut = true;
        }
        match byte {
            b'\\' => self.place = Place::Escape,
            _ if self.half => return Err(wrong("half of a surrogate pair")),
            b'"' => {
                self.place = Place::Outside;
                self.out.push(byte);
                return Ok(());
            }
            0..0x20 => return Err(wrong("a control character in a text")),
            _ => {}
        }
        self.pass(byte);
        Ok(())
    }

    /// After the four digits of an escape: two surrogate halves make one character.
    fn escaped(&mut self, value: u16) -> io::Result<Place> {
        match (self.half, value) {
            (false, 0xd800..0xdc00) => self.half = true,
            (true, 0xdc00..0xe000) => self.half = false,
            (true, _) | (false, 0xdc00..0xe000) => return Err(wrong("half of a surrogate pair")),
            (false, _) => {}
        }
        Ok(Place::Text)
    }

    fn pass(&mut self, byte: u8) {
        if !self.cut {
            self.out.push(byte);
            self.passed += 1;
        }
    }
}

impl<R: Read> Read for Shortened<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.out.len() {
            if !self.refill()? {
                return Ok(0);
            }
        }
        let some = buffer.len().min(self.out.len() - self.given);
        buffer[..some].copy_from_slice(&self.out[self.given..self.given + some]);
        self.given += some;
        Ok(some)
    }
}

fn wrong(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
