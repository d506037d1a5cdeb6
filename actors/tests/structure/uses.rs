//! What a source file names, read well enough for a look at who depends on whom: no macro is
//! expanded, no glob is followed.

use std::path::{Path, PathBuf};

/// A path that a file names.
pub(crate) struct Used {
    /// Its segments.
    pub(crate) path: Vec<String>,
    /// It is only passed on, by `pub use`.
    pub(crate) passed_on: bool,
}

/// All Rust files below a folder, without those of tests.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        let is_test = path.file_stem().is_some_and(|name| name == "tests");
        if is_test || path.file_name().is_some_and(|name| name == "target") {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The code of a file: without comments, and without the tests at its end.
pub(crate) fn code(file: &Path) -> String {
    let text = std::fs::read_to_string(file).expect("the file can be read");
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    text.lines().filter(is_code).flat_map(|line| [line, "\n"]).collect()
}

/// Every path of a `use`, and every other path from a root: `crate`, `super`, `self`, `actors`.
pub(crate) fn paths(code: &str) -> Vec<Used> {
    let (mut found, mut rest) = (Vec::new(), String::new());
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        let Some((passed_on, tree)) = opens_use(line.trim()) else {
            rest.push_str(line);
            rest.push('\n');
            continue;
        };
        let mut tree = tree.to_owned();
        while !tree.contains(';') {
            let Some(next) = lines.next() else { break };
            tree.push_str(next.trim());
        }
        let mut paths = Vec::new();
        expand(tree.split(';').next().unwrap_or_default(), &[], &mut paths);
        found.extend(paths.into_iter().map(|path| Used { path, passed_on }));
    }
    found.extend(named(&rest).into_iter().map(|path| Used { path, passed_on: false }));
    found
}

/// Whether a line begins a `use`, whether it passes on, and what follows.
fn opens_use(line: &str) -> Option<(bool, &str)> {
    if let Some(tree) = line.strip_prefix("use ") {
        return Some((false, tree));
    }
    let after = line.strip_prefix("pub")?;
    let after = if after.starts_with('(') { after.split_once(')')?.1 } else { after };
    after.strip_prefix(" use ").map(|tree| (true, tree))
}

fn expand(tree: &str, above: &[String], found: &mut Vec<Vec<String>>) {
    let (head, group) = match tree.split_once('{') {
        Some((head, group)) => (head, Some(group.trim_end().strip_suffix('}').unwrap_or(group))),
        None => (tree.split(" as ").next().unwrap_or_default(), None),
    };
    let mut path = above.to_vec();
    path.extend(head.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned));
    let Some(group) = group else { return found.push(path) };
    let (mut depth, mut begin) = (0_usize, 0);
    for (at, sign) in group.char_indices().chain([(group.len(), ',')]) {
        match sign {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                let part = group[begin..at].trim();
                if !part.is_empty() {
                    expand(part, &path, found);
                }
                begin = at + 1;
            }
            _ => {}
        }
    }
}

fn named(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for root in ["crate::", "super::", "self::", "actors::"] {
        for (at, _) in code.match_indices(root) {
            let before = &code[..at];
            let inner = before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            // Who may see something is no use of it.
            if inner || before.ends_with("pub(in ") {
                continue;
            }
            let end = |c: char| !(c.is_alphanumeric() || c == '_' || c == ':');
            let path = code[at..].split(end).next().unwrap_or_default();
            found.push(
                path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect(),
            );
        }
    }
    found
}
