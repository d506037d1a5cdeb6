//! The trigger is there once, whatever people write.

use super::*;
use proptest::prelude::*;
use strum::IntoEnumIterator as _;

const TRIGGER: &str = "TOK_0b8f6c3e";

fn own(text: &str) -> Result<String, WordsError> {
    own_words(text, TRIGGER, Subject::Woman, TrainingType::Portrait)
}

#[test]
fn own_words_follow_the_subject() {
    for (text, prompt) in [
        ("in a red coat", "TOK_0b8f6c3e woman, in a red coat"),
        ("  in\na\tred \u{7}coat\0 ", "TOK_0b8f6c3e woman, in a red coat"),
        ("в красном пальто", "TOK_0b8f6c3e woman, в красном пальто"),
        ("a (red coat:1.4), [[hat]]", "TOK_0b8f6c3e woman, a red coat, hat"),
        ("((masterpiece)), {smile|frown}", "TOK_0b8f6c3e woman, masterpiece, smile|frown"),
        ("a clock (at 10:30)", "TOK_0b8f6c3e woman, a clock at 10:30"),
        ("<b>bold</b> {subject}", "TOK_0b8f6c3e woman, b bold /b subject"),
    ] {
        assert_eq!(own(text).as_deref(), Ok(prompt), "{text:?}");
    }
}

#[test]
fn a_trigger_in_own_words_stays_where_it_is_and_is_there_once() {
    for (text, prompt) in [
        ("photo of TOK_0b8f6c3e man in a park", "photo of TOK_0b8f6c3e man in a park"),
        ("photo of tok_0B8F6C3E, smiling", "photo of TOK_0b8f6c3e, smiling"),
        ("<TOK_0b8f6c3e> in Paris", "TOK_0b8f6c3e in Paris"),
        ("(TOK_0b8f6c3e:1.3) in Paris", "TOK_0b8f6c3e in Paris"),
        ("TOK_0b8f6c3e and TOK_0b8f6c3e, TOK_0b8f6c3e.", "TOK_0b8f6c3e and, ."),
        ("TOK_0b\u{200b}8f6c3e in Paris", "TOK_0b8f6c3e in Paris"),
        ("in TOK_0b8f6c3e_town", "TOK_0b8f6c3e woman, in TOK_0b8f6c3e_town"),
    ] {
        assert_eq!(own(text).as_deref(), Ok(prompt), "{text:?}");
    }
}

#[test]
fn kinds_are_named_as_they_are() {
    let of = |subject, kind| own_words("on a beach", "T1", subject, kind).expect("it fits");
    assert_eq!(of(Subject::Man, TrainingType::Portrait), "T1 man, on a beach");
    assert_eq!(of(Subject::Object, TrainingType::Portrait), "T1 person, on a beach");
    assert_eq!(of(Subject::Dog, TrainingType::Object), "T1 dog, on a beach");
    assert_eq!(of(Subject::Woman, TrainingType::Object), "T1 object, on a beach");
    assert_eq!(of(Subject::Woman, TrainingType::Style), "in the style of T1, on a beach");
}

#[test]
fn too_little_and_too_much_are_told_apart() {
    for text in ["", "  ", "ab", "!!!", "🙂🙂🙂", "TOK_0b8f6c3e", "TOK_0b8f6c3e, a", "((()))"]
    {
        assert_eq!(own(text), Err(WordsError::TooShort), "{text:?}");
    }
    assert!(own("cat").is_ok());
    assert!(own("кот").is_ok());
    assert!(own(&"я".repeat(MOST_OWN)).is_ok());
    assert_eq!(own(&"я".repeat(MOST_OWN + 1)), Err(WordsError::TooLong));
}

#[test]
fn odd_triggers_of_older_avatars_do_no_harm() {
    let fill = |trigger| {
        fill("Portrait of {subject}, a man in light", trigger, Subject::Man, TrainingType::Portrait)
    };
    assert_eq!(fill("TOK"), "Portrait of TOK man, a man in light");
    assert_eq!(fill("<s0><s1>"), "Portrait of <s0><s1> man, a man in light");
    assert_eq!(fill("{subject}"), "Portrait of {subject} man, a man in light");
    assert_eq!(fill("man"), "Portrait of man, a in light");
    assert_eq!(fill("light"), "Portrait of light man, a man in");
    assert_eq!(fill(""), "Portrait of man, a man in light");
    assert_eq!(fill(" "), "Portrait of man, a man in light");
    let long = "x".repeat(2 * LONGEST_PROMPT);
    assert!(fill(&long).contains(&long));
}

