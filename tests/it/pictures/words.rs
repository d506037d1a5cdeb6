//! A chat model beside: words in any language become a prompt, and photos become words.

use super::ordering::{follows, photos, presses, with_style};
use crate::world::{PATIENCE, World, portrait, trains};
use serde_json::{Value, json};
use standins::openai::{Fault, OpenAi};
use standins::telegram::Person;

/// A world with a chat model.
async fn world_with_model() -> (World, OpenAi) {
    let chat = OpenAi::start().await.unwrap();
    let world = World::new()
        .await
        .with("OPENAI_API_URL", chat.url())
        .with("OPENAI_API_KEY", chat.key())
        .with("CHAT_MODEL", "gpt-standin");
    (world, chat)
}

fn answer(prompt: &str, flag: Option<&str>) -> Value {
    let mut answer = json!({
        "prompt_en": prompt,
        "policy": { "minor": false, "sexual": false, "public_figure": false, "hate": false },
        "changed": true,
    });
    if let Some(flag) = flag {
        answer["policy"][flag] = json!(true);
    }
    answer
}

/// A Russian with a finished avatar, who is asked for words.
async fn asked_for_words(world: &World, id: i64) -> (Person, String) {
    let ivan = world.telegram.person(id, "Иван", "ru");
    let avatar = trains(&ivan, "Акварель").await;
    presses(&ivan, &format!("avatar_generate:{avatar}")).await;
    follows(&ivan, &format!("gen_custom:{avatar}")).await;
    (ivan, avatar)
}

/// Says it, and waits for a new message with these words.
async fn says(person: &Person, words: &str, expected: &str) -> String {
    let mark = person.mark();
    person.says(words);
    sees_since(person, mark, expected).await
}

async fn sees_since(person: &Person, mark: u64, expected: &str) -> String {
    let look = |chat: &standins::telegram::Chat| {
        chat.since(mark).find(|m| m.text.contains(expected)).map(|m| m.text.clone())
    };
    person.sees(expected, look, PATIENCE).await
}

/// The prompts that FAL was asked for pictures with.
fn prompts(world: &World) -> Vec<String> {
    let ledger = world.fal.ledger();
    let prompts = ledger.jobs.iter().filter_map(|job| job.input["prompt"].as_str());
    prompts.map(str::to_owned).collect()
}

#[tokio::test]
async fn words_in_russian_become_an_english_prompt_that_is_asked_for_once() {
    let (world, chat) = world_with_model().await;
    let service = world.serve().await;
    let (ivan, _) = asked_for_words(&world, 1).await;
    chat.says("маяк", answer("a lighthouse on a cliff, big waves, sunset", None));
    let card = says(&ivan, "маяк на скале, большие волны", "a lighthouse on a cliff").await;
    assert!(card.contains("маяк на скале, большие волны"), "{card}");
    presses(&ivan, "gen_count:1").await;
    follows(&ivan, "gen_start:").await;
    photos(&ivan, 1).await;
    follows(&ivan, "gen_again:").await;
    photos(&ivan, 2).await;

    let trigger: String = world.row("SELECT trigger_phrase FROM avatars", &[]).await.get(0);
    let prompts = prompts(&world);
    assert_eq!(prompts.len(), 2);
    for prompt in prompts {
        assert!(prompt.contains("a lighthouse on a cliff, big waves, sunset"), "{prompt}");
        assert!(!prompt.contains("маяк"), "{prompt}");
        assert_eq!(prompt.matches(&trigger).count(), 1, "{prompt}");
    }
    let [call] = &chat.calls()[..] else { panic!("asked more than once: {:?}", chat.calls()) };
    assert!(call.material.contains("маяк на скале") && !call.material.contains(&trigger));
    ivan.says("/privacy");
    ivan.sees_text("текстовый сервис").await;
    let metrics = format!("http://{}/metrics", world.environment["AISHA_ADMIN_LISTEN"]);
    let metrics = reqwest::get(metrics).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("aisha_chat_calls_total{outcome=\"answered\"} 1"), "{metrics}");
    let log = service.log();
    assert!(!log.contains("маяк") && !log.contains("lighthouse"), "words are in the log");
    world.close(service).await;
}

