//! Which first pictures an avatar gets. Pure.

use crate::avatar::TrainingType;
use crate::generation::consent;
use crate::generation::prompt::{self, Subject};
use crate::generation::styles::{Catalogue, Style};
use crate::ports::{PictureOrder, Sitter};

/// So many pictures in orders of at most `most`, each of another style; fewer if there are not as
/// many styles, and none while something has to be asked.
pub(super) fn orders(
    styles: &Catalogue,
    sitter: &Sitter,
    pictures: u8,
    most: u8,
    mut seed: impl FnMut() -> u32,
) -> Vec<PictureOrder> {
    let kind = sitter.kind;
    let said = sitter.subject.as_deref().and_then(|word| Subject::of_word(kind, word));
    let asked = said.is_some() || Subject::choices(kind).is_empty();
    if !asked || consent::is_due(kind, sitter.consent) {
        return Vec::new();
    }
    let subject = said.unwrap_or(Subject::usual(kind));
    let most = most.max(1);
    let mut left = pictures;
    let mut chosen = Vec::new();
    for style in styles.first_ones(kind) {
        if left == 0 {
            break;
        }
        let count = left.min(most);
        left -= count;
        chosen.push(order(style, sitter, subject, count, seed()));
    }
    chosen
}

fn order(style: &Style, sitter: &Sitter, subject: Subject, count: u8, seed: u32) -> PictureOrder {
    PictureOrder {
        style: Some(style.id.clone()),
        words: None,
        english: None,
        prompt: prompt::fill(&style.prompt, &sitter.trigger, subject, sitter.kind),
        shape: style.shape,
        count,
        seed: u64::from(seed),
        scale: style.scale,
        guidance: style.guidance,
        portrait: style.face && sitter.kind == TrainingType::Portrait,
        source: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::avatar::{AvatarId, Status};
    use std::collections::HashSet;
    use strum::IntoEnumIterator as _;
    use uuid::Uuid;

    fn sitter(kind: TrainingType) -> Sitter {
        let subject = Subject::choices(kind).first().map(|subject| subject.word().to_owned());
        Sitter {
            avatar: AvatarId(Uuid::nil()),
            name: "Anna".to_owned(),
            kind,
            status: Status::Completed,
            trigger: "TOK_1".to_owned(),
            subject,
            trainer: "a/b".to_owned(),
            has_weights: true,
            consent: Some(consent::VERSION),
            shape: None,
            count: None,
            banned: false,
        }
    }

    fn counts(sitter: &Sitter, pictures: u8, most: u8) -> Vec<u8> {
        let styles = Catalogue::shipped().expect("the catalogue is readable");
        orders(&styles, sitter, pictures, most, || 7).iter().map(|order| order.count).collect()
    }

    #[test]
    fn they_are_as_many_as_there_should_be_each_order_of_another_style() {
        let styles = Catalogue::shipped().expect("the catalogue is readable");
        for kind in TrainingType::iter() {
            let sitter = sitter(kind);
            assert_eq!(counts(&sitter, 4, 4), [4]);
            assert_eq!(counts(&sitter, 4, 1), [1, 1, 1, 1]);
            assert_eq!(counts(&sitter, 5, 2), [2, 2, 1]);
            assert!(counts(&sitter, 0, 4).is_empty());
            let all = orders(&styles, &sitter, u8::MAX, 1, || 7);
            let ids: HashSet<_> = all.iter().filter_map(|order| order.style.as_deref()).collect();
            assert_eq!(ids.len(), all.len(), "{kind:?}");
            for order in all {
                let style = styles.style(order.style.as_deref().unwrap_or_default());
                assert_eq!(style.and_then(|style| styles.kind(style)), Some(kind));
                assert!(style.is_some_and(|style| style.season.is_none()), "whatever the season");
                assert_eq!(order.prompt.matches("TOK_1").count(), 1, "{}", order.prompt);
            }
        }
    }

    #[test]
    fn nothing_is_ordered_while_something_has_to_be_asked() {
        let silent = |kind| Sitter { subject: None, ..sitter(kind) };
        let unasked = Sitter { consent: None, ..sitter(TrainingType::Portrait) };
        for sitter in [silent(TrainingType::Portrait), silent(TrainingType::Object), unasked] {
            assert!(counts(&sitter, 4, 4).is_empty());
        }
        assert_eq!(counts(&silent(TrainingType::Style), 4, 4), [4]);
    }
}
