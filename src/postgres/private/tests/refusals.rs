//! Impossible requests fail with the remedy and do no harm.

use super::*;

#[tokio::test]
async fn a_lost_cluster_is_not_replaced_by_an_empty_one() {
    let scratch = Scratch::new("lost");
    let server = scratch.open().await.unwrap();
    fs::rename(scratch.data_dir.join("postgres"), scratch.data_dir.join("moved")).unwrap();
    let site = scratch.site().await;
    postmaster::members(&site.place)
        .unwrap()
        .into_iter()
        .for_each(|pid| kill(pid, Signal::SIGKILL).unwrap_or_default());
    until(&server, |health| {
        matches!(health, Health::Restarting { last_error, .. } if last_error.contains("postgres.log"))
    })
    .await;
    assert!(!scratch.data_dir.join("postgres").exists());
    server.stop().await;
}

#[tokio::test]
async fn missing_programs_are_named_with_their_package() {
    let scratch = Scratch::new("programs");
    let nowhere = Search::only(vec![scratch.base.join("bin")]);
    let error = PrivateServer::open_with(&scratch.data_dir, nowhere, &log()).await.unwrap_err();
    assert!(matches!(error, PrivateError::ProgramsMissing { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("apt-get install postgresql") && text.contains("DATABASE_URL"), "{text}");
}

#[tokio::test]
async fn a_cluster_of_another_version_is_refused() {
    let scratch = Scratch::new("version");
    let server = scratch.open().await.unwrap();
    server.stop().await;
    fs::write(scratch.data_dir.join("postgres/PG_VERSION"), "9.6\n").unwrap();
    let error = scratch.open().await.unwrap_err();
    assert!(matches!(error, PrivateError::WrongVersion { .. }), "{error}");
    assert!(error.to_string().contains("postgresql-9.6"), "{error}");
}

#[tokio::test]
async fn a_file_in_place_of_the_data_directory_is_refused() {
    let mut scratch = Scratch::new("file");
    scratch.data_dir = scratch.base.join("file");
    fs::write(&scratch.data_dir, "").unwrap();
    let error = scratch.open().await.unwrap_err();
    assert!(matches!(error, PrivateError::DataDir { .. }), "{error}");
    assert!(error.to_string().contains("AISHA_DATA_DIR"), "{error}");
}

#[tokio::test]
async fn what_is_no_cluster_is_not_touched() {
    let scratch = Scratch::new("foreign");
    let other = scratch.data_dir.join("postgres/letters");
    fs::create_dir_all(&other).unwrap();
    let error = scratch.open().await.unwrap_err();
    assert!(matches!(error, PrivateError::NotACluster { .. }), "{error}");
    assert!(other.exists());
}

#[tokio::test]
async fn a_closed_directory_above_is_named() {
    if !geteuid().is_root() {
        return; // The server's user is we, and we get in.
    }
    let mut scratch = Scratch::new("closed");
    scratch.data_dir = scratch.base.join("open/data");
    let server = scratch.open().await;
    assert!(
        matches!(&server, Err(PrivateError::Blocked { directory, .. })
        if *directory == scratch.base),
        "{server:?}"
    );
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let scratch = Scratch::new("why");
    scratch.open().await.unwrap().stop().await;
    fs::write(scratch.data_dir.join("postgres/postgresql.auto.conf"), "fsync = maybe\n").unwrap();
    let error = scratch.open().await.unwrap_err();
    assert!(matches!(error, PrivateError::Ended { .. }), "{error}");
    assert!(error.to_string().contains("fsync"), "{error}");
}

#[tokio::test]
async fn an_initdb_that_fails_says_why_and_leaves_nothing() {
    let scratch = Scratch::new("failing");
    let bin = scratch.base.join("bin");
    fs::create_dir(&bin).unwrap();
    fs::set_permissions(&scratch.base, PermissionsExt::from_mode(0o711)).unwrap();
    for (name, script) in [
        ("initdb", "#!/bin/sh\necho 'No space left on device' >&2\nexit 1\n"),
        ("postgres", "#!/bin/sh\necho 'postgres (PostgreSQL) 99.1'\n"),
    ] {
        fs::write(bin.join(name), script).unwrap();
        fs::set_permissions(bin.join(name), PermissionsExt::from_mode(0o755)).unwrap();
    }
    let search = Search::only(vec![bin]);
    let error = PrivateServer::open_with(&scratch.data_dir, search, &log()).await.unwrap_err();
    assert!(error.to_string().contains("No space left on device"), "{error}");
    assert!(!scratch.data_dir.join("postgres").exists());
    assert!(!scratch.data_dir.join("postgres.new").exists());
}
