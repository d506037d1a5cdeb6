//! Sentences of people, guilty and innocent.

use super::*;

/// What is refused, and why.
const GUILTY: [(Refusal, &[&str]); 3] = [
    (
        Refusal::Minor,
        &[
            "ребёнок на пляже",
            "я как Ребенок",
            "с детьми в парке",
            "школьница в классе",
            "девочка с мячом",
            "несовершеннолетняя модель",
            "мне 15 лет",
            "девушка 16 лет у окна",
            "15-летняя на море",
            "5-летняя принцесса",
            "17 летний парень",
            "пятнадцатилетняя",
            "a child with a balloon",
            "two kids playing",
            "as a teenager in 1990",
            "schoolgirl uniform",
            "a 15-year-old in a park",
            "15yo on a beach",
            "portrait of me, aged 12",
            "12 years old me",
            "little girl in the garden",
            "nude child",
        ],
    ),
    (
        Refusal::Sexual,
        &[
            "голая на пляже",
            "Обнажённая натура",
            "в стиле ню",
            "порнография",
            "секс на столе",
            "без одежды у окна",
            "в кружевном белье",
            "nude on a beach",
            "completely NAKED",
            "topless in a pool",
            "hentai style",
            "having sex",
            "no clothes, only jewelry",
            "nsfw photo",
            "lingerie photoshoot",
            "show my ass",
        ],
    ),
    (
        Refusal::Hate,
        &[
            "в форме нациста",
            "свастика на флаге",
            "как Гитлер",
            "солдат вермахта",
            "зиг хайль",
            "nazi uniform",
            "with a swastika tattoo",
            "KKK robe",
            "ISIS flag in my hands",
            "terrorist with a gun",
        ],
    ),
];

/// What looks like it, and is not.
const INNOCENT: &[&str] = &[
    "детали интерьера, мелкие детали",
    "детектив в плаще",
    "на детской площадке никого",
    "первоклассный ресторан",
    "школьный двор осенью",
    "соскучился по морю",
    "стелющийся туман, секвойя, сектор",
    "педикюр и маникюр",
    "жидкий металл, жидкость",
    "голубое небо, голова, голос",
    "голые ветви деревьев зимой",
    "с голыми плечами в вечернем платье",
    "капитан нации, национальный костюм",
    "трахея и лёгкие",
    "порт и порог, портрет",
    "аэропорт, эра рококо",
    "через 10 лет в Париже",
    "фото 5 лет спустя",
    "на 10 лет моложе",
    "2 летних платья на вешалке",
    "мне 25 лет",
    "девушка 18 лет",
    "10-летний юбилей компании",
    "я и ты и он в кафе",
    "мальчишник в горах",
    "хачапури на столе, Хачико рядом",
    "член клуба яхтсменов",
    "ребята, сделайте красиво",
    "девушка в красном платье, парень с гитарой",
    "первый класс, бизнес-класс",
    "в купальнике у бассейна",
    "сексуальный взгляд",
    "в стиле 90-х, 4к, 35 мм, f/1.8",
    "15 свечей на торте, 12 месяцев",
    "a class act in Essex, Sussex and Middlesex",
    "passion, bass guitar, grass, assistant, cocktail glass",
    "cockpit of a plane, Hitchcock mood",
    "a girl in a café, a boy next door look",
    "baby blue dress, baby's breath bouquet",
    "kid leather gloves",
    "nude tones, nude lipstick",
    "visible to the naked eye",
    "double-breasted suit",
    "canteen, thirteen candles, nineteen roses",
    "kick-ass hero pose",
    "pussy willow branches",
    "10 years younger, in 10 years",
    "a 12-year-old whisky on the table",
    "12 years old car behind me",
    "a 35 years old man",
    "goddess Isis in Egypt",
    "Ashkenazi wedding, Nazareth at dusk",
    "analog film, analysis, canal",
    "titan armor, title, titanium",
    "cumin and cucumber",
    "infantry square, no-photo sign",
    "sextant on a ship, sixth sense",
    "therapist in a chair",
    "Dick's lighthouse, minor key",
    "a unicorn, popcorn, cornflowers",
    "**bold** portrait, f***ing great",
    "shot on 35mm, 85mm, ISO 100, 8k",
    "TOK_0b8f6c3e man in a suit",
    "U.S.A. road trip, F. B. I. style",
    "",
    "🙂",
];

