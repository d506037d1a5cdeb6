//! Remarks about photos, from numbers alone.

use super::*;
use crate::avatar::TrainingType;
use proptest::prelude::*;
use strum::IntoEnumIterator as _;

const RULES: fn() -> Rules = Rules::default;

fn face(size: u32) -> Face {
    Face { size, score: 40.0, sharpness: 500.0 }
}

/// A decent portrait from a phone.
fn fair() -> Measurements {
    Measurements {
        width: Some(3000),
        height: Some(4000),
        format: Some("jpeg".to_owned()),
        bytes: Some(3_000_000),
        brightness: Some(120.0),
        contrast: Some(50.0),
        sharpness: Some(600.0),
        faces: Some(vec![face(900)]),
    }
}

fn of_portrait(verdict: &Measurements) -> Vec<Remark> {
    remarks(TrainingType::Portrait, verdict, &RULES())
}

#[test]
fn each_fault_is_named_and_a_fair_photo_hears_nothing() {
    let doubtful = Face { score: 3.5, ..face(300) };
    let soft = Face { sharpness: 5.0, ..face(900) };
    let table = [
        (fair(), vec![]),
        (Measurements { faces: Some(vec![]), ..fair() }, vec![Remark::NoFace]),
        (Measurements { faces: Some(vec![doubtful]), ..fair() }, vec![Remark::NoFace]),
        (Measurements { faces: Some(vec![face(900), doubtful]), ..fair() }, vec![]),
        (
            Measurements { faces: Some(vec![face(200), face(900)]), ..fair() },
            vec![Remark::OtherPeople],
        ),
        (Measurements { faces: Some(vec![face(60)]), ..fair() }, vec![Remark::SmallFace]),
        (Measurements { faces: Some(vec![soft]), ..fair() }, vec![Remark::Blurred]),
        (Measurements { sharpness: Some(5.0), ..fair() }, vec![]), // the face is sharp, the wall is not
        (Measurements { brightness: Some(12.0), ..fair() }, vec![Remark::Dark]),
        (Measurements { brightness: Some(240.0), ..fair() }, vec![Remark::Bright]),
        (Measurements { contrast: Some(9.0), ..fair() }, vec![Remark::Flat]),
        (Measurements { width: Some(600), height: Some(2000), ..fair() }, vec![Remark::Narrow]),
        (Measurements::default(), vec![]), // nothing is known of it
    ];
    for (verdict, expected) in table {
        assert_eq!(of_portrait(&verdict), expected, "{verdict:?}");
    }
}

#[test]
fn a_style_and_a_thing_need_no_face_and_a_style_no_light() {
    let cat = Measurements { faces: Some(vec![]), ..fair() };
    let night = Measurements { brightness: Some(10.0), contrast: Some(5.0), ..cat.clone() };
    for kind in [TrainingType::Style, TrainingType::Object] {
        assert_eq!(remarks(kind, &cat, &RULES()), []);
    }
    assert_eq!(remarks(TrainingType::Style, &night, &RULES()), []);
    let dark = remarks(TrainingType::Object, &night, &RULES());
    assert_eq!(dark, [Remark::Dark, Remark::Flat]);
}

#[test]
fn by_default_nothing_is_a_refusal_and_a_remark_becomes_one_by_its_word() {
    let faceless = Measurements { faces: Some(vec![]), sharpness: Some(1.0), ..fair() };
    assert_eq!(refusal(TrainingType::Portrait, &faceless, &RULES()), None);
    for remark in Remark::iter() {
        assert_eq!(Remark::of_word(remark.word()), Some(remark));
        assert!(!RULES().hard.has(remark));
        let hard = Hard::default().and(remark);
        assert!(Remark::iter().all(|other| hard.has(other) == (other == remark)));
    }
    let strict = Rules { hard: Hard::default().and(Remark::NoFace), ..RULES() };
    assert_eq!(refusal(TrainingType::Portrait, &faceless, &strict), Some(Remark::NoFace));
    assert_eq!(refusal(TrainingType::Object, &faceless, &strict), None);
}

#[test]
fn of_almost_equal_photos_the_sharpest_stays() {
    let sharp = Measurements { sharpness: Some(900.0), ..fair() };
    let plain = fair();
    let shots = [(0b0, &plain), (0b1111, &sharp), (u64::MAX, &plain), (0b1111_0000, &plain)]
        .map(|(hash, verdict)| Shot { verdict, hash: Some(hash) });
    let review = review(TrainingType::Portrait, &shots, &RULES());
    assert_eq!(review.alike, [[0, 1, 3]], "the first and the second, the first and the fourth");
    assert_eq!(review.with(Remark::Twin), [0, 3]);
    assert_eq!((review.good, review.weakest), (2, Some(3)));
    assert_eq!(twin_of(0b11, &shots, &RULES()), Some(0));
    assert_eq!(twin_of(0xffff_0000, &shots, &RULES()), None);
}