#[tokio::test]
async fn a_model_that_is_away_costs_a_sentence_and_no_picture() {
    let (world, chat) = world_with_model().await;
    let service = world.serve().await;
    let (ivan, _) = asked_for_words(&world, 2).await;
    for fault in [Fault::Quota, Fault::Never, Fault::OtherForm, Fault::BadJson] {
        chat.fault(fault, 1);
        let card = says(&ivan, "маяк на скале", "Перевести сейчас не получилось").await;
        assert!(card.contains("маяк на скале") && card.contains("на английском"), "{card}");
    }
    chat.fault(Fault::Refusal, 1);
    says(&ivan, "маяк на скале", "по-другому").await;
    let url = chat.url().to_owned();
    chat.stop().await;
    says(&ivan, "маяк на скале", "Перевести сейчас не получилось").await;
    // English words are as good as ever, and nothing is to be said.
    let card = says(&ivan, "a lighthouse on a cliff", "a lighthouse on a cliff").await;
    assert!(!card.contains("Перевести"), "{card}");
    presses(&ivan, "gen_count:1").await;
    follows(&ivan, "gen_start:").await;
    photos(&ivan, 1).await;
    let log = service.log();
    assert!(log.contains("aisha doctor") && !log.contains(&url), "what an operator can do");
    world.close(service).await;
}

#[tokio::test]
async fn what_the_model_sees_in_words_is_refused_as_by_the_lists() {
    let (world, chat) = world_with_model().await;
    let service = world.serve().await;
    let (ivan, _) = asked_for_words(&world, 3).await;
    chat.says("актёр", answer("as a famous actor", Some("public_figure")));
    says(&ivan, "как знаменитый актёр", "известными людьми").await;
    // What the model says is judged as well.
    chat.says("закат", answer("a nude woman at sunset", None));
    says(&ivan, "закат на море", "Откровенных картинок").await;
    chat.says("двор", answer("a playground", Some("minor")));
    says(&ivan, "во дворе", "приостановлены").await;
    let strikes: i32 = world.row("SELECT strikes FROM users", &[]).await.get(0);
    assert_eq!(strikes, 3);
    // The lists are asked first, and the model not at all.
    assert_eq!(chat.calls().len(), 3);
    assert!(prompts(&world).is_empty());
    world.close(service).await;
}

#[tokio::test]
async fn a_photo_becomes_words_and_is_not_kept() {
    let (world, chat) = world_with_model().await;
    let service = world.serve().await;
    let (anna, avatar) = with_style(&world, 4).await;
    anna.says("/generate");
    follows(&anna, &format!("gen_photo:{avatar}")).await;
    anna.sees_text("Send me a photo").await;
    chat.says("A photo", answer("in a red coat on a snowy street", None));
    let objects = world.row("SELECT count(*) FROM avatar_photos", &[]).await.get::<_, i64>(0);
    anna.sends_photo(portrait("phone-gps-rotated.jpg"));
    anna.sees_text("in a red coat on a snowy street").await;
    let [call] = &chat.calls()[..] else { panic!("{:?}", chat.calls()) };
    let (width, height, bytes) = call.picture.unwrap();
    assert!(width.max(height) <= 1024 && bytes < 1 << 20, "{width}×{height}, {bytes} bytes");
    presses(&anna, "gen_count:1").await;
    follows(&anna, "gen_start:").await;
    photos(&anna, 1).await;
    assert!(prompts(&world)[0].contains("in a red coat"), "{:?}", prompts(&world));
    assert_eq!(
        world.row("SELECT count(*) FROM avatar_photos", &[]).await.get::<_, i64>(0),
        objects,
        "it is no photo of the avatar"
    );

    anna.says("/generate");
    follows(&anna, &format!("gen_photo:{avatar}")).await;
    let mark = anna.mark();
    anna.sends_photo(&b"no picture"[..]);
    sees_since(&anna, mark, "could not read this file").await;
    chat.set(|settings| settings.sees = false);
    let mark = anna.mark();
    anna.sends_photo(portrait("phone-gps-rotated.jpg"));
    sees_since(&anna, mark, "nothing to look at photos with").await;
    let card = says(&anna, "on a beach", "on a beach").await;
    assert!(!card.is_empty());
    world.close(service).await;
}

