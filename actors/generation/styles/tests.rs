//! Every style for every avatar that it is for.

use super::*;
use crate::generation::prompt::{Subject, fill};
use strum::IntoEnumIterator as _;

const TRIGGER: &str = "TOK_0b8f6c3e";

/// A subject that begins later than this, in characters, is no longer what the picture is about.
const NEAR_START: usize = 80;

/// What no style names: minors, nakedness, forces, papers, brands, living or famous people, faces,
/// and more than one person.
const LEFT_OUT: &str = "child children kid kids boy girl teen teenager baby toddler infant schoolgirl \
    bikini swimsuit swimwear lingerie underwear nude naked topless sexy \
    police officer soldier military army navy marine uniform swastika flag medal \
    passport document license diploma badge logo brand watermark \
    nike adidas gucci prada dior rolex polaroid kodak leica canon nikon lego disney pixar \
    marvel ghibli barbie vogue ferrari porsche vespa starbucks netflix hollywood \
    rembrandt vermeer banksy warhol mucha monroe \
    eyes nose lips jaw cheekbones hair beard blonde brunette freckles wrinkles \
    couple crowd friends people group audience twins they \
    no not without never";

fn shipped() -> Catalogue {
    Catalogue::shipped().expect("the catalogue is readable")
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

#[test]
fn there_are_forty_styles_in_six_packs_of_portraits_and_a_pack_of_each_other_kind() {
    let catalogue = shipped();
    let ids = |kind| catalogue.packs(kind).map(|pack| pack.id.as_str()).collect::<Vec<_>>();
    assert_eq!(
        ids(TrainingType::Portrait),
        ["business", "studio", "travel", "season", "roles", "art"]
    );
    assert_eq!((ids(TrainingType::Style).len(), ids(TrainingType::Object).len()), (1, 1));
    let count = |kind| {
        catalogue.packs(kind).map(|pack| catalogue.styles(&pack.id).count()).collect::<Vec<_>>()
    };
    assert!(count(TrainingType::Portrait).iter().sum::<usize>() >= 44);
    for kind in TrainingType::iter() {
        assert!(count(kind).iter().all(|styles| (4..=10).contains(styles)), "{kind:?}");
    }
}

#[test]
fn every_prompt_holds_the_trigger_once_near_its_start_and_what_it_is() {
    let catalogue = shipped();
    for style in &catalogue.style {
        let kind = catalogue.kind(style).expect("it has a pack");
        for subject in Subject::iter() {
            let prompt = fill(&style.prompt, TRIGGER, subject, kind);
            let at = prompt.find(TRIGGER).expect("the trigger is there");
            let around = &prompt[at..];
            let named = match kind {
                TrainingType::Portrait => [" man", " woman", " person"]
                    .iter()
                    .any(|noun| around.starts_with(&format!("{TRIGGER}{noun}"))),
                TrainingType::Object => [" object", " dog", " cat", " animal"]
                    .iter()
                    .any(|noun| around.starts_with(&format!("{TRIGGER}{noun}"))),
                TrainingType::Style => prompt[..at].ends_with("in the style of "),
            };
            assert!(named, "{prompt}");
            assert_eq!(prompt.matches(TRIGGER).count(), 1, "{prompt}");
            // A trigger of the older Aisha is read without regard to case by some.
            assert!(!style.prompt.to_lowercase().contains("tok"), "{}", style.id);
            assert!(prompt[..at].chars().count() <= NEAR_START, "{prompt}");
            assert!(prompt.chars().count() <= LONGEST_PROMPT, "{prompt}");
            assert!(!prompt.contains(['{', '}', '(', ')', '[', ']', '<', '>', ':']), "{prompt}");
            assert!(prompt.is_ascii() || prompt.contains('é'), "{prompt}");
        }
    }
}

#[test]
fn no_style_names_what_is_left_out() {
    let left_out: HashSet<String> = words(LEFT_OUT).collect();
    for style in &shipped().style {
        let named: Vec<String> =
            words(&style.prompt).filter(|word| left_out.contains(word)).collect();
        assert!(named.is_empty(), "{} names {named:?}", style.id);
    }
}

#[test]
fn every_portrait_says_how_it_is_framed_lit_and_dressed() {
    let catalogue = shipped();
    for style in &catalogue.style {
        if catalogue.kind(style) != Some(TrainingType::Portrait) {
            continue;
        }
        let prompt = &style.prompt;
        let one_of = |wanted: &[&str]| wanted.iter().any(|word| prompt.contains(word));
        assert!(one_of(&["camera", "viewer", "gaze"]), "no gaze in {}", style.id);
        assert!(
            one_of(&["wearing", "with a light blue", "draped cloth"]),
            "no clothes in {}",
            style.id
        );
        assert!(
            one_of(&["light", "flash", "glow", "sun", "shading", "softbox"]),
            "no light in {}",
            style.id
        );
        assert!(one_of(&["mood", "authority", "courage"]), "no mood in {}", style.id);
        assert!((150..=500).contains(&prompt.len()), "{} has {}", style.id, prompt.len());
    }
}

#[test]
fn titles_are_in_both_languages_and_told_apart() {
    let catalogue = shipped();
    for language in [Language::Ru, Language::En] {
        let mut seen = HashSet::new();
        let titles = catalogue.style.iter().map(|style| &style.title);
        for title in titles.chain(catalogue.pack.iter().map(|pack| &pack.title)) {
            let title = title.of(language);
            assert!(seen.insert(title.to_owned()), "twice: {title}");
            let cyrillic = title.chars().any(|c| ('а'..='я').contains(&c));
            assert_eq!(cyrillic, language == Language::Ru, "{title}");
        }
    }
}

#[test]
fn ids_fit_buttons() {
    let catalogue = shipped();
    for style in &catalogue.style {
        assert!(format!("gen_style:{}", style.id).len() <= 64);
        assert!(catalogue.style(&style.id).is_some_and(|found| found.version > 0));
    }
    for pack in &catalogue.pack {
        assert!(format!("gen_pack:{}", pack.id).len() <= 64);
    }
    assert!(catalogue.style("nothing").is_none());
    assert_eq!(catalogue.styles("nothing").count(), 0);
}

#[test]
fn every_style_that_is_no_season_can_surprise_its_kind() {
    let catalogue = shipped();
    for kind in TrainingType::iter() {
        let draw = |seed| catalogue.surprise(kind, seed).expect("there is one").id.clone();
        let drawn: HashSet<String> = (0..1000).map(draw).collect();
        let all = catalogue
            .style
            .iter()
            .filter(|style| catalogue.kind(style) == Some(kind) && style.season.is_none());
        assert_eq!(drawn, all.map(|style| style.id.clone()).collect());
        assert_eq!(draw(7), draw(7));
        assert!(catalogue.surprise(kind, u64::MAX).is_some());
    }
}

#[test]
fn a_flaw_is_named() {
    let pack = "[[pack]]\nid = \"p\"\nemoji = \"x\"\nkind = \"portrait\"\ntitle = { ru = \"П\", en = \"P\" }\n";
    let style = "[[style]]\nid = \"s\"\npack = \"p\"\ntitle = { ru = \"С\", en = \"S\" }\n\
        prompt = \"a {subject}\"\nshape = \"1:1\"\nversion = 1\n";
    let good = format!("{pack}{style}");
    assert!(Catalogue::read(&good).is_ok());
    for (from, to, flaw) in [
        ("a {subject}", "a man", "does not name its subject once"),
        ("a {subject}", "{subject} {subject}", "does not name its subject once"),
        ("version = 1", "version = 1\nscale = 2.0", "scale out of range"),
        ("version = 1", "version = 1\nguidance = 0.0", "guidance out of range"),
        ("pack = \"p\"", "pack = \"q\"", "has no"),
        ("id = \"s\"", "id = \"S-1\"", "id that does not fit"),
        ("en = \"S\"", "en = \"\"", "title that does not fit"),
        ("shape = \"1:1\"", "shape = \"2:1\"", "cannot be read"),
        ("[[style]]", "[[other]]", "cannot be read"),
    ] {
        let error = Catalogue::read(&good.replacen(from, to, 1)).expect_err(to);
        assert!(error.to_string().contains(flaw), "{to}: {error}");
    }
    let twice = Catalogue::read(&format!("{good}{style}")).expect_err("twice");
    assert!(twice.to_string().contains("is there twice"), "{twice}");
}
