//! `aisha completions` and `aisha man`: generated from the definition of the commands, so that they
//! are always current.

use super::{Cli, FAILED};
use clap::CommandFactory;
use clap_complete::Shell;
use std::io::Write;
use std::process::ExitCode;

pub(super) fn completions(shell: Shell) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "aisha", &mut script);
    print(&script)
}

/// One page, `aisha(1)`, with the commands of all levels one after the other.
pub(super) fn man() -> ExitCode {
    match page() {
        Ok(page) => print(&page),
        Err(_) => ExitCode::from(FAILED),
    }
}

fn page() -> std::io::Result<Vec<u8>> {
    let mut command = Cli::command();
    command.build();
    let mut page = Vec::new();
    let man = clap_mangen::Man::new(command.clone()).section("1");
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    writeln!(page, ".SH COMMANDS")?;
    for child in command.get_subcommands() {
        describe(child, "aisha", &mut page)?;
    }
    man.render_extra_section(&mut page)?;
    writeln!(page, ".SH FILES")?;
    writeln!(page, ".TP\n/etc/aisha/aisha.toml\nthe configuration: every key with its default")?;
    writeln!(
        page,
        ".TP\n/etc/aisha/credentials/\nsecrets, one file each, named as the comments in aisha.toml say"
    )?;
    writeln!(
        page,
        ".TP\n/var/lib/aisha/\nthe private PostgreSQL and the objects, unless others are configured"
    )?;
    writeln!(
        page,
        ".SH EXIT STATUS\n0: fine; 1: it found a problem or failed; 2: wrong usage or configuration"
    )?;
    Ok(page)
}

/// Describes a command with its arguments, or the members of a group.
fn describe(command: &clap::Command, above: &str, page: &mut Vec<u8>) -> std::io::Result<()> {
    if command.get_name() == "help" {
        return Ok(());
    }
    let name = format!("{above} {}", command.get_name());
    let members: Vec<_> =
        command.get_subcommands().filter(|one| one.get_name() != "help").collect();
    if !members.is_empty() {
        return members.into_iter().try_for_each(|member| describe(member, &name, page));
    }
    let usage = command.clone().bin_name(name).render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let about = command.get_long_about().or_else(|| command.get_about());
    writeln!(page, ".TP\n\\fB{}\\fR", escaped(usage))?;
    writeln!(page, "{}", escaped(&about.map(ToString::to_string).unwrap_or_default()))?;
    Ok(())
}

/// Escapes text for roff: hyphens that can be copied, no line that begins a request.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\e")
        .replace('-', "\\-")
        .replace("\n.", "\n\\&.")
        .replace("\n\n", "\n.IP\n")
}

fn print(bytes: &[u8]) -> ExitCode {
    match std::io::stdout().write_all(bytes) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(FAILED),
    }
}
