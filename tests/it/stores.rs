//! Rows and objects belong together: what would separate them is refused with steps, and what
//! brings both works.

use crate::moto;
use crate::postgres;
use crate::world::{Service, World, trains};
use std::collections::BTreeMap;
use std::path::Path;
use tokio_postgres::Config;
use uuid::Uuid;

/// A world in which a person has an avatar; its service is stopped.
async fn lived_in(world: &World) {
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    anna.sees_text("is ready").await;
    world.comes_to_rest().await;
    service.stop().await;
}

/// It does not start, exits with code 2 and says why; so does the doctor.
async fn is_refused(world: &World, environment: &BTreeMap<String, String>, words: &[&str]) {
    let output = Service::fails(environment).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    let said = said.lines().last().unwrap_or_default().to_owned();
    for words in words {
        assert!(said.contains(words), "no «{words}» in: {said}");
    }
    let mut asked = world.environment.clone();
    asked.clone_from(environment);
    let doctor = crate::world::binary(&asked, &["doctor"]).output().await.unwrap();
    let doctor = String::from_utf8_lossy(&doctor.stdout).into_owned();
    let problem = doctor.lines().any(|l| l.starts_with("PROBLEM  object store") && l.len() > 40);
    assert!(problem, "{doctor}");
}

/// The environment of a world with some changes.
fn but(world: &World, changes: &[(&str, &str)]) -> BTreeMap<String, String> {
    let mut environment = world.environment.clone();
    for (name, value) in changes {
        if value.is_empty() {
            environment.remove(*name);
        } else {
            environment.insert((*name).to_owned(), (*value).to_owned());
        }
    }
    environment
}

/// Starts, becomes ready, and stops cleanly.
async fn starts(world: &World, environment: &BTreeMap<String, String>) -> String {
    let service = Service::start(environment);
    service.ready(world.public).await;
    service.stop().await
}

fn copy(from: &Path, to: &Path) {
    let status = std::process::Command::new("cp").arg("-a").args([from, to]).status().unwrap();
    assert!(status.success());
}

/// A copy of a database, like a dump restored into an empty one.
async fn restored(config: &Config) -> String {
    let from = config.get_dbname().unwrap();
    let to = format!("{from}_restored");
    let mut server = config.clone();
    server.dbname("postgres");
    let server = postgres::client(&server).await;
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
    server.query(end, &[&from]).await.unwrap();
    server.batch_execute(&format!("CREATE DATABASE {to} TEMPLATE {from}")).await.unwrap();
    to
}

#[tokio::test]
async fn a_database_that_is_named_later_leaves_nobody_behind_in_the_private_one() {
    let mut world = World::new().await;
    let url = world.environment.remove("DATABASE_URL").unwrap();
    lived_in(&world).await;
    let later = but(&world, &[("DATABASE_URL", &url)]);
    let steps = ["people are in the private PostgreSQL", "unset DATABASE_URL", "pg_dump"];
    is_refused(&world, &later, &steps).await;
    let log = starts(&world, &world.environment).await;
    assert!(!log.contains("a defect ended"), "{log}");

    // Nobody in it is needed: it is moved away, with its objects.
    for kept in ["postgres", "objects"] {
        std::fs::rename(world.data(kept), world.data(&format!("{kept}.old"))).unwrap();
    }
    starts(&world, &later).await;
}

#[tokio::test]
async fn a_private_database_with_nobody_in_it_is_left_without_a_word() {
    let mut world = World::new().await;
    let url = world.environment.remove("DATABASE_URL").unwrap();
    starts(&world, &world.environment).await;
    let later = but(&world, &[("DATABASE_URL", &url)]);
    starts(&world, &later).await;
    starts(&world, &later).await;
}

