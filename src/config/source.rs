//! Where values come from, in order of precedence: a credential file, the environment, the TOML
//! file.

use super::names;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// One mistake in the configuration, for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The variable.
    pub name: String,
    /// What is wrong with its value; a secret's value is never shown.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.name, self.problem, self.remedy)
    }
}

/// Names with the same meaning: the first is ours, the second the older Aisha's.
const ALIASES: &[(&str, &str)] = &[
    ("TELEGRAM_BOT_TOKEN", "TELEGRAM_TOKEN"),
    ("FAL_API_KEY", "FAL_KEY"),
    ("FAL_TRAINING_TEST_MODE", "AVATAR_TEST_MODE"),
];

/// Values that may come from a credential file, which then takes precedence.
pub(super) const SECRETS: &[&str] = &[
    "DATABASE_URL",
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_WEBHOOK_SECRET",
    "FAL_API_KEY",
    "AISHA_ADMIN_TOKEN",
    "MINIO_ACCESS_KEY",
    "MINIO_SECRET_KEY",
    "OPENAI_API_KEY",
];

/// Every name that the configuration knows.
pub(super) const KNOWN: &[&str] = &[
    "DATABASE_URL",
    "DB_POOL_SIZE",
    "AISHA_DATA_DIR",
    "AISHA_LISTEN",
    "AISHA_ADMIN_LISTEN",
    "AISHA_ADMIN_TOKEN",
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_API_URL",
    "TELEGRAM_WEBHOOK_URL",
    "TELEGRAM_WEBHOOK_SECRET",
    "FAL_API_KEY",
    "FAL_QUEUE_URL",
    "FAL_REST_URL",
    "FAL_PLATFORM_URL",
    "FAL_WEBHOOK_URL",
    "FAL_WEBHOOK_VERIFY",
    "FAL_TRAINING_TEST_MODE",
    "FAL_MOCK_TRAINING_DURATION",
    "FAL_STATUS_CHECK_INTERVAL",
    "FAL_FIRST_CHECK_DELAY",
    "FAL_TRAINING_TIMEOUT",
    "FAL_GENERATION_CHECK_INTERVAL",
    "FAL_GENERATION_TIMEOUT",
    "IMAGES_PER_REQUEST",
    "GIFT_IMAGES",
    "RECOVERY_INTERVAL",
    "COMPLETENESS_CHECK_DELAY",
    "FAL_USER_ID",
    "FAL_REQUESTS_PER_SECOND",
    "LEASE_SECONDS",
    "FAL_DEFAULT_MODE",
    "FAL_DEFAULT_ITERATIONS",
    "NOTIFY_GIVE_UP_AFTER",
    "NOTIFY_UNCERTAIN",
    "RESULT_FALLBACK",
    "AVATAR_MIN_PHOTOS",
    "AVATAR_MAX_PHOTOS",
    "PHOTO_MAX_SIZE",
    "PHOTO_MIN_RESOLUTION",
    "PHOTO_MIN_SHARPNESS",
    "PHOTO_MIN_FACE",
    "PHOTO_MIN_BRIGHTNESS",
    "PHOTO_MAX_BRIGHTNESS",
    "PHOTO_MIN_CONTRAST",
    "PHOTO_TWIN_BITS",
    "PHOTO_REFUSE",
    "MINIO_ENDPOINT",
    "MINIO_ACCESS_KEY",
    "MINIO_SECRET_KEY",
    "MINIO_SECURE",
    "MINIO_REGION",
    "MINIO_BUCKET_AVATARS",
    "MINIO_BUCKET_TRANSCRIPTS",
    "ACCESS",
    "ACCESS_USERS",
    "OPERATORS",
    "LIMIT_TRAININGS_PER_DAY",
    "LIMIT_IMAGES_PER_DAY",
    "SPEND_LIMIT_PER_DAY",
    "OPENAI_API_KEY",
    "OPENAI_API_URL",
    "CHAT_MODEL",
    "CHAT_CONTEXT_TOKENS",
    "DATABASE_DIRECT_URL",
    "DEFAULT_LANGUAGE",
    "TRANSCRIBE_PROVIDER",
    "TRANSCRIBE_MODEL",
    "TRANSCRIBE_MAX_MINUTES",
    "AUDIO_RETENTION_HOURS",
    "TRANSCRIPT_RETENTION_DAYS",
    "TELEGRAM_FILES_DIR",
    "LIMIT_AUDIO_MINUTES_PER_DAY",
    "CREDITS",
    "PRICE_TRAINING",
    "PRICE_IMAGE",
    "PRICE_AUDIO_MINUTE",
    "CREDITS_WELCOME",
    "STARS_PACKAGES",
    "SUPPORT_CONTACT",
    "TERMS_URL",
    "PRIVACY_URL",
    "LOG_LEVEL",
    "LOG_FORMAT",
];

