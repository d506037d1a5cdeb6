//! A text as somebody reads it who looks for hidden words.

use super::letters::folded;

/// Fewest equal letters in a row that are stretched: «sooo». Two are ordinary spelling.
const STRETCHED: usize = 3;

/// Fewest single letters in a row that make a word: «p o r n».
const SPELLED: usize = 3;

/// Most letters of a word that may be hidden: «p*rn».
const MOST_HIDDEN: usize = 2;

/// Fewest letters of a word with hidden ones.
const LEAST_SHOWN: usize = 2;

/// A word in all the ways in which it can be read.
pub(super) type Word = Vec<Vec<char>>;

/// A text, read in several ways.
#[derive(Debug)]
pub(super) struct Reading {
    /// Split at every sign.
    pub(super) pieces: Vec<Word>,
    /// Split at spaces, with the signs left out: «na.ked».
    pub(super) joined: Vec<Word>,
    /// Split at spaces, with stars for hidden letters: «n*ked».
    hidden: Vec<Word>,
    /// Single letters in a row, as one word each.
    pub(super) runs: Vec<Word>,
}

impl Reading {
    pub(super) fn of(text: &str) -> Self {
        let text: String = text.chars().filter_map(folded).collect();
        let pieces: Vec<&str> =
            text.split(|c| !is_letter(c)).filter(|piece| !piece.is_empty()).collect();
        let chunks = || text.split_whitespace().map(|chunk| chunk.trim_matches(|c| !is_letter(c)));
        let letters = |chunk: &str| chunk.chars().filter(|c| is_letter(*c)).collect::<String>();
        Self {
            pieces: pieces.iter().map(|piece| word(piece)).collect(),
            joined: chunks().map(|chunk| word(&letters(chunk))).collect(),
            hidden: chunks().filter(|chunk| hides(chunk)).map(word).collect(),
            runs: runs(&pieces),
        }
    }

    /// The ways of reading it word by word; most texts have only one.
    pub(super) fn lines(&self) -> impl Iterator<Item = &Vec<Word>> {
        let differs = self.joined != self.pieces;
        [Some(&self.pieces), differs.then_some(&self.joined), Some(&self.hidden)]
            .into_iter()
            .flatten()
    }
}

/// Whether a sign is a part of words: some stand for letters.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '@' | '$')
}

fn hides(chunk: &str) -> bool {
    let stars = chunk.matches('*').count();
    let shown = chunk.chars().filter(|c| is_letter(*c)).count();
    (1..=MOST_HIDDEN).contains(&stars)
        && shown >= LEAST_SHOWN
        && chunk.chars().all(|c| is_letter(c) || c == '*')
}

/// A word as it is written, and with stretched letters once and twice.
fn word(written: &str) -> Word {
    let letters: Vec<char> = written.chars().collect();
    let runs: Vec<&[char]> = letters.chunk_by(|one, next| one == next).collect();
    let mut ways = vec![letters.clone()];
    if runs.iter().any(|run| run.len() >= STRETCHED) {
        for most in [1, 2] {
            let shrunk = runs.iter().flat_map(|run| {
                let kept = if run.len() >= STRETCHED { most } else { run.len() };
                run.iter().take(kept).copied()
            });
            ways.push(shrunk.collect());
        }
    }
    ways
}

fn runs(pieces: &[&str]) -> Vec<Word> {
    let is_single = |piece: &str| piece.chars().nth(1).is_none();
    let groups = pieces.chunk_by(|one, next| is_single(one) && is_single(next));
    groups.filter(|group| group.len() >= SPELLED).map(|group| word(&group.concat())).collect()
}
