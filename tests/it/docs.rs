//! The documents match the code.

const ARCHITECTURE: &str = include_str!("../../ARCHITECTURE.md");
const README: &str = include_str!("../../README.md");
const TABLE: &str =
    include_str!("../../actors/job/machine/snapshots/actors__job__machine__tests__life_cycle.snap");

#[test]
fn the_life_cycle_is_printed_as_it_is() {
    let table = TABLE.splitn(3, "---\n").nth(2).expect("a snapshot has a head").trim();
    assert!(
        ARCHITECTURE.contains(table),
        "the table in ARCHITECTURE.md is not the one of the code; copy it from the snapshot"
    );
}

#[test]
fn every_variable_of_the_readme_is_one_that_the_configuration_knows() {
    let known = include_str!("../../src/config/source.rs");
    let is_name = |word: &&str| {
        word.contains('_')
            && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    let own = ["AISHA_CONFIG", "CREDENTIALS_DIRECTORY"];
    for name in README.split('`').skip(1).step_by(2).filter(is_name).filter(|n| !own.contains(n)) {
        assert!(known.contains(&format!("\"{name}\"")), "{name}");
    }
}

#[test]
fn every_file_that_the_architecture_names_exists() {
    let is_path = |word: &&str| {
        word.contains('/') && word.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
    };
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    for path in ARCHITECTURE.split('`').skip(1).step_by(2).filter(is_path) {
        let places = ["", "actors/", "src/", "tests/", "sql/", "sql/queries/"];
        let found = places
            .iter()
            .any(|place| std::path::Path::new(&format!("{root}{place}{path}")).exists());
        assert!(found || path.starts_with('/'), "there is no {path}");
    }
}

#[test]
fn every_meter_stands_in_the_table_as_it_is() {
    for metric in actors::metrics::ALL {
        let kind = format!("{:?}", metric.kind).to_lowercase();
        let label = match metric.label {
            "" => String::new(),
            label => format!(", by `{label}`"),
        };
        let line = format!("| `{}` | {kind}{label} | {} |", metric.name, metric.meaning);
        assert!(ARCHITECTURE.contains(&line), "ARCHITECTURE.md lacks\n{line}");
    }
    let listed = ARCHITECTURE.lines().filter(|line| line.starts_with("| `aisha_")).count();
    assert_eq!(listed, actors::metrics::ALL.len(), "ARCHITECTURE.md lists one that is not there");
}