/// The bits of a file's mode that let its group and everybody else read it.
const OTHERS_READ: u32 = 0o044;

/// Where the package puts the binary, and where its units keep its configuration.
const INSTALLED: &str = "/usr/bin/aisha";
const PACKAGED: &[(&str, &str)] = &[
    ("AISHA_CONFIG", "/etc/aisha/aisha.toml"),
    ("AISHA_DATA_DIR", "/var/lib/aisha"),
    ("CREDENTIALS_DIRECTORY", "/etc/aisha/credentials"),
];

/// All values, by name.
#[derive(Clone, Debug, Default)]
pub struct Source {
    values: BTreeMap<&'static str, String>,
    mistakes: Vec<Mistake>,
    remarks: Vec<String>,
}

impl Source {
    /// Reads the environment, and the files that it names.
    ///
    /// The packaged binary looks where the package puts things, so that an operator's command finds
    /// the service without being told where it is.
    #[must_use]
    pub fn of_process() -> Self {
        let mut environment: BTreeMap<String, String> = std::env::vars().collect();
        if std::env::current_exe().is_ok_and(|binary| binary == Path::new(INSTALLED)) {
            for (name, path) in PACKAGED.iter().filter(|(_, path)| Path::new(path).exists()) {
                environment.entry((*name).to_owned()).or_insert_with(|| (*path).to_owned());
            }
        }
        Self::of(&environment)
    }

