//! An entry of the lists, and where words match it.

use super::PolicyError;
use super::letters::{folded, is_loose, passes, same_script};
use super::reading::Word;

/// Shortest word that is looked for inside of single letters, which may begin anywhere.
const SHORTEST_WITHIN: usize = 4;

/// Shortest word that letters of another alphabet alone may pass for.
const SHORTEST_FOREIGN: usize = 3;

/// Words in this order.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Vec<Part>);

#[derive(Clone, Debug)]
struct Part {
    letters: Vec<char>,
    /// Whether words may go on behind it.
    open: bool,
}

/// All entries of a list.
pub(super) fn all<'a>(
    entries: impl Iterator<Item = &'a String>,
) -> Result<Vec<Pattern>, PolicyError> {
    entries.map(|entry| Pattern::of(entry)).collect()
}

impl Pattern {
    fn of(entry: &str) -> Result<Self, PolicyError> {
        let part = |word: &str| {
            let letters = word.strip_suffix('*').unwrap_or(word);
            let letters: Vec<char> = letters.chars().filter_map(folded).collect();
            let is_word = !letters.is_empty() && letters.iter().all(|c| c.is_alphanumeric());
            is_word.then(|| Part { letters, open: word.ends_with('*') })
        };
        let parts: Option<Vec<Part>> = entry.split_whitespace().map(part).collect();
        let parts = parts.filter(|parts| !parts.is_empty());
        parts.map(Self).ok_or_else(|| PolicyError::NoWord(entry.to_owned()))
    }

    /// The end of this pattern if words match it from here on.
    pub(super) fn end_of(&self, words: &[Word], start: usize) -> Option<usize> {
        let end = start + self.0.len();
        let there = words.get(start..end)?;
        self.0.iter().zip(there).all(|(part, word)| part.is(word)).then_some(end)
    }

    /// Whether spelled letters hold this pattern.
    pub(super) fn is_within(&self, run: &Word) -> bool {
        let [part] = self.0.as_slice() else { return false };
        let length = part.letters.len();
        run.iter().any(|letters| {
            let whole = letters.len() == length;
            (whole || length >= SHORTEST_WITHIN)
                && letters.windows(length).any(|window| part.reads(window))
        })
    }
}

impl Part {
    fn is(&self, word: &Word) -> bool {
        let length = self.letters.len();
        word.iter().any(|letters| {
            let fits = letters.len() == length || (self.open && letters.len() > length);
            fits && letters.get(..length).is_some_and(|beginning| self.reads(beginning))
        })
    }

    /// Whether these letters, as many as its own, can be read as it. Without any letter of its own
    /// alphabet, only those that look exactly the same are taken for others: «no-photo» is no word
    /// of Russian.
    fn reads(&self, found: &[char]) -> bool {
        let pairs = || found.iter().zip(&self.letters);
        if !pairs().all(|(found, wanted)| passes(*found, *wanted)) {
            return false;
        }
        let foreign = || {
            self.letters.len() >= SHORTEST_FOREIGN
                && found.iter().any(|letter| letter.is_alphabetic())
                && pairs().all(|(found, wanted)| !is_loose(*found, *wanted))
        };
        pairs().any(|(found, wanted)| same_script(*found, *wanted)) || foreign()
    }
}