#[tokio::test]
async fn who_speaks_russian_reads_in_russian_what_a_photo_shows() {
    let (world, chat) = world_with_model().await;
    let service = world.serve().await;
    let (ivan, avatar) = asked_for_words(&world, 6).await;
    let mut said = answer("in a red coat on a snowy street", None);
    said["told"] = json!("в красном пальто на заснеженной улице");
    chat.says("Russian", said);
    ivan.says("/generate");
    follows(&ivan, &format!("gen_photo:{avatar}")).await;
    let mark = ivan.mark();
    ivan.sends_album(&[portrait("portrait-1.jpg"), portrait("portrait-2.jpg")]);
    let card = sees_since(&ivan, mark, "в красном пальто").await;
    assert!(card.contains("in a red coat"), "{card}");
    assert_eq!(chat.calls().len(), 1, "of an album, the last one");
    let kept = world.row("SELECT parameters FROM jobs ORDER BY created_at DESC LIMIT 1", &[]).await;
    let kept: Value = kept.get(0);
    assert_eq!(kept["words"], "в красном пальто на заснеженной улице");
    assert_eq!(kept["english"], "in a red coat on a snowy street");
    assert!(kept["prompt"].as_str().unwrap().contains("in a red coat"), "{kept}");
    world.close(service).await;
}

#[tokio::test]
async fn the_fifty_first_call_of_a_day_is_not_made() {
    let (world, chat) = world_with_model().await;
    let service = world.serve().await;
    let (ivan, avatar) = asked_for_words(&world, 5).await;
    let used = "INSERT INTO chat_calls (user_id, called_at)
        SELECT id, array_fill(clock_timestamp(), ARRAY[49]) || clock_timestamp() - interval '25 hours'
        FROM users";
    world.rows.batch_execute(used).await.unwrap();
    chat.says("маяк", answer("a lighthouse", None));
    says(&ivan, "маяк на скале", "a lighthouse").await;
    let card = says(&ivan, "маяк на скале", "На сегодня переводов хватит").await;
    assert!(card.contains("маяк на скале") && !card.contains("lighthouse"), "{card}");
    ivan.says("/generate");
    follows(&ivan, &format!("gen_photo:{avatar}")).await;
    let mark = ivan.mark();
    ivan.sends_photo(portrait("phone-gps-rotated.jpg"));
    sees_since(&ivan, mark, "насмотрелась").await;
    assert_eq!(chat.calls().len(), 1);
    crate::forget::asks_to_be_forgotten(&ivan).await;
    presses(&ivan, "forget_confirm").await;
    world.until("nobody is counted", "SELECT NOT EXISTS (SELECT FROM chat_calls)").await;
    world.close(service).await;
}

#[tokio::test]
async fn the_doctor_knows_the_model_or_lists_what_there_is() {
    let (mut world, chat) = world_with_model().await;
    let about = async |world: &World| {
        let said = world.says(&["doctor", "--json"]).await;
        let checks: Value = serde_json::from_str(&said.out).unwrap();
        let check = checks["checks"].as_array().unwrap();
        let check = check.iter().find(|check| check["name"] == "chat model").unwrap();
        (check["state"].as_str().unwrap().to_owned(), check.to_string())
    };
    let (state, said) = about(&world).await;
    assert!(state == "ok" && said.contains("has gpt-standin"), "{said}");
    world = world.with("CHAT_MODEL", "gpt-2");
    let (state, said) = about(&world).await;
    assert!(state == "problem" && said.contains("gpt-standin-mini"), "{said}");
    world = world.without("CHAT_MODEL");
    let (state, said) = about(&world).await;
    assert!(state == "note" && said.contains("gpt-standin-mini"), "{said}");
    let said = world.prints(&["check-config"]).await;
    assert!(said.contains("CHAT_MODEL is not set"), "{said}");
    world = world.with("OPENAI_API_KEY", "sk-wrong");
    let (state, said) = about(&world).await;
    assert!(state == "problem" && said.contains("refuses") && !said.contains("sk-wrong"), "{said}");
    chat.stop().await;
    let (state, said) = about(&world).await;
    assert!(state == "problem" && said.contains("cannot be reached"), "{said}");
    world = world.without("OPENAI_API_URL").without("OPENAI_API_KEY").with("CHAT_MODEL", "gpt-2");
    let said = world.says(&["check-config"]).await;
    assert!(said.code == 2 && said.err.contains("CHAT_MODEL: there is no server"), "{}", said.err);
}