#[tokio::test]
async fn a_bucket_that_is_named_later_is_refused_until_the_objects_are_in_it() {
    let world = World::new().await;
    lived_in(&world).await;
    let s3 = moto::running();
    let bucket = format!("aisha-{}", Uuid::new_v4());
    let bucket = [
        ("MINIO_ENDPOINT", s3.url()),
        ("MINIO_ACCESS_KEY", "aisha"),
        ("MINIO_SECRET_KEY", "a-secret-of-tests"),
        ("MINIO_BUCKET_AVATARS", &bucket),
    ];
    let later = but(&world, &bucket);
    let place = world.data("objects").display().to_string();
    let steps = ["kept elsewhere", &place, "MINIO_ENDPOINT", "store/id", "aisha db adopt --yes"];
    is_refused(&world, &later, &steps).await;
    starts(&world, &world.environment).await;

    // An operator who knows that they are lost says so.
    let adopted = crate::world::binary(&later, &["db", "adopt", "--yes"]).output().await.unwrap();
    assert!(adopted.status.success(), "{}", String::from_utf8_lossy(&adopted.stderr));
    starts(&world, &later).await;
}

#[tokio::test]
async fn a_bucket_that_is_named_before_there_is_any_object_just_works() {
    let world = World::new().await;
    starts(&world, &world.environment).await;
    let s3 = moto::running();
    let bucket = format!("aisha-{}", Uuid::new_v4());
    let bucket = [
        ("MINIO_ENDPOINT", s3.url()),
        ("MINIO_ACCESS_KEY", "aisha"),
        ("MINIO_SECRET_KEY", "a-secret-of-tests"),
        ("MINIO_BUCKET_AVATARS", &bucket),
    ];
    let later = but(&world, &bucket);
    starts(&world, &later).await;
    starts(&world, &later).await;
    is_refused(&world, &world.environment, &["belong to another database"]).await;
}

#[tokio::test]
async fn a_second_machine_with_a_folder_of_its_own_is_refused() {
    let world = World::of_several().await;
    let first = world.joins("first", "api,bot,trainer").await;
    let own = world.data("second");
    let own = [("AISHA_DATA_DIR", own.to_str().unwrap()), ("AISHA_LISTEN", "127.0.0.1:0")];
    let second = but(&world, &[own[0], own[1], ("AISHA_ADMIN_LISTEN", "127.0.0.1:0")]);
    is_refused(&world, &second, &["kept elsewhere", "on every machine"]).await;
    world.close_with(first).await;
}

#[tokio::test]
async fn a_dump_and_its_objects_are_at_home_wherever_they_are_restored() {
    let (config, url) = postgres::database().await;
    let world = World::on(&config, url.clone()).await;
    lived_in(&world).await;
    let name = config.get_dbname().unwrap();
    let copied = restored(&config).await;
    let elsewhere = world.data("restored");
    std::fs::create_dir(&elsewhere).unwrap();
    copy(&world.data("objects"), &elsewhere);
    let url = url.replacen(&format!("/{name}?"), &format!("/{copied}?"), 1);
    let both = [("DATABASE_URL", url.as_str()), ("AISHA_DATA_DIR", elsewhere.to_str().unwrap())];
    starts(&world, &but(&world, &both)).await;
    // The rows alone are not.
    let rows = world.data("rows-only");
    let rows = [both[0], ("AISHA_DATA_DIR", rows.to_str().unwrap())];
    is_refused(&world, &but(&world, &rows), &["kept elsewhere"]).await;
}

#[tokio::test]
async fn an_installation_of_a_time_before_ids_is_taken_as_it_is() {
    let world = World::new().await;
    lived_in(&world).await;
    world.rows.batch_execute("DELETE FROM store_identity").await.unwrap();
    std::fs::remove_dir_all(world.data("objects/store")).unwrap();
    // Its objects are not here: an upgrade and a different place at once.
    let elsewhere = world.data("elsewhere");
    let elsewhere = [("AISHA_DATA_DIR", elsewhere.to_str().unwrap())];
    is_refused(&world, &but(&world, &elsewhere), &["in another folder or bucket"]).await;
    starts(&world, &world.environment).await;
    let claimed = "SELECT claimed_at IS NOT NULL FROM store_identity";
    assert!(world.row(claimed, &[]).await.get::<_, bool>(0));
}

