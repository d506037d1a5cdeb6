//! Ages in numbers: «15 лет», «a 15-year-old», «15yo», «aged 15».

use super::PolicyError;
use super::pattern::{self, Pattern};
use super::reading::Word;
use serde::Deserialize;

/// The age from which a person is shown.
const OF_AGE: u32 = 18;

/// The least number that makes «летний» an age where a space is between: «2 летних дня» are days of
/// summer.
const LEAST_APART: u32 = 10;

/// The words around ages, as in `blocked.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgeLists {
    years_ru: Vec<String>,
    yearly_ru: Vec<String>,
    years_old: Vec<String>,
    alone: Vec<String>,
    named: Vec<String>,
    spans_before: Vec<String>,
    spans_after: Vec<String>,
    things: Vec<String>,
}

/// The words around ages.
#[derive(Clone, Debug)]
pub(super) struct Ages {
    years_ru: Vec<Pattern>,
    yearly_ru: Vec<Pattern>,
    years_old: Vec<Pattern>,
    alone: Vec<Pattern>,
    named: Vec<Pattern>,
    spans_before: Vec<Pattern>,
    spans_after: Vec<Pattern>,
    things: Vec<Pattern>,
    old: Vec<Pattern>,
}

impl TryFrom<AgeLists> for Ages {
    type Error = PolicyError;

    fn try_from(lists: AgeLists) -> Result<Self, PolicyError> {
        let all = |words: &[String]| pattern::all(words.iter());
        Ok(Self {
            years_ru: all(&lists.years_ru)?,
            yearly_ru: all(&lists.yearly_ru)?,
            years_old: all(&lists.years_old)?,
            alone: all(&lists.alone)?,
            named: all(&lists.named)?,
            spans_before: all(&lists.spans_before)?,
            spans_after: all(&lists.spans_after)?,
            things: all(&lists.things)?,
            old: all(&["old".to_owned(), "olds".to_owned()])?,
        })
    }
}

impl Ages {
    /// Whether the age of a person below [`OF_AGE`] is named.
    pub(super) fn names_a_minor(&self, pieces: &[Word], joined: &[Word]) -> bool {
        [pieces, joined].into_iter().any(|words| {
            let (words, glued) = split_numbers(words);
            let numbers =
                words.iter().enumerate().filter_map(|(at, word)| Some((at, number(word)?)));
            let mut young = numbers.filter(|(_, age)| *age < OF_AGE);
            young.any(|(at, age)| {
                let yearly = age >= LEAST_APART || glued.contains(&(at + 1));
                self.is_age(&words, at, yearly)
            })
        })
    }

    /// Whether the number in this place is somebody's age.
    fn is_age(&self, words: &[Word], at: usize, yearly: bool) -> bool {
        let one_of = |patterns: &[Pattern], at: Option<usize>| {
            at.is_some_and(|at| patterns.iter().any(|p| p.end_of(words, at).is_some()))
        };
        let next = |steps: usize| Some(at + steps);
        let before = at.checked_sub(1);
        let span = one_of(&self.spans_before, before) || one_of(&self.spans_after, next(2));
        let years = one_of(&self.years_ru, next(1));
        let russian = !span && (years || (yearly && one_of(&self.yearly_ru, next(1))));
        let english = one_of(&self.years_old, next(1))
            && one_of(&self.old, next(2))
            && !one_of(&self.things, next(3));
        let alone = one_of(&self.alone, next(1)) && !one_of(&self.things, next(2));
        russian || english || alone || one_of(&self.named, before)
    }
}

/// Numbers apart from the letters behind them, «15yo» as «15 yo», and the places of such letters.
fn split_numbers(words: &[Word]) -> (Vec<Word>, Vec<usize>) {
    let (mut split, mut glued) = (Vec::with_capacity(words.len()), Vec::new());
    for word in words {
        let letters = word.first().map(Vec::as_slice).unwrap_or_default();
        let digits = letters.iter().take_while(|c| c.is_ascii_digit()).count();
        if digits > 0 && digits < letters.len() {
            let (number, rest) = letters.split_at(digits);
            split.extend([vec![number.to_vec()], vec![rest.to_vec()]]);
            glued.push(split.len() - 1);
        } else {
            split.push(word.clone());
        }
    }
    (split, glued)
}

/// The number that a word is; at most two digits, because no age has more.
fn number(word: &Word) -> Option<u32> {
    let letters = word.first()?;
    let short = (1..=2).contains(&letters.len());
    short.then(|| letters.iter().collect::<String>().parse().ok()).flatten()
}
