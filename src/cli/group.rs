//! What the groups of commands for paid jobs share: `aisha avatars` for trainings, `aisha jobs` for all
//! other kinds.

use super::{FAILED, complain, reading, say};
use crate::config::Config;
use crate::postgres::Pool;
use crate::story::Step;
use crate::story::moment::{ago, utc};
use actors::ports::Kind;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::process::ExitCode;
use uuid::Uuid;

/// A group of commands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    /// What its commands are about, also the key of its id in `--json`.
    pub(super) noun: &'static str,
    /// Its name on the command line.
    pub(super) name: &'static str,
    /// Where else an id may belong; empty or with its semicolon.
    hint: &'static str,
}

pub(super) const AVATARS: Group = Group { noun: "avatar", name: "avatars", hint: "" };

pub(super) const JOBS: Group =
    Group { noun: "job", name: "jobs", hint: "; trainings are under `aisha avatars`" };

/// The outcome of a command.
pub(super) struct Told {
    pub(super) done: bool,
    pub(super) words: String,
    /// For machines, beside the words.
    pub(super) more: Value,
}

impl Told {
    #[expect(clippy::unnecessary_wraps, reason = "an act may also find nothing with this id")]
    pub(super) fn done(words: impl Into<String>) -> Option<Self> {
        Some(Self { done: true, words: words.into(), more: json!({}) })
    }

    #[expect(clippy::unnecessary_wraps, reason = "an act may also find nothing with this id")]
    pub(super) fn refused(words: impl Into<String>) -> Option<Self> {
        Some(Self { done: false, words: words.into(), more: json!({}) })
    }
}

impl Group {
    /// The group where a job of this kind is looked at.
    pub(super) fn by(kind: &str) -> Self {
        if kind == Kind::TRAINING.word() { AVATARS } else { JOBS }
    }

    /// The answer for an id that does not exist.
    pub(super) fn unknown(self, id: Uuid) -> ExitCode {
        let Self { noun, name, hint } = self;
        complain(&format!("there is no {noun} {id}; `aisha {name} list` lists them all{hint}"));
        ExitCode::from(FAILED)
    }

    /// Runs one command and returns its outcome; `None` if there is nothing with this id.
    pub(super) fn act(
        self,
        name: &str,
        id: Uuid,
        json: bool,
        work: impl AsyncFnOnce(&Pool, &Config) -> anyhow::Result<Option<Told>>,
    ) -> Result<ExitCode, ExitCode> {
        let Some(told) = reading::read(work)? else { return Err(self.unknown(id)) };
        if json {
            let mut answer = json!({
                self.noun: id, "act": name, "done": told.done, "words": told.words,
            });
            if let (Some(answer), Value::Object(more)) = (answer.as_object_mut(), told.more) {
                answer.extend(more);
            }
            say(&answer.to_string());
        } else if told.done {
            print(&told.words);
        } else {
            complain(&told.words);
        }
        Ok(if told.done { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
    }
}

/// When a command takes effect, by whether the instance that watches was woken.
pub(super) fn woken(told: bool) -> &'static str {
    if told {
        "the instance that watches it was told"
    } else {
        "no instance watches it now, so it continues when `aisha serve` runs"
    }
}

/// A UUID, also in the form of the log and the tree (`avt_…`).
pub(super) fn id(text: &str) -> Option<Uuid> {
    text.rsplit('_').next().unwrap_or(text).parse().ok()
}

/// Prints one line of foreign text, without control characters that could move the cursor.
pub(super) fn print(line: &str) {
    let plain: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    say(&plain);
}

/// How many of a list were not printed.
pub(super) fn more(total: i64, printed: usize) {
    let shown = i64::try_from(printed).unwrap_or(i64::MAX);
    if total > shown {
        say(&format!("… and {} more; raise --limit to see them", total - shown));
    }
}

/// Prints a whole history, oldest first, and what happens next.
pub(super) fn tell(steps: &[Step], outlook: &[String], now: DateTime<Utc>) {
    let width = steps.iter().map(|step| step.source.chars().count()).max().unwrap_or_default();
    let mut attempt = 0;
    for step in steps {
        // A late webhook of an older attempt is listed where it happened.
        if step.attempt > attempt {
            attempt = step.attempt;
            say(&format!("\nattempt {attempt}"));
        } else if step.kind == "made" {
            say("");
        }
        let (at, ago) = (utc(step.at), ago(step.at, now));
        let older = match step.attempt {
            older if older < attempt => format!(" (of attempt {older})"),
            _ => String::new(),
        };
        print(&format!("  {at}  {ago:>16}  {:width$}  {}{older}", step.source, step.words));
    }
    say(&format!("\nnow, {}", utc(now)));
    for sentence in outlook {
        print(&format!("  {sentence}"));
    }
}