#[tokio::test]
async fn a_dump_of_a_time_before_ids_finds_its_objects() {
    let world = World::new().await;
    lived_in(&world).await;
    let id = "SELECT id FROM store_identity";
    let before: Uuid = world.row(id, &[]).await.get(0);
    world.rows.batch_execute("DELETE FROM store_identity").await.unwrap();
    starts(&world, &world.environment).await;
    assert_eq!(world.row(id, &[]).await.get::<_, Uuid>(0), before);
}

#[tokio::test]
async fn two_that_start_at_once_agree() {
    let world = World::of_several().await;
    let begun = ["one", "two", "three"].map(|name| {
        let public = crate::world::free_port();
        world.begins_at(public, name, "api,bot,trainer")
    });
    for instance in &begun {
        instance.service.says("✅ ready").await;
    }
    for instance in begun {
        instance.service.stop().await;
    }
    let service = world.serve().await;
    world.close(service).await;
}

#[tokio::test]
async fn what_an_older_dump_says_is_about_to_be_bought_is_not_bought_again() {
    let world = World::new().await;
    lived_in(&world).await;
    // The dump was taken between the press and the submit, minutes before the last generation.
    let dump = "UPDATE store_identity SET generation = 0;
        UPDATE avatars SET status = 'training', attempt = attempt + 1, fal_request_id = NULL,
            submit_nonce = gen_random_uuid(), submit_sent_at = NULL,
            training_started_at = now(), training_completed_at = NULL;
        INSERT INTO telegram_updates (update_id, body) VALUES (1, '{}');";
    world.rows.batch_execute(dump).await.unwrap();
    let service = world.serve().await;
    service.says("restored from a dump").await;
    let noted = "SELECT EXISTS (SELECT FROM training_events WHERE kind = 'restored')
        AND (SELECT outcome = 'restored' FROM telegram_updates WHERE update_id = 1)
        AND (SELECT submit_sent_at IS NOT NULL FROM avatars)";
    assert!(world.row(noted, &[]).await.get::<_, bool>(0));
    let avatar: Uuid = world.row("SELECT id FROM avatars", &[]).await.get(0);
    let explained = world.prints(&["avatars", "explain", &avatar.to_string()]).await;
    assert!(explained.contains("came back by a restored dump"), "{explained}");
    service.stop().await;
    // The next start finds nothing unusual, and still buys nothing.
    let log = starts(&world, &world.environment).await;
    assert!(!log.contains("restored from a dump"), "{log}");
    assert_eq!(world.fal.ledger().jobs.len(), 1);
}

#[tokio::test]
async fn whoever_was_forgotten_after_the_dump_is_forgotten_again_when_it_is_restored() {
    let (config, url) = postgres::database().await;
    let mut world = World::on(&config, url.clone()).await;
    lived_in(&world).await;
    let dump = restored(&config).await;
    world.rows = postgres::client(&config).await;

    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    anna.says("/forget");
    anna.sees_button("forget_confirm").await;
    anna.presses("forget_confirm");
    world.until("she is gone", "SELECT NOT EXISTS (SELECT FROM users)").await;
    service.stop().await;
    // The journal is written once a minute, so this start simulates the next minute.
    let service = world.serve().await;
    let written = "SELECT count(*) = 2 AND bool_and(generation IS NOT NULL) FROM forgotten";
    world.until("the journal knows of her and of her avatar", written).await;
    let marked = "SELECT generation > 1 FROM store_identity";
    world.until("and how far the rows are", marked).await;
    service.stop().await;

    let name = config.get_dbname().unwrap();
    let url = url.replacen(&format!("/{name}?"), &format!("/{dump}?"), 1);
    world.environment.insert("DATABASE_URL".to_owned(), url);
    let mut old = config.clone();
    old.dbname(&dump);
    world.rows = postgres::client(&old).await;
    assert!(world.row("SELECT EXISTS (SELECT FROM users)", &[]).await.get::<_, bool>(0));
    let service = world.serve().await;
    service.says("is forgotten again").await;
    let gone = "SELECT NOT EXISTS (SELECT FROM users) AND NOT EXISTS (SELECT FROM avatars)";
    world.until("she is gone again", gone).await;
    world.close(service).await;
}
