//! The words by which enums are stored. Rows of every age hold them, and `sql/` compares with them:
//! a variant may be renamed, its word may not.

use super::{ChoreKind, DeadReason, FailureKind, MissingReason, NoticeKind, Stage};
use crate::avatar::{Source, Status, TrainingType};
use crate::language::Language;
use std::fmt::Debug;
use std::str::FromStr;
use strum::IntoEnumIterator;

fn words<T: IntoEnumIterator + Into<&'static str>>() -> String {
    let words: Vec<&str> = T::iter().map(Into::into).collect();
    words.join(" ")
}

#[test]
fn no_stored_word_has_changed() {
    assert_eq!(words::<TrainingType>(), "portrait style object");
    assert_eq!(words::<Status>(), "draft uploading ready training completed error cancelled");
    assert_eq!(
        words::<Source>(),
        "webhook-handler status-checker startup-checker training-manager completeness-check \
         emergency"
    );
    assert_eq!(words::<Language>(), "ru en");
    assert_eq!(
        words::<FailureKind>(),
        "too_few_photos too_many_photos bad_archive bad_photo photo_too_small photo_too_large \
         no_face content_policy trainer_down stopped our_mistake other"
    );
    assert_eq!(
        words::<NoticeKind>(),
        "ready failed cancelled result_delayed placeholder pictures pictures_control \
         pictures_withheld pictures_failed spend_near spend_reached"
    );
    assert_eq!(words::<DeadReason>(), "blocked refused gave_up unknown_kind");
    assert_eq!(
        words::<Stage>(),
        "submitting checking accepted queue working fetching completed provisional error cancelled"
    );
    assert_eq!(words::<ChoreKind>(), "cancel delete_payloads");
    assert_eq!(
        words::<MissingReason>(),
        "no_url url_refused download_failed size_mismatch not_safetensors not_a_picture store_failed gone \
         unreachable parked"
    );
}

#[test]
fn every_word_leads_back_to_its_value() {
    fn leads_back<T>()
    where
        T: IntoEnumIterator + Copy + Debug + PartialEq + Into<&'static str> + FromStr,
    {
        for value in T::iter() {
            let word: &str = (value).into();
            assert_eq!(word.parse().ok(), Some(value));
        }
    }
    leads_back::<TrainingType>();
    leads_back::<Status>();
    leads_back::<NoticeKind>();
    leads_back::<Stage>();
    leads_back::<ChoreKind>();
}
