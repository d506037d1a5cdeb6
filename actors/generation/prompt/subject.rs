//! What an avatar shows, by the noun of its class.

use crate::avatar::TrainingType;
use strum::{EnumIter, EnumString, IntoStaticStr};

/// What an avatar shows. Asked once and kept in column `avatars.gender`.
///
/// The noun follows the trigger in every prompt: it tells the generator what kind of thing the
/// trigger is, and decides body and clothes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumString, IntoStaticStr, EnumIter)]
#[strum(serialize_all = "lowercase")]
pub enum Subject {
    /// A man.
    Man,
    /// A woman.
    Woman,
    /// A person who would rather not say.
    Person,
    /// A thing.
    Object,
    /// A dog.
    Dog,
    /// A cat.
    Cat,
    /// Another animal.
    Animal,
}

impl Subject {
    /// What people are asked to choose from; nothing for a style, which shows no one thing.
    #[must_use]
    pub fn choices(kind: TrainingType) -> &'static [Self] {
        match kind {
            TrainingType::Portrait => &[Self::Woman, Self::Man, Self::Person],
            TrainingType::Object => &[Self::Object, Self::Dog, Self::Cat, Self::Animal],
            TrainingType::Style => &[],
        }
    }

    /// What is taken for an avatar of this kind until somebody says otherwise.
    #[must_use]
    pub fn usual(kind: TrainingType) -> Self {
        match kind {
            TrainingType::Portrait | TrainingType::Style => Self::Person,
            TrainingType::Object => Self::Object,
        }
    }

    /// The subject of a stored word, in the words of the older Aisha too; `None` if the question is
    /// still to be asked.
    #[must_use]
    pub fn of_word(kind: TrainingType, word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase();
        let known = match word.as_str() {
            "male" | "m" | "мужчина" | "мужской" | "м" => Some(Self::Man),
            "female" | "f" | "женщина" | "женский" | "ж" => Some(Self::Woman),
            "other" | "neutral" | "unisex" | "nonbinary" | "non-binary" | "человек" => {
                Some(Self::Person)
            }
            "thing" | "предмет" => Some(Self::Object),
            "pet" | "животное" => Some(Self::Animal),
            other => other.parse().ok(),
        };
        known.filter(|subject| Self::choices(kind).contains(subject))
    }

    /// The word of the column, of buttons and of prompts.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// The noun for an avatar of this kind. A stored word that does not fit the kind counts as none.
    pub(super) fn noun(self, kind: TrainingType) -> &'static str {
        if Self::choices(kind).contains(&self) { self.word() } else { Self::usual(kind).word() }
    }
}