#[test]
fn the_weakest_is_the_one_with_the_gravest_fault() {
    let dark = Measurements { brightness: Some(9.0), ..fair() };
    let faceless = Measurements { faces: Some(vec![]), ..fair() };
    let all = [fair(), faceless, dark, fair()];
    let shots: Vec<Shot<'_>> = all.iter().map(|verdict| Shot { verdict, hash: None }).collect();
    let review = review(TrainingType::Portrait, &shots, &RULES());
    assert_eq!((review.good, review.weakest), (2, Some(1)));
    assert!(review.alike.is_empty(), "without hashes nothing is alike");
}

#[test]
fn faces_that_are_all_equally_near_are_noticed() {
    let of = |sizes: &[u32]| {
        let all: Vec<Measurements> = sizes
            .iter()
            .map(|size| Measurements { faces: Some(vec![face(*size)]), ..fair() })
            .collect();
        let shots: Vec<Shot<'_>> = all.iter().map(|verdict| Shot { verdict, hash: None }).collect();
        review(TrainingType::Portrait, &shots, &RULES()).one_distance
    };
    assert!(of(&[900, 950, 1000, 1100]));
    assert!(!of(&[900, 950, 1000, 1300]));
    assert!(!of(&[900, 900, 900]), "too few to compare");
}

#[test]
fn a_stored_verdict_of_any_age_can_be_read() {
    for (stored, expected) in [
        ("{}", Measurements::default()),
        (
            r#"{"width":600,"height":800,"sharpness":12.5,"later":[1]}"#,
            Measurements {
                width: Some(600),
                height: Some(800),
                sharpness: Some(12.5),
                ..Measurements::default()
            },
        ),
    ] {
        assert_eq!(serde_json::from_str::<Measurements>(stored).unwrap(), expected);
    }
    let stored = serde_json::to_value(fair()).unwrap();
    assert_eq!(serde_json::from_value::<Measurements>(stored).unwrap(), fair());
    assert_eq!(serde_json::to_string(&Measurements::default()).unwrap(), "{}");
}

fn any_verdict() -> impl Strategy<Value = Measurements> {
    let number = || prop::option::of(prop_oneof![-1e9..1e9_f64, Just(f64::NAN), Just(0.0)]);
    let face = (any::<u32>(), -5.0..100.0_f64, 0.0..5000.0_f64);
    let face = face.prop_map(|(size, score, sharpness)| Face { size, score, sharpness });
    let sides = (prop::option::of(any::<u32>()), prop::option::of(any::<u32>()));
    let faces = prop::option::of(prop::collection::vec(face, 0..4));
    (sides, number(), number(), number(), faces).prop_map(
        |((width, height), brightness, contrast, sharpness, faces)| Measurements {
            width,
            height,
            brightness,
            contrast,
            sharpness,
            faces,
            ..Measurements::default()
        },
    )
}

proptest! {
    #[test]
    fn whatever_was_measured_every_photo_is_counted_once(
        set in prop::collection::vec((any_verdict(), prop::option::of(0..1024_u64)), 0..24),
        kind in prop_oneof![
            Just(TrainingType::Portrait), Just(TrainingType::Style), Just(TrainingType::Object)
        ],
    ) {
        let shots: Vec<Shot<'_>> =
            set.iter().map(|(verdict, hash)| Shot { verdict, hash: *hash }).collect();
        let review = review(kind, &shots, &RULES());
        let faulty = review.remarks.iter().filter(|remarks| !remarks.is_empty()).count();
        prop_assert_eq!(review.good + faulty, set.len());
        prop_assert_eq!(review.weakest.is_some(), faulty > 0);
        if let Some(weakest) = review.weakest {
            prop_assert!(!review.remarks[weakest].is_empty());
        }
        // No photo is in two groups, and exactly one of each group is spared.
        let mut members: Vec<usize> = review.alike.concat();
        let count = members.len();
        members.sort_unstable();
        members.dedup();
        prop_assert_eq!(members.len(), count);
        prop_assert_eq!(review.with(Remark::Twin).len(), count - review.alike.len());
        for remarks in &review.remarks {
            prop_assert!(remarks.is_sorted());
        }
        // Kinds that need no face never miss one.
        if kind != TrainingType::Portrait {
            prop_assert!(review.with(Remark::NoFace).is_empty());
            prop_assert!(review.with(Remark::OtherPeople).is_empty());
        }
    }

    #[test]
    fn the_order_of_photos_does_not_change_how_many_are_good(
        hashes in prop::collection::vec(0..4096_u64, 2..16), turn in 0..16_usize,
    ) {
        let verdict = fair();
        let shots = |hashes: &[u64]| hashes
            .iter()
            .map(|hash| Shot { verdict: &verdict, hash: Some(*hash) })
            .collect::<Vec<_>>();
        let good = |hashes: &[u64]| review(TrainingType::Portrait, &shots(hashes), &RULES()).good;
        let mut turned = hashes.clone();
        turned.rotate_left(turn % hashes.len());
        prop_assert_eq!(good(&hashes), good(&turned));
    }
}
