//! What people do with the pictures that came along.

use super::{ROWS, folder};
use crate::import::{older, summary};
use crate::world::{PATIENCE, World, portrait};
use standins::telegram::{Chat, Message, Person};

/// The newest message of the bot, once it has this button.
async fn shows(person: &Person, button: &str) -> Message {
    let newest = |chat: &Chat| chat.newest().filter(|m| m.button(button).is_some()).cloned();
    person.sees(button, newest, PATIENCE).await
}

#[tokio::test]
async fn people_find_their_older_pictures_and_take_them_with_them_when_they_leave() {
    let world = World::new().await;
    let (_older, url) = older(ROWS).await;
    let folder = folder(&world);
    world.prints(&["import", "--from", &url, "--objects-from", &folder]).await;
    let anna = world.telegram.friend(1, "Anna", "en");
    let service = world.serve().await;
    let two: String = world.row("SELECT md5('two')::uuid::text", &[]).await.get(0);
    anna.says("/gallery");
    let page = shows(&anna, &format!("gallery_view:{two}")).await;
    assert!(page.text.contains("3 pictures"), "{}", page.text);
    anna.presses(&format!("gallery_view:{two}"));
    let card = shows(&anna, "gallery_original").await;
    assert!(card.text.contains("in a red coat") && card.text.contains("512×512"), "{}", card.text);
    anna.presses_raw(&format!("gallery_original:{two}"));
    let document = |chat: &Chat| {
        let mut files = chat.from_bot().filter_map(|message| message.media.clone());
        files.find(|media| media.kind == "document")
    };
    let original = anna.sees("the file", document, PATIENCE).await;
    assert_eq!(world.telegram.file(&original.file_id).unwrap(), portrait("astronaut.jpg"));
    let told = "SELECT EXISTS (SELECT FROM outbox WHERE job_kind = 'generation')";
    assert!(!world.row(told, &[]).await.get::<_, bool>(0), "nobody was told");

    anna.presses_raw("avatar_gallery");
    let avatar: String = world.row("SELECT md5('avatar')::uuid::text", &[]).await.get(0);
    anna.sees_button(&format!("avatar_delete:{avatar}")).await;
    anna.presses(&format!("avatar_delete:{avatar}"));
    anna.sees_button(&format!("avatar_delete_confirm:{avatar}")).await;
    anna.presses(&format!("avatar_delete_confirm:{avatar}"));
    world.until("its pictures go with it", "SELECT count(*) = 1 FROM images").await;
    world
        .until("and its orders", "SELECT NOT EXISTS (SELECT FROM jobs WHERE id = md5('two')::uuid)")
        .await;
    assert_eq!(world.kept(), 2);
    world.until("and then it", "SELECT NOT EXISTS (SELECT FROM avatars)").await;
    let import = ["import", "--from", &url, "--objects-from", &folder, "--json", "--quiet"];
    let again = summary(&world.prints(&import).await);
    for stage in ["avatars", "picture orders"] {
        assert_eq!(again["stages"][stage]["deleted_here"], 1, "{stage}: {again}");
    }
    assert_eq!(world.rows_of("images").await, 1, "what was deleted here stays deleted");

    anna.says("/forget");
    let confirm = |chat: &Chat| {
        let buttons = chat.newest()?.buttons();
        buttons.into_iter().filter_map(|button| button.data).find(|data| data.starts_with("forget"))
    };
    let confirm = anna.sees("the question", confirm, PATIENCE).await;
    anna.presses(&confirm);
    world
        .until(
            "nothing is left",
            "SELECT NOT EXISTS (SELECT FROM jobs) AND NOT EXISTS (SELECT FROM images)",
        )
        .await;
    assert_eq!(world.kept(), 0);
    world.until("nor is she", "SELECT NOT EXISTS (SELECT FROM users)").await;
    let again = summary(&world.prints(&import).await);
    assert_eq!(again["stages"]["people"]["forgotten_here"], 1, "{again}");
    for table in ["users", "avatars", "jobs", "images"] {
        assert_eq!(world.rows_of(table).await, 0, "{table}: forgotten people do not come back");
    }
    world.close(service).await;
}

#[tokio::test]
async fn an_older_picture_is_made_again_from_its_words() {
    let world = World::new().await;
    let (_older, url) = older(ROWS).await;
    let folder = folder(&world);
    world.prints(&["import", "--from", &url, "--objects-from", &folder, "--quiet"]).await;
    let weights = "UPDATE avatars SET lora_object_key = 'loras/x', lora_sha256 = 'x', trigger_phrase = 'TOK_7',
        fal_endpoint = 'fal-ai/flux-lora-fast-training'";
    world.rows.batch_execute(weights).await.unwrap();
    let anna = world.telegram.friend(1, "Anna", "en");
    let service = world.serve().await;
    let two: String = world.row("SELECT md5('two')::uuid::text", &[]).await.get(0);
    anna.says("/gallery");
    shows(&anna, "gallery_view").await;
    anna.presses_raw(&format!("gallery_regenerate:{two}"));
    let card = shows(&anna, "gen_start:").await;
    assert!(card.text.contains("in a red coat"), "{}", card.text);
    let drafted = "SELECT parameters ->> 'prompt' FROM jobs WHERE status = 'draft'";
    let prompt: String = world.row(drafted, &[]).await.get(0);
    assert!(prompt.contains("TOK_7") && prompt.contains("in a red coat"), "{prompt}");
    world.close(service).await;
}