    /// Reads a given environment, and the files that it names.
    #[must_use]
    pub fn of(environment: &BTreeMap<String, String>) -> Self {
        let mut source = Self::default();
        if let Some(path) = environment.get("AISHA_CONFIG") {
            source.read_toml(Path::new(path));
        }
        for name in KNOWN {
            let value = names_of(name).find_map(|name| environment.get(name));
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                source.values.insert(name, value.clone());
            }
        }
        if let Some(directory) = environment.get("CREDENTIALS_DIRECTORY") {
            source.read_credentials(&PathBuf::from(directory));
        }
        source.look_for_slips(environment);
        source
    }

    /// The value of a name, if set.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// A fingerprint of the values that does not contain them.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        let digest =
            |(name, value): (&&'static str, &String)| (*name, Sha256::digest(value).into());
        Fingerprint(self.values.iter().map(digest).collect())
    }

    /// Mistakes in the files.
    pub(super) fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// Remarks about the given names.
    pub(super) fn remarks(&self) -> &[String] {
        &self.remarks
    }

    fn look_for_slips(&mut self, environment: &BTreeMap<String, String>) {
        for (name, meant) in names::misspelt(environment, &all_names()) {
            self.mistakes.push(Mistake {
                name: name.to_owned(),
                problem: "aisha does not know this name, so it would have no effect".to_owned(),
                remedy: format!("write {meant}, or unset it"),
            });
        }
        for name in names::former(environment) {
            self.remarks.push(format!("{name} belongs to the older Aisha and has no effect"));
        }
    }

    fn read_toml(&mut self, path: &Path) {
        let mut mistake = |problem: String, remedy: &str| {
            self.mistakes.push(Mistake {
                name: "AISHA_CONFIG".to_owned(),
                problem,
                remedy: remedy.to_owned(),
            });
        };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                return mistake(
                    format!("{} cannot be read: {error}", path.display()),
                    "name a readable TOML file, or unset it",
                );
            }
        };
        let table: toml::Table = match toml::from_str(&text) {
            Ok(table) => table,
            Err(error) => {
                let problem = error.message().to_owned();
                return mistake(problem, "write the file as NAME = \"value\" lines");
            }
        };
        self.remarks.extend(exposed(path, &table));
        for (key, value) in table {
            let known = KNOWN.iter().find(|name| names_of(name).any(|name| name == key));
            match (known, value) {
                (Some(name), toml::Value::String(text)) => {
                    self.values.insert(name, text);
                }
                (
                    Some(name),
                    value @ (toml::Value::Integer(_)
                    | toml::Value::Float(_)
                    | toml::Value::Boolean(_)),
                ) => {
                    self.values.insert(name, value.to_string());
                }
                (Some(_), _) => mistake(
                    format!("{key} is neither a text nor a number"),
                    "write one value: a text, a number, true or false",
                ),
                (None, _) => {
                    let remedy = match names::meant(&key, all_names().into_iter()) {
                        Some(meant) => format!("write {meant}, or remove it"),
                        None => {
                            "remove it, or look up the right name in the documentation".to_owned()
                        }
                    };
                    mistake(format!("aisha does not know the name «{key}»"), &remedy);
                }
            }
        }
    }

    fn read_credentials(&mut self, directory: &Path) {
        if let Err(error) = std::fs::read_dir(directory)
            && error.kind() == std::io::ErrorKind::PermissionDenied
        {
            return self.mistakes.push(Mistake {
                name: "CREDENTIALS_DIRECTORY".to_owned(),
                problem: format!("{} cannot be read: {error}", directory.display()),
                remedy: "run it as root: sudo aisha …".to_owned(),
            });
        }
        for name in SECRETS {
            let path = directory.join(name.to_lowercase());
            match std::fs::read_to_string(&path) {
                Ok(text) => {
                    let text = text.trim_end_matches(['\n', '\r']);
                    // The units use an empty path for an absent file.
                    if !text.is_empty() {
                        self.values.insert(name, text.to_owned());
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => self.mistakes.push(Mistake {
                    name: (*name).to_owned(),
                    problem: format!("its credential file cannot be read: {error}"),
                    remedy: "check LoadCredential= in the unit".to_owned(),
                }),
            }
        }
    }
}

/// A mistake if a file with a secret is readable by others.
fn exposed(path: &Path, table: &toml::Table) -> Option<String> {
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    let held = |name: &&&str| names_of(name).any(|name| table.contains_key(name));
    let secret = SECRETS.iter().find(held).filter(|_| mode & OTHERS_READ != 0)?;
    Some(format!(
        "AISHA_CONFIG: {} holds {secret}, and others on this machine can read it; make it readable \
         only by the service's user (chown, chmod 600), or keep secrets as files in \
         $CREDENTIALS_DIRECTORY",
        path.display()
    ))
}

/// A fingerprint of the values without the values, kept to tell what a reload would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint(BTreeMap<&'static str, [u8; 32]>);

impl Fingerprint {
    /// The names whose values differ.
    #[must_use]
    pub fn differing(&self, other: &Self) -> Vec<&'static str> {
        KNOWN.iter().copied().filter(|name| self.0.get(name) != other.0.get(name)).collect()
    }
}

/// Every name that can carry a value, and those that say where values are.
fn all_names() -> Vec<&'static str> {
    let aliases = ALIASES.iter().map(|(_, alias)| *alias);
    KNOWN.iter().copied().chain(aliases).chain(["AISHA_CONFIG", "CREDENTIALS_DIRECTORY"]).collect()
}

fn names_of(name: &str) -> impl Iterator<Item = &str> {
    let alias = ALIASES.iter().find(|(ours, _)| *ours == name).map(|(_, alias)| *alias);
    std::iter::once(name).chain(alias)
}
