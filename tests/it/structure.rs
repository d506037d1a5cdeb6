//! Who may name whom in `src/`: seams that no compiler guards.

// The cast's own seams are tested there, by the same reading.
#[path = "../../actors/tests/structure/uses.rs"]
#[expect(dead_code, reason = "here it is the same whether a path is used or only passed on")]
mod uses;

use std::path::Path;
use uses::{code, files, paths};

/// What meets a port with a technology.
const ADAPTERS: [&str; 8] =
    ["fal", "mirror", "objects", "openai", "photos", "postgres", "providers", "telegram"];

/// Where actors live in their crate.
const ROOMS: [&str; 10] = [
    "bot",
    "eraser",
    "generation",
    "job",
    "notification",
    "progress",
    "recovery",
    "root",
    "training",
    "webhook",
];

/// What is there of an actor beside its own name: its address, and what it is told.
const OF_ACTORS: [&str; 8] =
    ["Call", "Cast", "Fresh", "LookAt", "Shutdown", "Signals", "Stored", "Watch"];

/// A file of ours, from the root of the repository.
struct Source {
    name: String,
    code: String,
}

impl Source {
    fn read(root: &Path, file: &Path) -> Self {
        let name = file.strip_prefix(root).expect("it lies below the root");
        Self { name: name.to_string_lossy().into_owned(), code: code(file) }
    }

    /// The adapter that it is a part of.
    fn adapter(&self) -> Option<&'static str> {
        let path = self.name.strip_prefix("src/")?;
        let room = path.split('/').next().unwrap_or(path);
        let room = room.strip_suffix(".rs").unwrap_or(room);
        ADAPTERS.into_iter().find(|adapter| *adapter == room)
    }

    /// The adapters that it names.
    fn names_adapters(&self) -> Vec<&'static str> {
        let used: Vec<Vec<String>> = paths(&self.code).into_iter().map(|used| used.path).collect();
        let below = |adapter: &str| ["crate", adapter].map(str::to_owned);
        let named = |adapter: &&str| used.iter().any(|path| path.starts_with(&below(adapter)));
        ADAPTERS.into_iter().filter(named).collect()
    }

    /// An actor that it names, or what an actor is told.
    fn names_actor(&self) -> Option<String> {
        let actor = |name: &str| {
            name.ends_with("Actor") || name.ends_with("Supervisor") || OF_ACTORS.contains(&name)
        };
        let of_a_room = |path: &Vec<String>| {
            path.first().is_some_and(|first| first == "actors")
                && path.get(1).is_some_and(|room| ROOMS.contains(&room.as_str()))
        };
        let used = paths(&self.code).into_iter().map(|used| used.path);
        used.filter(of_a_room).flatten().find(|name| actor(name))
    }
}

/// All of `src/`.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    files(&root.join("src")).iter().map(|file| Source::read(root, file)).collect()
}

#[test]
fn adapters_do_not_name_each_other() {
    for source in sources() {
        let Some(own) = source.adapter() else { continue };
        let mut others = source.names_adapters();
        others.retain(|named| *named != own);
        assert!(others.is_empty(), "{} is of {own} and names {others:?}", source.name);
    }
}

#[test]
fn service_alone_joins_actors_and_adapters() {
    let (mut joined, mut actors) = (0, 0);
    for source in sources() {
        let Some(actor) = source.names_actor() else { continue };
        actors += 1;
        let adapters: Vec<&str> =
            source.names_adapters().into_iter().chain(source.adapter()).collect();
        if source.name == "src/service.rs" || source.name.starts_with("src/service/") {
            joined += adapters.len();
        } else {
            assert!(adapters.is_empty(), "{} joins {actor} and {adapters:?}", source.name);
        }
    }
    assert!(joined > 0 && actors > 2, "the reading sees too little: {joined} of {actors}");
}

#[test]
fn what_is_fals_alone_stands_in_its_adapter() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cast = files(&root.join("actors"));
    let cast = cast.iter().map(|file| Source::read(root, file));
    for source in sources().into_iter().chain(cast) {
        let is_fals = source.adapter() == Some("fal");
        let header = source.code.contains("x-fal-webhook-");
        assert!(is_fals || !header, "{} names a header of FAL", source.name);
        let endpoint = source.code.contains("fal-ai/");
        assert!(!endpoint, "{} names an endpoint, which the catalogue does", source.name);
    }
}
