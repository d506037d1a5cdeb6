//! A log that a test can read.

use slog::{Drain, KV as _, Logger, Never, OwnedKVList, Record, Serializer, o};
use std::fmt::{Arguments, Write as _};
use std::sync::{Arc, Mutex};

/// Everything logged, one line per record, with its fields.
#[derive(Clone, Default)]
pub(super) struct Journal(Arc<Mutex<String>>);

impl Journal {
    pub(super) fn logger(&self) -> Logger {
        Logger::root(self.clone(), o!())
    }

    pub(super) fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }

    /// How many lines contain these words.
    pub(super) fn lines_with(&self, words: &str) -> usize {
        self.text().lines().filter(|line| line.contains(words)).count()
    }
}

impl Drain for Journal {
    type Ok = ();
    type Err = Never;

    fn log(&self, record: &Record<'_>, values: &OwnedKVList) -> Result<(), Never> {
        let mut line = Line(format!("{} {}", record.level().as_short_str(), record.msg()));
        record.kv().serialize(record, &mut line).unwrap();
        values.serialize(record, &mut line).unwrap();
        writeln!(self.0.lock().unwrap(), "{}", line.0).unwrap();
        Ok(())
    }
}

struct Line(String);

impl Serializer for Line {
    fn emit_arguments(&mut self, key: slog::Key, value: &Arguments<'_>) -> slog::Result {
        write!(self.0, " {key}={value}")?;
        Ok(())
    }
}
