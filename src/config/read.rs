//! From values to settings, noting every mistake.

use super::{Config, Database, Http, Mistake, Source, TrainerChoice, Webhooks};
use crate::fal::FalSettings;
use crate::logging::LogSettings;
use crate::objects::S3Settings;
use crate::telegram::Settings as TelegramSettings;
use actors::timing::{Fallback, Policy};
use actors::world::{Limits, Roles};
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;
use url::{Host, Url};

/// Reads values one by one and collects what is wrong with them.
struct Reader<'a> {
    source: &'a Source,
    mistakes: Vec<Mistake>,
    remarks: Vec<String>,
}

pub(super) fn read(source: &Source, roles: Roles) -> Result<Config, Vec<Mistake>> {
    let mut reader =
        Reader { source, mistakes: source.mistakes().to_vec(), remarks: source.remarks().to_vec() };
    let http = reader.http();
    let config = Config {
        database: reader.database(),
        data_dir: PathBuf::from(reader.text("AISHA_DATA_DIR").unwrap_or("./data")),
        telegram: reader.telegram(roles),
        trainer: reader.trainer(roles),
        webhooks: reader.webhooks(&http),
        policy: reader.policy(),
        polls_per_second: reader.value("FAL_REQUESTS_PER_SECOND", 10, 1, 100_000),
        limits: reader.limits(),
        objects: reader.objects(),
        log: reader.log(),
        http,
        remarks: Vec::new(),
    };
    reader.not_yet();
    if reader.mistakes.is_empty() {
        Ok(Config { remarks: reader.remarks, ..config })
    } else {
        Err(reader.mistakes)
    }
}

