//! What people get wrong: they get one clear sentence and a remedy, and lose nothing.

use crate::world::{PATIENCE, Service, World, binary, portrait, portraits, prepares};
use bytes::Bytes;
use standins::fal::Failure;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Output;

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn without_tokens_all_mistakes_are_told_at_once_and_nothing_starts() {
    let mut world = World::new().await;
    for name in ["TELEGRAM_BOT_TOKEN", "FAL_API_KEY"] {
        world.environment.remove(name);
    }
    let world = world.with("AVATAR_MIN_PHOTOS", "many").with("AISHA_LISTEN", "everywhere");
    for arguments in [&["serve"][..], &["check-config"]] {
        let output = binary(&world.environment, arguments).output().await.unwrap();
        let words = words(&output);
        assert_eq!(output.status.code(), Some(2), "{words}");
        for name in ["TELEGRAM_BOT_TOKEN", "FAL_API_KEY", "AVATAR_MIN_PHOTOS", "AISHA_LISTEN"] {
            let line = words.lines().find(|line| line.contains(name));
            assert!(
                line.is_some_and(|line| line.contains(';')),
                "{name} with a remedy in:\n{words}"
            );
        }
    }
}

#[tokio::test]
async fn a_wrong_database_is_one_sentence_with_the_remedy() {
    for (url, code) in [
        ("not an address", 2),
        ("postgresql://aisha:geheim@127.0.0.1:1/aisha", 1),
        ("mysql://localhost/aisha", 2),
    ] {
        let world = World::new().await.with("DATABASE_URL", url);
        let output = Service::fails(&world.environment).await;
        let words = words(&output);
        assert_eq!(output.status.code(), Some(code), "{url}: {words}");
        let last = words.lines().last().unwrap_or_default();
        assert!(last.contains("DATABASE_URL"), "{url}: {words}");
        assert!(!words.contains("geheim"), "the password is not repeated: {words}");
    }
}

#[tokio::test]
async fn a_taken_port_names_the_variable_to_change() {
    let world = World::new().await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for name in ["AISHA_LISTEN", "AISHA_ADMIN_LISTEN"] {
        let mut environment = world.environment.clone();
        environment.insert(name.to_owned(), address.clone());
        let output = Service::fails(&environment).await;
        let words = words(&output);
        assert_eq!(output.status.code(), Some(1), "{words}");
        let last = words.lines().last().unwrap_or_default();
        assert!(last.contains(name) && last.contains(&address), "{words}");
    }
}

#[tokio::test]
async fn a_secret_that_everybody_may_read_is_pointed_out() {
    let world = World::new().await;
    let file = world.data("aisha.toml");
    std::fs::write(&file, "FAL_KEY = \"geheim\"\n").unwrap();
    let world = world.with("AISHA_CONFIG", file.to_str().unwrap());
    let told = |words: &str| words.contains("holds FAL_API_KEY") && words.contains("chmod 600");
    for (mode, expected) in [(0o644, true), (0o640, true), (0o600, false)] {
        std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
        for command in [&["check-config"][..], &["doctor"]] {
            let said = world.says(command).await;
            assert_eq!(told(&said.out), expected, "{mode:o} {command:?}: {}", said.out);
            assert!(!said.out.contains("geheim"), "{}", said.out);
        }
    }
}

#[tokio::test]
async fn a_data_directory_that_cannot_be_used_is_named() {
    let mut world = World::new().await;
    world.environment.remove("DATABASE_URL");
    let file = world.data("a-file");
    std::fs::write(&file, "in the way").unwrap();
    let world = world.with("AISHA_DATA_DIR", file.to_str().unwrap());
    let output = Service::fails(&world.environment).await;
    let words = words(&output);
    assert_eq!(output.status.code(), Some(1), "{words}");
    let last = words.lines().last().unwrap_or_default();
    assert!(last.contains(file.to_str().unwrap()), "{words}");
    assert_eq!(std::fs::read_to_string(world.data("a-file")).unwrap(), "in the way");
}

#[tokio::test]
async fn a_photo_that_cannot_be_used_is_refused_with_a_reason_and_stores_nothing() {
    let world = World::new().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    anna.says("/new");
    anna.sees_button("training_type_portrait").await;
    let asked = anna.presses("training_type_portrait");
    anna.sees_answer(&asked).await;
    anna.says("Anna");
    anna.sees_button("start_photo_upload").await;
    for (what, bytes, mime, expected) in [
        ("truncated", portrait("truncated.jpg"), "image/jpeg", "could not read"),
        ("a page", Bytes::from_static(b"<html>photo</html>"), "image/jpeg", "could not read"),
        ("small", portrait("sliver-161x1.jpg"), "image/jpeg", "pixels"),
        ("nothing", Bytes::from_static(b"\0"), "image/png", "could not read"),
    ] {
        let mark = anna.mark();
        anna.sends_document(bytes, "photo.jpg", mime);
        anna.sees(
            &format!("a reason against {what}"),
            |chat| chat.since(mark).find(|m| m.text.contains(expected)).map(|_| ()),
            PATIENCE,
        )
        .await;
    }
    let photos = world.row("SELECT count(*) FROM avatar_photos", &[]).await.get::<_, i64>(0);
    assert_eq!(photos, 0);
    world.close(service).await;
}

#[tokio::test]
async fn the_21st_photo_and_the_same_photo_twice_are_refused() {
    let world = World::new().await.with("AVATAR_MAX_PHOTOS", "12");
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let photos = portraits(13);
    prepares(&anna, "Anna", &photos[..11]).await;
    anna.sends_photo(photos[0].clone());
    anna.sees_text("already").await;
    anna.sends_photo(photos[11].clone());
    anna.sees_text("12 photos of 12").await;
    anna.sends_photo(photos[12].clone());
    anna.sees_text("room for 12").await;
    let photos = world.row("SELECT count(*) FROM avatar_photos", &[]).await.get::<_, i64>(0);
    assert_eq!(photos, 12);
    world.close(service).await;
}

#[tokio::test]
async fn a_zip_that_fal_refuses_ends_in_a_notice_that_says_what_to_do() {
    let world = World::new().await;
    world.fal.set(|settings| {
        settings.failures.push_back(Failure::validation(
            "images_data_url",
            "Invalid archive",
            "invalid_archive",
        ));
    });
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    crate::world::trains(&anna, "Anna").await;
    anna.sees_text("could not read the photos").await;
    let row = world.row("SELECT status::text, training_error FROM avatars", &[]).await;
    assert_eq!(
        (row.get::<_, &str>(0), row.get::<_, &str>(1)),
        ("error", "fal_error: invalid_archive: Invalid archive")
    );
    let kept = world.row("SELECT count(*) FROM avatar_photos", &[]).await.get::<_, i64>(0);
    assert_eq!(kept, 4, "a retry needs no new upload");
    world.close(service).await;
}