fn judged(text: &str) -> Option<Refusal> {
    Policy::shipped().expect("the lists are readable").refusal(text)
}

#[test]
fn guilty_sentences_are_refused_for_what_they_are() {
    let policy = Policy::shipped().expect("the lists are readable");
    for (refusal, sentences) in GUILTY {
        for sentence in sentences {
            assert_eq!(policy.refusal(sentence), Some(refusal), "{sentence}");
        }
    }
}

#[test]
fn disguises_do_not_help() {
    for disguised in [
        "гoлaя на пляже", // Latin o and a
        "ceкc",           // Latin c and e
        "п0рн0",
        "nopнo",
        "с3кс",
        "р е б ё н о к",
        "с.е.к.с",
        "п-о-р-н-о",
        "пор.но",
        "г*лая на пляже",
        "гооооолая",
        "ГоЛаЯ",
        "го\u{200b}лая",
        "ребе\u{308}нок",
        "n@ked",
        "nak3d",
        "n4k3d",
        "p0rn",
        "p o r n",
        "n.u.d.e",
        "nu-de",
        "n*de",
        "nаkеd", // Cyrillic а and е
        "naaaaked",
        "ｎａｋｅｄ",
        "𝓷𝓪𝓴𝓮𝓭",
        "nàked",
        "ch1ld",
        "te3n",
        "naz1",
        "н4ци5т 5в4стика свaстикa",
        "xxх",
        "5ex",
        "$ex",
    ] {
        assert!(judged(disguised).is_some(), "{disguised}");
    }
}

#[test]
fn innocent_sentences_pass() {
    let policy = Policy::shipped().expect("the lists are readable");
    for sentence in INNOCENT {
        assert_eq!(policy.refusal(sentence), None, "{sentence}");
    }
}

#[test]
fn the_worst_reason_is_named() {
    assert_eq!(judged("голый нацист"), Some(Refusal::Sexual));
    assert_eq!(judged("голый ребёнок"), Some(Refusal::Minor));
}

#[test]
fn our_own_styles_are_innocent() {
    let policy = Policy::shipped().expect("the lists are readable");
    let text = include_str!("../styles.toml");
    for line in text.lines().filter(|line| line.starts_with("prompt") || line.starts_with("title"))
    {
        assert_eq!(policy.refusal(line), None, "{line}");
    }
}

#[test]
fn long_words_are_judged_too() {
    let most = "а".repeat(1000);
    assert_eq!(judged(&most), None);
    assert_eq!(judged(&"* ".repeat(500)), None);
    assert_eq!(judged(&format!("{}порно", "я ".repeat(490))), Some(Refusal::Sexual));
}

#[test]
fn three_refusals_in_a_day_pause() {
    let noon = DateTime::UNIX_EPOCH;
    let hours = |n| noon + TimeDelta::hours(n);
    assert_eq!(strikes(0, None, noon), (1, false));
    assert_eq!(strikes(1, Some(noon), hours(1)), (2, false));
    assert_eq!(strikes(2, Some(hours(1)), hours(25)), (3, true));
    assert_eq!(strikes(2, Some(hours(1)), hours(26)), (1, false));
    assert_eq!(strikes(3, Some(hours(2)), hours(3)), (4, true));
    assert_eq!(strikes(u32::MAX, Some(noon), noon), (u32::MAX, true));
    // Another machine's clock was ahead.
    assert_eq!(strikes(1, Some(hours(1)), noon), (2, false));
}
