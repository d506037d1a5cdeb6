//! What things cost in credits, and what credits cost in Telegram's Stars.

use super::Reader;
use crate::config::{Package, TrainerChoice};
use actors::credits::{Earner, Prices};

/// Credits of a training: about what its 1000 steps cost us, where a Star buys one.
const TRAINING: i64 = 300;

/// Credits of a picture.
const IMAGE: i64 = 5;

/// Credits of a minute of speech.
const AUDIO_MINUTE: i64 = 1;

/// Most credits of anything: sums of them stay far from the end of a number.
const MOST: i64 = 1_000_000;

/// Stars : credits.
const PACKAGES: &str = "100:100,250:260,500:550,1000:1150";

/// Most Stars that Telegram takes for one invoice.
const MOST_STARS: i64 = 25_000;

/// Most packages: as many buttons as fit below a message on a phone.
const MOST_PACKAGES: usize = 8;

/// Names that mean nothing as long as nothing costs credits, with their defaults.
const NEED_CREDITS: [(&str, i64); 3] =
    [("PRICE_TRAINING", TRAINING), ("PRICE_IMAGE", IMAGE), ("CREDITS_WELCOME", 0)];

impl Reader<'_> {
    /// The prices, unless nothing costs credits. All values are checked in both cases.
    pub(super) fn prices(&mut self, trainer: &TrainerChoice) -> Option<Prices> {
        let prices = Prices {
            training: self.value("PRICE_TRAINING", TRAINING, 0, MOST),
            picture: self.value("PRICE_IMAGE", IMAGE, 0, MOST),
            audio_minute: self.value("PRICE_AUDIO_MINUTE", AUDIO_MINUTE, 0, MOST),
            welcome: self.value("CREDITS_WELCOME", 0, 0, MOST),
            earner: match trainer {
                TrainerChoice::Fal(_) => Earner::Income,
                TrainerChoice::Rehearsal { .. } => Earner::Promo,
            },
        };
        if self.switch("CREDITS", false) {
            return Some(prices);
        }
        let given = |text: Option<&str>| text.and_then(|text| text.trim().parse::<i64>().ok());
        for (name, usual) in NEED_CREDITS {
            if given(self.text(name)).is_some_and(|given| given != usual) {
                self.remarks.push(format!("{name} has no effect without CREDITS=on"));
            }
        }
        None
    }

    /// What can be bought with Stars.
    pub(super) fn packages(&mut self) -> Vec<Package> {
        let text = self.text("STARS_PACKAGES").unwrap_or(PACKAGES).to_owned();
        let mut packages: Vec<Package> = Vec::new();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            match package(word) {
                Some(package) if packages.iter().all(|other| other.stars != package.stars) => {
                    packages.push(package);
                }
                Some(_) => {
                    self.wrong_package(format!("«{word}» costs the same as another package"));
                }
                None => self.wrong_package(format!("«{word}» is not a package")),
            }
        }
        if !(1..=MOST_PACKAGES).contains(&packages.len()) {
            self.wrong_package(format!("it names {} packages", packages.len()));
        }
        packages
    }

    fn wrong_package(&mut self, problem: String) {
        let remedy = format!(
            "write 1 to {MOST_PACKAGES} packages as STARS:CREDITS, separated by commas, each with \
             another price of 1 to {MOST_STARS} Stars; the default is {PACKAGES}"
        );
        self.mistake("STARS_PACKAGES", problem, remedy);
    }
}

/// A package in the words of the configuration.
fn package(word: &str) -> Option<Package> {
    let (stars, credits) = word.split_once(':')?;
    let within = |text: &str, most: i64| {
        text.trim().parse::<i64>().ok().filter(|number| (1..=most).contains(number))
    };
    let stars = i32::try_from(within(stars, MOST_STARS)?).ok()?;
    Some(Package { stars, credits: within(credits, MOST)? })
}
