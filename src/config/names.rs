//! Names that look like ours but are not: otherwise a typo would silently have no effect.

use std::collections::BTreeMap;

/// Prefixes of our names; other names in the environment are not our business.
const BEGINNINGS: [&str; 21] = [
    "ACCESS",
    "AISHA_",
    "AUDIO_",
    "AVATAR_",
    "CHAT_",
    "CREDITS",
    "DATABASE_",
    "DB_",
    "FAL_",
    "GIFT_",
    "IMAGES_",
    "LIMIT_",
    "MINIO_",
    "OPENAI_",
    "OPERATOR",
    "PHOTO_",
    "PRICE_",
    "SPEND_",
    "STARS_",
    "TELEGRAM_",
    "TRANSCRI",
];

/// Names of the older Aisha that do nothing here.
const FORMER: [&str; 12] = [
    "FAL_WEBHOOK_SECRET",
    "FAL_ENABLE_WEBHOOK_SIMULATION",
    "MINIO_BUCKET_NAME",
    "MINIO_BUCKET_PHOTOS",
    "MINIO_BUCKET_TEMP",
    "TELEGRAM_DEV_TOKEN",
    "TELEGRAM_DEV_BOT_TOKEN",
    "POSTGRES_HOST",
    "POSTGRES_PORT",
    "POSTGRES_DB",
    "POSTGRES_USER",
    "POSTGRES_PASSWORD",
];

/// How many letters may be wrong, missing, extra or swapped for a name to count as a typo.
const SLIPS: usize = 2;

/// The known name that was probably meant by this one.
pub(super) fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .filter(|(slips, _)| (1..=SLIPS).contains(slips))
        .min()
        .map(|(_, known)| known)
}

/// Misspelt names in the environment, each with the name that was probably meant.
pub(super) fn misspelt<'a>(
    environment: &'a BTreeMap<String, String>,
    known: &[&'a str],
) -> Vec<(&'a str, &'a str)> {
    let ours = |name: &&str| BEGINNINGS.iter().any(|beginning| name.starts_with(beginning));
    // Shorter names are within two typos of too many others.
    let typical = |name: &&str| name.len() > 6 && !known.contains(name) && !FORMER.contains(name);
    let near = |name: &&str| ours(name) || meant_without_prefix(name, known);
    let names = environment.keys().map(String::as_str);
    names
        .filter(typical)
        .filter(near)
        .filter_map(|name| Some((name, meant(name, known.iter().copied())?)))
        .collect()
}

/// The typo may be in the prefix itself: `TELEGRM_BOT_TOKEN`.
fn meant_without_prefix(name: &str, known: &[&str]) -> bool {
    name.len() > 10 && meant(name, known.iter().copied()).is_some()
}

/// Names of the older Aisha that are set but do nothing.
pub(super) fn former(environment: &BTreeMap<String, String>) -> Vec<&str> {
    let known = |name: &&str| FORMER.contains(name);
    environment.keys().map(String::as_str).filter(known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 4] = ["FAL_WEBHOOK_URL", "TELEGRAM_BOT_TOKEN", "DB_POOL_SIZE", "OPERATORS"];

    fn of(names: &[&str]) -> Vec<(String, String)> {
        let environment = names.iter().map(|name| ((*name).to_owned(), String::new())).collect();
        let pairs = misspelt(&environment, &KNOWN);
        pairs.iter().map(|(name, meant)| ((*name).to_owned(), (*meant).to_owned())).collect()
    }

    #[test]
    fn a_slip_is_met_with_the_name_that_was_meant() {
        for (name, meant) in [
            ("FAL_WEBHOK_URL", "FAL_WEBHOOK_URL"),
            ("FAL_WEBHOOK_ULR", "FAL_WEBHOOK_URL"),
            ("TELEGRM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN"),
            ("DB_POOLSIZE", "DB_POOL_SIZE"),
            ("OPERATOR", "OPERATORS"),
        ] {
            assert_eq!(of(&[name]), [(name.to_owned(), meant.to_owned())]);
        }
    }

    #[test]
    fn names_of_others_and_of_the_older_aisha_are_left_alone() {
        assert!(
            of(&["HOME", "FAL_WEBHOOK_URL", "FAL_WEBHOOK_SECRET", "MINIO_SERVICE_HOST"]).is_empty()
        );
    }
}
