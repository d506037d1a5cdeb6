//! Who may use the bot, and what may be spent.

use super::Reader;
use actors::access::{Access, Entry};
use actors::spending::{SpendingLimits, Usd};

/// Most people in a list: it is part of every statement that starts something.
const LONGEST_LIST: usize = 1000;

/// Trainings that one person may start in 24 hours.
const TRAININGS: u32 = 3;

/// Pictures that one person may order in 24 hours.
const PICTURES: u32 = 100;

/// US dollars that may be spent in 24 hours.
const DOLLARS: f64 = 100.0;

impl Reader<'_> {
    pub(super) fn access(&mut self) -> Access {
        let operators = self.people("OPERATORS");
        let users = self.people("ACCESS_USERS");
        let entry = match self.text("ACCESS").map(str::to_lowercase).as_deref() {
            None | Some("open") => Entry::Open,
            Some("invite") => Entry::Invite,
            Some("list") => Entry::List,
            Some(other) => {
                let problem = format!("«{other}» is unknown");
                self.mistake("ACCESS", problem, "write open, invite or list");
                Entry::Open
            }
        };
        match (entry, self.text("ACCESS_USERS").is_some()) {
            (Entry::List, false) => self.mistake(
                "ACCESS_USERS",
                "it is missing although ACCESS is list, so nobody could use the bot",
                "name the Telegram ids of the people who may use it, separated by commas",
            ),
            (Entry::Open | Entry::Invite, true) => self.mistake(
                "ACCESS_USERS",
                "it has no effect unless ACCESS is list",
                "set ACCESS=list, or unset ACCESS_USERS",
            ),
            (Entry::List, true) | (Entry::Open | Entry::Invite, false) => {}
        }
        Access::new(entry, &users, &operators)
    }

    pub(super) fn spending(&mut self) -> SpendingLimits {
        let limited = |name| self.text(name).is_none_or(|text| !text.eq_ignore_ascii_case("none"));
        let [trainings, pictures, of_all] =
            ["LIMIT_TRAININGS_PER_DAY", "LIMIT_IMAGES_PER_DAY", "SPEND_LIMIT_PER_DAY"].map(limited);
        let trainings =
            trainings.then(|| self.value("LIMIT_TRAININGS_PER_DAY", TRAININGS, 1, 10_000));
        let pictures = pictures.then(|| self.value("LIMIT_IMAGES_PER_DAY", PICTURES, 1, 100_000));
        let dollars = of_all.then(|| self.value("SPEND_LIMIT_PER_DAY", DOLLARS, 0.01, 1_000_000.0));
        if dollars.is_none() {
            self.remarks.push(
                "SPEND_LIMIT_PER_DAY=none: nothing limits what people can make you pay FAL"
                    .to_owned(),
            );
        }
        SpendingLimits { trainings, pictures, usd: dollars.map(Usd::of_dollars) }
    }

    /// Telegram ids of people, separated by commas.
    fn people(&mut self, name: &str) -> Vec<i64> {
        let text = self.text(name).unwrap_or_default().to_owned();
        let mut people = Vec::new();
        for word in text.split([',', ' ', '\n']).filter(|word| !word.is_empty()) {
            match word.parse::<i64>() {
                // Groups and channels have negative numbers.
                Ok(id) if id > 0 => people.push(id),
                Ok(_) | Err(_) => self.mistake(
                    name,
                    format!("«{word}» is not the Telegram id of a person"),
                    "write numbers separated by commas; @userinfobot tells people their id",
                ),
            }
        }
        if people.len() > LONGEST_LIST {
            self.mistake(
                name,
                format!("it names {} people", people.len()),
                format!("name at most {LONGEST_LIST}; for more, use ACCESS=invite"),
            );
        }
        people
    }
}
