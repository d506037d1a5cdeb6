//! From values to settings, recording every mistake. One file per subject.

mod access;
mod chat;
mod credits;
mod fal;
mod later;
mod limits;
mod listeners;
mod photos;
mod stores;
mod telegram;
mod value;

use super::{Config, Mistake, Source};
use actors::process::Roles;
use std::path::PathBuf;

/// Reads values one by one and collects the mistakes.
struct Reader<'a> {
    source: &'a Source,
    mistakes: Vec<Mistake>,
    remarks: Vec<String>,
}

pub(super) fn read(source: &Source, roles: Roles) -> Result<Config, Vec<Mistake>> {
    let mut reader =
        Reader { source, mistakes: source.mistakes().to_vec(), remarks: source.remarks().to_vec() };
    let http = reader.http();
    let trainer = reader.trainer(roles);
    let prices = reader.prices(&trainer);
    let config = Config {
        database: reader.database(),
        data_dir: PathBuf::from(reader.text("AISHA_DATA_DIR").unwrap_or("./data")),
        telegram: reader.telegram(roles, prices.is_some()),
        hook: reader.hook(roles),
        prices,
        packages: reader.packages(),
        trainer,
        webhooks: reader.webhooks(&http),
        policy: reader.policy(),
        pictures: reader.pictures(),
        chat: reader.chat(),
        polls_per_second: reader.value("FAL_REQUESTS_PER_SECOND", 10, 1, 100_000),
        limits: reader.limits(),
        delivery: reader.delivery(),
        recovery: reader.recovery(),
        rules: reader.rules(),
        access: reader.access(),
        spending: reader.spending(),
        objects: reader.objects(),
        log: reader.log(),
        http,
        fingerprint: source.fingerprint(),
        remarks: Vec::new(),
    };
    reader.not_yet();
    if reader.mistakes.is_empty() {
        Ok(Config { remarks: reader.remarks, ..config })
    } else {
        Err(reader.mistakes)
    }
}
