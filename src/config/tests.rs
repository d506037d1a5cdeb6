//! The shipped example configuration matches the code.

use super::source::{KNOWN, SECRETS};
use super::{Config, Source};
use actors::world::Roles;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

const SHIPPED: &str = include_str!("../../systemd/aisha.toml");

const ROLES: Roles = Roles { api: true, bot: false, trainer: false };

/// `# NAME = value` lines: the name, and the value if there is a default.
fn settings() -> BTreeMap<&'static str, Option<&'static str>> {
    let setting = |line: &'static str| {
        let (name, value) = line.strip_prefix("# ")?.split_once(" =")?;
        let named = name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
        named.then(|| (name, Some(value.trim()).filter(|value| !value.is_empty())))
    };
    SHIPPED.lines().filter_map(setting).collect()
}

fn read(source: &Source) -> Config {
    Config::read(source, ROLES).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

#[test]
fn the_shipped_file_names_every_setting_and_no_secret() {
    let wanted: BTreeSet<&str> =
        KNOWN.iter().copied().filter(|name| !SECRETS.contains(name)).collect();
    let named: BTreeSet<&str> = settings().into_keys().collect();
    assert_eq!(named, wanted);
    for secret in SECRETS {
        assert!(SHIPPED.contains(&secret.to_lowercase()), "{secret} is not explained");
    }
}

#[test]
fn its_defaults_are_those_of_the_code() {
    // What has no effect yet has no default either.
    let without_effect = ["FAL_DEFAULT_MODE", "MINIO_BUCKET_TRANSCRIPTS"];
    let file = tempfile::NamedTempFile::new().unwrap();
    let defaults: String = settings()
        .into_iter()
        .filter(|(name, _)| !without_effect.contains(name))
        .filter_map(|(name, value)| Some(format!("{name} = {}\n", value?)))
        .collect();
    fs::write(file.path(), defaults).unwrap();
    let environment =
        BTreeMap::from([("AISHA_CONFIG".to_owned(), file.path().display().to_string())]);
    let same = |config: Config| {
        format!("{:?}", Config { fingerprint: super::Fingerprint::default(), ..config })
    };
    let (shipped, bare) = (read(&Source::of(&environment)), read(&Source::default()));
    assert_eq!(same(shipped), same(bare));
}
