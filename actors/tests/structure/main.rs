//! Who depends on whom in the cast: no circle of more than three files, and the whole world is the
//! root's alone. A circle is read, changed and tested as one piece, so it has to stay small.

#![expect(clippy::expect_used, reason = "a test that cannot go on says so and ends")]

mod uses;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use uses::{Used, code, files, paths};

/// Files of the largest circle that is tolerated.
const LARGEST: usize = 3;

/// A module by its path from the crate's root, which is the empty one.
type Module = Vec<String>;

/// All modules of the crate, with what each names.
struct Modules(BTreeMap<Module, Vec<Used>>);

impl Modules {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let named = |file: &Path| {
            let path = file.with_extension("");
            let path = path.strip_prefix(root).expect("it lies below the root");
            let parts = path.iter().map(|part| part.to_string_lossy().into_owned());
            let module: Module = parts.collect();
            let module = if module == ["lib"] { Module::new() } else { module };
            (module, paths(&code(file)))
        };
        Self(files(root).iter().map(|file| named(file)).collect())
    }

    /// A path as it is named in a module, from the crate's root; none for what is not ours.
    fn absolute(&self, module: &Module, path: &[String]) -> Option<Module> {
        let mut base = module.clone();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => return Some(path[1..].to_vec()),
            "self" => rest = &path[1..],
            "super" => {
                while let ["super", ..] = [rest.first().map_or("", String::as_str)] {
                    base.pop();
                    rest = &rest[1..];
                }
            }
            child => {
                let child: Module = base.iter().cloned().chain([child.to_owned()]).collect();
                self.0.get(&child)?;
            }
        }
        Some(base.into_iter().chain(rest.iter().cloned()).collect())
    }

    /// The module in which a path ends, behind all `pub use` that pass it on.
    fn home(&self, path: &[String], depth: usize) -> Option<Module> {
        let longest = (1..=path.len()).rev().find(|n| self.0.contains_key(&path[..*n]))?;
        let module = path[..longest].to_vec();
        let passed_on = path.get(longest).filter(|_| depth < 6).and_then(|name| {
            let used = self.0[&module].iter().filter(|used| used.passed_on);
            let target = used.filter(|used| used.path.last() == Some(name)).find_map(|used| {
                self.absolute(&module, &used.path).filter(|target| *target != path[..=longest])
            })?;
            let further: Vec<String> =
                target.into_iter().chain(path[longest + 1..].iter().cloned()).collect();
            self.home(&further, depth + 1)
        });
        Some(passed_on.unwrap_or(module))
    }

    /// The modules that one needs. Passing on is no need.
    fn needs(&self, module: &Module) -> BTreeSet<Module> {
        let used = self.0[module].iter().filter(|used| !used.passed_on);
        let paths = used.filter_map(|used| self.absolute(module, &used.path));
        paths.filter_map(|path| self.home(&path, 0)).filter(|home| home != module).collect()
    }

    /// Sets of modules in which each needs every other, directly or through others.
    fn circles(&self) -> BTreeSet<BTreeSet<Module>> {
        let needs: BTreeMap<&Module, BTreeSet<Module>> =
            self.0.keys().filter(|m| !m.is_empty()).map(|m| (m, self.needs(m))).collect();
        let reached = |from: &Module| {
            let (mut seen, mut open) = (BTreeSet::new(), vec![from.clone()]);
            while let Some(module) = open.pop() {
                let new = needs.get(&module).into_iter().flatten();
                open.extend(new.filter(|new| seen.insert((*new).clone())).cloned());
            }
            seen
        };
        let reach: BTreeMap<&Module, BTreeSet<Module>> =
            needs.keys().map(|module| (*module, reached(module))).collect();
        let circle = |module: &Module| -> BTreeSet<Module> {
            let back = |other: &&Module| reach.get(*other).is_some_and(|far| far.contains(module));
            reach[module].iter().filter(back).cloned().collect()
        };
        reach.keys().map(|module| circle(module)).filter(|circle| circle.len() > 1).collect()
    }
}

#[test]
fn no_circle_has_more_than_three_files() {
    let circles = Modules::read().circles();
    assert!(!circles.is_empty(), "not even the known small circles are seen");
    for circle in circles {
        let files: Vec<String> = circle.iter().map(|module| module.join("/")).collect();
        assert!(files.len() <= LARGEST, "these files need each other in a circle: {files:#?}");
    }
}

#[test]
fn the_whole_world_is_the_roots_alone() {
    let modules = Modules::read();
    let world = vec!["world".to_owned()];
    let is_given = |module: &&Module| modules.needs(module).contains(&world);
    let takers: Vec<String> = modules.0.keys().filter(is_given).map(|m| m.join("/")).collect();
    assert_eq!(takers, ["root", "root/fixed"], "an actor is given its part of the world alone");
}