impl Reader<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.source.get(name)
    }

    fn secret(&self, name: &str) -> Option<SecretString> {
        self.text(name).map(SecretString::from)
    }

    fn mistake(&mut self, name: &str, problem: impl Into<String>, remedy: impl Into<String>) {
        self.mistakes.push(Mistake {
            name: name.to_owned(),
            problem: problem.into(),
            remedy: remedy.into(),
        });
    }

    /// A value of a type within bounds, or its default.
    fn value<T: FromStr + PartialOrd + std::fmt::Display + Copy>(
        &mut self,
        name: &str,
        default: T,
        least: T,
        most: T,
    ) -> T {
        let Some(text) = self.text(name).map(str::to_owned) else { return default };
        match text.trim().parse::<T>() {
            Ok(value) if value >= least && value <= most => value,
            Ok(_) => {
                let remedy =
                    format!("give a value from {least} to {most}; the default is {default}");
                self.mistake(name, format!("«{text}» is out of range"), remedy);
                default
            }
            Err(_) => {
                let remedy =
                    format!("give a number from {least} to {most}; the default is {default}");
                self.mistake(name, format!("«{text}» is not a number of its kind"), remedy);
                default
            }
        }
    }

    fn seconds(&mut self, name: &str, default: u64, least: u64) -> Duration {
        // A month is longer than anything here can sensibly be.
        Duration::from_secs(self.value(name, default, least, 31 * 24 * 3600))
    }

    fn switch(&mut self, name: &str, default: bool) -> bool {
        let Some(text) = self.text(name).map(str::to_lowercase) else { return default };
        match text.as_str() {
            "true" | "1" | "yes" | "on" => true,
            "false" | "0" | "no" | "off" => false,
            _ => {
                self.mistake(
                    name,
                    format!("«{text}» is neither true nor false"),
                    "write true or false",
                );
                default
            }
        }
    }

    fn address(&mut self, name: &str, default: SocketAddr) -> SocketAddr {
        let Some(text) = self.text(name).map(str::to_owned) else { return default };
        text.parse().unwrap_or_else(|_| {
            let remedy = format!("write an address and a port, as in {default}");
            self.mistake(name, format!("«{text}» is not an address"), remedy);
            default
        })
    }

    /// An address of a service: https, or http on this very machine.
    fn url(&mut self, name: &str, default: &'static str) -> Url {
        let given = self.text(name).map(str::to_owned);
        match given.as_deref().map(address_of) {
            None => known(default),
            Some(Ok(url)) => url,
            Some(Err(problem)) => {
                let remedy = "write an https address; http is for this machine only (127.0.0.1)";
                self.mistake(name, problem, remedy);
                known(default)
            }
        }
    }

    fn database(&mut self) -> Database {
        let pool_size = self.value("DB_POOL_SIZE", 10, 2, 1000);
        let server = self.text("DATABASE_URL").map(|url| url.replacen("+asyncpg", "", 1));
        let server = server.and_then(|url| match url.parse::<tokio_postgres::Config>() {
            Ok(config) if !config.get_hosts().is_empty() => Some(config),
            Ok(_) => {
                self.mistake("DATABASE_URL", "it names no host", URL_FORM);
                None
            }
            // The error may repeat the address with its password: only its kind is said.
            Err(_) => {
                self.mistake(
                    "DATABASE_URL",
                    "it is not the address of a PostgreSQL database",
                    URL_FORM,
                );
                None
            }
        });
        Database { server, pool_size }
    }

    fn http(&mut self) -> Http {
        let public = self.address("AISHA_LISTEN", SocketAddr::from(([127, 0, 0, 1], 8080)));
        let admin = self.address("AISHA_ADMIN_LISTEN", SocketAddr::from(([127, 0, 0, 1], 8081)));
        let admin_token = self.secret("AISHA_ADMIN_TOKEN");
        if admin_token.is_none() && !admin.ip().is_loopback() {
            self.mistake(
                "AISHA_ADMIN_LISTEN",
                "the admin page would be open to everybody",
                "listen on 127.0.0.1, or set AISHA_ADMIN_TOKEN",
            );
        }
        Http { public, admin, admin_token }
    }

    fn telegram(&mut self, roles: Roles) -> TelegramSettings {
        let token = self.secret("TELEGRAM_BOT_TOKEN");
        if token.is_none() && (roles.bot || roles.trainer) {
            self.mistake(
                "TELEGRAM_BOT_TOKEN",
                "it is missing",
                "ask @BotFather for a token and set it; nothing can be told without one",
            );
        }
        let api_url = self.url("TELEGRAM_API_URL", "https://api.telegram.org");
        TelegramSettings { api_url, token: token.unwrap_or_default() }
    }

    fn trainer(&mut self, roles: Roles) -> TrainerChoice {
        let steps = self.value("FAL_DEFAULT_ITERATIONS", 500, 1, 10_000);
        let takes = self.seconds("FAL_MOCK_TRAINING_DURATION", 30, 0);
        let queue = self.url("FAL_QUEUE_URL", "https://queue.fal.run");
        let rest = self.url("FAL_REST_URL", FAL_REST);
        let webhook = self.text("FAL_WEBHOOK_URL").is_some();
        let webhook = webhook.then(|| self.url("FAL_WEBHOOK_URL", FAL_REST));
        if self.switch("FAL_TRAINING_TEST_MODE", false) {
            self.remarks.push("test mode: nothing is trained and nothing is spent".to_owned());
            return TrainerChoice::Rehearsal { takes, steps };
        }
        let key = self.secret("FAL_API_KEY");
        if key.is_none() && roles.trainer {
            self.mistake(
                "FAL_API_KEY",
                "it is missing",
                "set FAL's key, or FAL_TRAINING_TEST_MODE=true to try without one",
            );
        }
        if webhook.is_none() && roles.trainer {
            self.remarks.push(
                "FAL_WEBHOOK_URL is not set: trainings are only polled, which works everywhere; \
                 a public address makes the news come sooner"
                    .to_owned(),
            );
        }
        let key = key.unwrap_or_default();
        TrainerChoice::Fal(Box::new(FalSettings { queue, rest, key, webhook, steps }))
    }

    fn webhooks(&mut self, http: &Http) -> Webhooks {
        let verify = self.switch("FAL_WEBHOOK_VERIFY", true);
        let all_on_loopback = http.public.ip().is_loopback() && http.admin.ip().is_loopback();
        if !verify && !all_on_loopback {
            self.mistake(
                "FAL_WEBHOOK_VERIFY",
                "false would let anybody report results",
                "leave it true, or listen on loopback only",
            );
        }
        let user = self.text("FAL_USER_ID").map(str::to_owned);
        if user.is_none() && verify {
            self.remarks.push(
                "FAL_USER_ID is not set: FAL signs for all of its customers, so set it to your own \
                 FAL user id once you know it"
                    .to_owned(),
            );
        }
        // A wrong address is noted where the trainer is read; once is enough.
        let keys = self.text("FAL_REST_URL").and_then(|text| address_of(text).ok());
        let keys = keys.unwrap_or_else(|| known(FAL_REST));
        Webhooks { verify, user, keys }
    }

    fn policy(&mut self) -> Policy {
        let policy = Policy {
            first_check: self.seconds("FAL_FIRST_CHECK_DELAY", 30, 0),
            interval: self.seconds("FAL_STATUS_CHECK_INTERVAL", 60, 1),
            timeout: self.seconds("FAL_TRAINING_TIMEOUT", 86_400, 1),
            completeness: self.seconds("COMPLETENESS_CHECK_DELAY", 600, 0),
            fallback: self.fallback(),
        };
        if policy.timeout < Duration::from_hours(1) {
            self.remarks.push(
                "FAL_TRAINING_TIMEOUT is below an hour: trainings take up to an hour, and those \
                 that take longer are given up although they are paid for"
                    .to_owned(),
            );
        }
        policy
    }

    fn fallback(&mut self) -> Fallback {
        match self.text("RESULT_FALLBACK").map(str::to_lowercase).as_deref() {
            None | Some("honest") => Fallback::Honest,
            Some("placeholder") => {
                self.remarks.push(
                    "RESULT_FALLBACK=placeholder: a training whose weights are out of reach is called \
                     completed with a marked placeholder, and repaired later"
                        .to_owned(),
                );
                Fallback::Placeholder
            }
            Some(other) => {
                let problem = format!("«{other}» is unknown");
                self.mistake("RESULT_FALLBACK", problem, "write honest or placeholder");
                Fallback::Honest
            }
        }
    }

    fn limits(&mut self) -> Limits {
        let min_photos = self.value("AVATAR_MIN_PHOTOS", 10, 1, 100);
        let max_photos = self.value("AVATAR_MAX_PHOTOS", 20, 1, 100);
        if min_photos > max_photos {
            self.mistake(
                "AVATAR_MIN_PHOTOS",
                format!("{min_photos} is more than AVATAR_MAX_PHOTOS = {max_photos}"),
                "make it the smaller of the two",
            );
        }
        Limits {
            min_photos,
            max_photos,
            photo_pixels: self.value("PHOTO_MIN_RESOLUTION", 512, 1, 4096),
            photo_bytes: self.value("PHOTO_MAX_SIZE", 20_971_520, 1024, 20_971_520),
            recovery_interval: self.seconds("RECOVERY_INTERVAL", 60, 1),
            lease: self.seconds("LEASE_SECONDS", 8, 2),
        }
    }

    fn objects(&mut self) -> Option<S3Settings> {
        let endpoint = self.text("MINIO_ENDPOINT")?.to_owned();
        let secure = self.switch("MINIO_SECURE", false);
        let bucket = self.text("MINIO_BUCKET_AVATARS").unwrap_or("aisha-v2-avatars").to_owned();
        let region = self.text("MINIO_REGION").map(str::to_owned);
        let (access, secret) =
            (self.text("MINIO_ACCESS_KEY").map(str::to_owned), self.secret("MINIO_SECRET_KEY"));
        for (name, missing) in
            [("MINIO_ACCESS_KEY", access.is_none()), ("MINIO_SECRET_KEY", secret.is_none())]
        {
            if missing {
                let remedy = "set it, or unset MINIO_ENDPOINT to keep objects as files";
                self.mistake(name, "it is missing although MINIO_ENDPOINT is set", remedy);
            }
        }
        let (access_key, secret_key) = (access?, secret?);
        Some(S3Settings { endpoint, access_key, secret_key, secure, region, bucket })
    }

    fn log(&mut self) -> LogSettings {
        let level = self.text("LOG_LEVEL").unwrap_or("info").to_lowercase();
        let format = self.text("LOG_FORMAT").map(str::to_lowercase);
        LogSettings::of(&level, format.as_deref()).unwrap_or_else(|wrong| {
            for (name, remedy) in wrong {
                let value = if name == "LOG_LEVEL" { Some(&level) } else { format.as_ref() };
                let value = value.map(String::as_str).unwrap_or_default();
                self.mistake(name, format!("«{value}» is unknown"), remedy);
            }
            LogSettings::default()
        })
    }

    /// Values that would be silently without effect are refused instead.
    fn not_yet(&mut self) {
        if let Some(value) = self.text("NOTIFY_UNCERTAIN").filter(|value| *value != "edit") {
            let problem = format!("«{value}» is not available in this version");
            self.mistake("NOTIFY_UNCERTAIN", problem, "leave it unset, which means edit");
        }
        for name in NOT_YET.iter().filter(|name| self.source.get(name).is_some()) {
            self.remarks.push(format!("{name} has no effect in this version"));
        }
        if self.text("TELEGRAM_WEBHOOK_URL").is_some() {
            self.mistake(
                "TELEGRAM_WEBHOOK_URL",
                "it is not available in this version",
                "leave it unset: updates come by long polling, which works everywhere",
            );
        }
    }
}

/// Where FAL's uploads and keys are, unless the configuration says otherwise.
const FAL_REST: &str = "https://rest.fal.ai";

/// An address of ours, known to be one; a test reads the defaults.
#[expect(clippy::expect_used, reason = "a constant of this file")]
fn known(address: &'static str) -> Url {
    Url::parse(address).expect("a default address")
}

fn address_of(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) => {
            Ok(url)
        }
        Ok(_) => Err(format!("«{text}» is not https")),
        Err(error) => Err(format!("«{text}» is not an address: {error}")),
    }
}

/// Known names that nothing reads yet.
const NOT_YET: [&str; 5] = [
    "FAL_DEFAULT_MODE",
    "MINIO_BUCKET_TRANSCRIPTS",
    "OPENAI_API_KEY",
    "OPENAI_API_URL",
    "TELEGRAM_WEBHOOK_SECRET",
];

const URL_FORM: &str =
    "write postgresql://user:password@host:5432/database, or unset it for a private server";

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