#[test]
fn english_is_told_by_its_letters() {
    for text in
        ["a red coat", "", "🙂 123", "Müller café", "at the Кремль, with many words around it"]
    {
        assert!(mostly_english(text), "{text}");
    }
    for text in ["в красном пальто", "пальто red", "東京の夜", "red coat красное пальто"]
    {
        assert!(!mostly_english(text), "{text}");
    }
}

#[test]
fn stored_words_of_every_age_are_read() {
    let portrait = |word| Subject::of_word(TrainingType::Portrait, word);
    for (word, subject) in [
        ("man", Some(Subject::Man)),
        ("male", Some(Subject::Man)),
        (" Female ", Some(Subject::Woman)),
        ("person", Some(Subject::Person)),
        ("other", Some(Subject::Person)),
        ("object", None),
        ("", None),
        ("robot", None),
    ] {
        assert_eq!(portrait(word), subject, "{word}");
    }
    assert_eq!(Subject::of_word(TrainingType::Object, "dog"), Some(Subject::Dog));
    assert_eq!(Subject::of_word(TrainingType::Object, "male"), None);
    assert_eq!(Subject::of_word(TrainingType::Style, "man"), None);
    for kind in TrainingType::iter() {
        for subject in Subject::choices(kind) {
            assert_eq!(Subject::of_word(kind, subject.word()), Some(*subject));
        }
    }
}

/// Triggers, and words that may hold them.
fn wishes() -> impl Strategy<Value = (String, String)> {
    let triggers =
        prop_oneof![Just("TOK"), Just(TRIGGER), Just("ohwx man"), Just("sks"), Just("ТОК ёж")];
    let pieces = prop_oneof![
        Just("{trigger}".to_owned()),
        Just("{TRIGGER}".to_owned()),
        Just("<{trigger}>".to_owned()),
        Just("({trigger}:1.3)".to_owned()),
        Just("ohwx".to_owned()),
        Just("man".to_owned()),
        Just(", ".to_owned()),
        "[a-zA-Zа-яё ,.:()\\[\\]<>_0-9\\x00-\\x1f]{0,12}",
        "\\PC{0,6}",
    ];
    let text = prop::collection::vec((pieces, prop_oneof![Just(" "), Just("")]), 0..20);
    (triggers, text).prop_map(|(trigger, pieces)| {
        let text: String =
            pieces.into_iter().flat_map(|(piece, gap)| [piece, gap.to_owned()]).collect();
        let upper = trigger.to_uppercase();
        (trigger.to_owned(), text.replace("{trigger}", trigger).replace("{TRIGGER}", &upper))
    })
}

/// Places of the trigger as a word of its own.
fn count(prompt: &str, trigger: &str) -> usize {
    let mut rest = prompt;
    let mut count = 0;
    while let Some(at) = words::find(rest, trigger) {
        count += 1;
        rest = &rest[at.end..];
    }
    count
}

proptest! {
    #[test]
    fn own_words_hold_the_trigger_once((trigger, text) in wishes()) {
        for kind in TrainingType::iter() {
            for subject in Subject::choices(kind).iter().copied().chain([Subject::usual(kind)]) {
                let Ok(prompt) = own_words(&text, &trigger, subject, kind) else { continue };
                prop_assert_eq!(count(&prompt, &trigger), 1, "{}", prompt);
                prop_assert!(prompt.contains(&trigger), "{}", prompt);
                prop_assert!(prompt.chars().count() <= LONGEST_PROMPT);
                prop_assert!(!prompt.contains(['<', '>', '(', ')', '[', ']', '{', '}']), "{}", prompt);
                prop_assert!(!prompt.chars().any(char::is_control), "{:?}", prompt);
                prop_assert!(!prompt.contains("  "), "{:?}", prompt);
            }
        }
    }

    #[test]
    fn words_of_the_right_length_are_refused_only_when_they_say_nothing(text in "\\PC{0,1100}") {
        let length = text.trim().chars().count();
        match own(&text) {
            Err(WordsError::TooLong) => prop_assert!(length > MOST_OWN),
            Err(WordsError::TooShort) => prop_assert!(length <= MOST_OWN),
            Ok(prompt) => prop_assert!(length >= FEWEST_OWN && prompt.starts_with(TRIGGER)),
        }
    }

    #[test]
    fn a_filled_style_holds_any_trigger(trigger in "[!-~]{1,30}( [!-~]{1,8})?") {
        let prompt = fill("Portrait of {subject}, in light", &trigger, Subject::Man, TrainingType::Portrait);
        prop_assert!(prompt.contains(&trigger), "{}", prompt);
    }
}
