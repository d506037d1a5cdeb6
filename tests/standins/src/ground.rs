//! Where a world's files are: the private PostgreSQL, objects, logs.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Creates `beside_the_build` and returns it, or the system's temporary folder if PostgreSQL could
/// not reach it.
///
/// PostgreSQL refuses to run as root, so the database of a world that root starts belongs to
/// another user. On most machines root's home is closed to other users, and so is a build inside
/// it.
///
/// # Errors
/// If the folder cannot be created.
pub fn ground(beside_the_build: &Path) -> io::Result<PathBuf> {
    std::fs::create_dir_all(beside_the_build)?;
    if nix::unistd::geteuid().is_root() && !beside_the_build.ancestors().all(is_passable) {
        return Ok(std::env::temp_dir());
    }
    Ok(beside_the_build.to_owned())
}

/// Whether every user can pass through it.
fn is_passable(folder: &Path) -> bool {
    folder.metadata().is_ok_and(|about| about.permissions().mode() & 0o001 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::Permissions;

    #[test]
    fn what_lies_in_a_closed_home_is_left_for_the_folder_that_is_open_to_all() {
        let home = std::env::temp_dir().join(format!("aisha-ground-{}", std::process::id()));
        let build = home.join("aisha/target/tmp");
        std::fs::create_dir_all(&build).unwrap();
        std::fs::set_permissions(&home, Permissions::from_mode(0o755)).unwrap();
        assert_eq!(ground(&build).unwrap(), build);
        std::fs::set_permissions(&home, Permissions::from_mode(0o700)).unwrap();
        // Other users run the database as themselves, and can reach their own home.
        let root = nix::unistd::geteuid().is_root();
        let expected = if root { std::env::temp_dir() } else { build.clone() };
        assert_eq!(ground(&build).unwrap(), expected);
        std::fs::remove_dir_all(&home).unwrap();
    }
}
