//! The binary's commands, as an operator on the server runs them.

use super::{PATIENCE, World, binary};
use serde_json::Value;

/// The output and exit code of a command.
pub(crate) struct Said {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

impl World {
    /// Runs a command to its end.
    pub(crate) async fn says(&self, arguments: &[&str]) -> Said {
        let run = binary(&self.environment, arguments).output();
        let output = tokio::time::timeout(PATIENCE, run).await.expect("it ends").unwrap();
        Said {
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code().unwrap(),
        }
    }

    /// The output of a command that must succeed.
    pub(crate) async fn prints(&self, arguments: &[&str]) -> String {
        let said = self.says(arguments).await;
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
        said.out
    }

    /// Like [`World::prints`], with `--json`.
    pub(crate) async fn json(&self, arguments: &[&str]) -> Value {
        let printed = self.prints(&[arguments, &["--json"]].concat()).await;
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
    }
}

/// Checks that the words occur in this order.
pub(crate) fn in_order(text: &str, words: &[&str]) {
    let mut rest = text;
    for word in words {
        let at = rest.find(word).unwrap_or_else(|| panic!("«{word}» is not next in:\n{text}"));
        rest = &rest[at + word.len()..];
    }
}
