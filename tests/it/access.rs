//! Who may use the bot at all.

use crate::forget::asks_to_be_forgotten;
use crate::world::{PATIENCE, World, in_order, prepares_as, sketches, trains};
use futures_util::future::join_all;
use standins::telegram::Person;

/// Whatever strangers do, they create nothing and cost nothing.
async fn makes_nothing(world: &World, stranger: &Person, words: &str) {
    let files = world.telegram.calls_of("getFile").len();
    stranger.says("/start");
    stranger.sees_text(words).await;
    for button in [
        "create_avatar",
        "training_type_style",
        "start_photo_upload",
        "confirm_training_current",
        "start_training_00000000-0000-0000-0000-000000000000",
        "retry_training_00000000-0000-0000-0000-000000000000",
    ] {
        let pressed = stranger.presses_raw(button);
        stranger.sees_answer(&pressed).await;
    }
    for said in ["/start", "/new", "Anna", "/start 0123456789abcdef0123456789abcdef01234567"] {
        stranger.says(said);
    }
    stranger.sends_photo(sketches().remove(0));
    let mark = stranger.mark();
    stranger.sends_album(&sketches());
    let once = |chat: &standins::telegram::Chat| {
        let told =
            chat.since(mark).find(|message| message.from_bot && message.text.contains(words));
        told.map(|_| ())
    };
    stranger.sees("the answer to the album", once, PATIENCE).await;
    world
        .until(
            "everything is handled",
            "SELECT NOT EXISTS (SELECT FROM telegram_updates WHERE handled_at IS NULL)",
        )
        .await;
    assert_eq!(world.telegram.calls_of("getFile").len(), files, "no photo is fetched");
    let theirs = "SELECT count(*) FROM avatars a JOIN users u ON u.id = a.user_id
        WHERE u.telegram_id = $1";
    assert_eq!(world.row(theirs, &[&stranger.id()]).await.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn an_operator_sees_people_bans_one_and_lets_them_start_again() {
    let world = World::new().await;
    world
        .rows
        .batch_execute(
            "INSERT INTO users (telegram_id, first_name) VALUES (7, 'Anna'), (8, 'Ivan')",
        )
        .await
        .unwrap();
    let said = world.prints(&["users", "ban", "7"]).await;
    assert!(said.contains("start nothing"), "{said}");
    let banned = world.prints(&["users", "list", "--banned"]).await;
    assert!(banned.contains("Anna") && !banned.contains("Ivan"), "{banned}");
    let shown = world.prints(&["users", "show", "7", "--json"]).await;
    assert!(shown.contains(r#""telegram_id":7"#), "{shown}");
    world.prints(&["users", "unban", "7"]).await;
    assert!(world.prints(&["users", "list", "--banned"]).await.contains("nobody is banned"));
}

#[tokio::test]
async fn a_ban_outlasts_being_forgotten() {
    let world = World::new().await.of_small_sets();
    let service = world.serve().await;
    let mallory = world.telegram.person(66, "Mallory", "en");
    mallory.says("/start");
    mallory.sees_button("create_avatar").await;
    world.prints(&["users", "ban", "66"]).await;
    asks_to_be_forgotten(&mallory).await;
    let pressed = mallory.presses("forget_confirm");
    mallory.sees_answer(&pressed).await;
    let gone = "SELECT NOT EXISTS (SELECT FROM users WHERE telegram_id = 66)";
    world.until("they are forgotten", gone).await;

    let avatar = prepares_as(&mallory, "training_type_style", "Again", &sketches()).await;
    let mark = mallory.mark();
    let pressed = mallory.presses(&format!("start_training_{avatar}"));
    mallory.sees_answer(&pressed).await;
    let told = |chat: &standins::telegram::Chat| {
        chat.since(mark).find(|message| message.text.contains("on hold")).map(|_| ())
    };
    mallory.sees("that they are banned still", told, PATIENCE).await;
    assert!(world.fal.ledger().jobs.is_empty(), "nothing is bought");

    world.prints(&["users", "unban", "66"]).await;
    let kept: i64 = world.row("SELECT count(*) FROM banned_people", &[]).await.get(0);
    assert_eq!(kept, 0, "an operator's pardon is whole");
    let pressed = mallory.presses(&format!("start_training_{avatar}"));
    mallory.sees_answer(&pressed).await;
    mallory.sees_button(&format!("avatar_generate:{avatar}")).await;
    world.close(service).await;
}

#[tokio::test]
async fn a_link_lets_in_as_many_as_it_says_and_for_good() {
    let world = World::new().await.with("ACCESS", "invite").with("OPERATORS", "9");
    let service = world.serve().await;
    let said = world.json(&["invites", "new", "--uses", "2"]).await;
    let link = said["link"].as_str().unwrap().to_owned();
    let (address, code) = link.split_once("?start=").unwrap();
    assert!(address.starts_with("https://t.me/"), "{link}");
    assert!(code.len() == 40 && code.chars().all(|c| c.is_ascii_hexdigit()), "{link}");
    let kept = "SELECT string_agg(i::text, '') FROM invites i";
    assert!(!world.row(kept, &[]).await.get::<_, String>(0).contains(code), "only a digest");

    let mallory = world.telegram.person(66, "Mallory", "en");
    makes_nothing(&world, &mallory, "by invitation").await;
    mallory.says("/help");
    mallory.sees_text("How it works").await;
    mallory.says("/language");
    mallory.sees_button("language_ru").await;
    let pressed = mallory.presses("language_ru");
    mallory.sees_answer(&pressed).await;
    mallory.sees_text("только по приглашению").await;

    // Five people compete for two places, each of them twice.
    let people: Vec<Person> =
        (1..=5).map(|id| world.telegram.person(id, &format!("P{id}"), "en")).collect();
    for person in &people {
        person.says(&format!("/start {code}"));
        person.says(&format!("/start {code}"));
    }
    let answered = |chat: &standins::telegram::Chat| {
        (chat.from_bot().count() >= 2).then(|| chat.with_button("create_avatar").is_some())
    };
    let came =
        join_all(people.iter().map(|person| person.sees("answers", answered, PATIENCE))).await;
    assert_eq!(came.iter().filter(|came| **came).count(), 2);
    for (person, _) in people.iter().zip(&came).filter(|(_, came)| !**came) {
        person.sees_text("used up or is no longer valid").await;
    }
    let list = world.json(&["invites", "list"]).await;
    assert_eq!((&list["invites"][0]["used"], &list["invites"][0]["uses"]), (&2.into(), &2.into()));

    let (inside, _) = people.iter().zip(&came).find(|(_, came)| **came).unwrap();
    let avatar = trains(inside, "Mine").await;
    inside.sees_button(&format!("avatar_generate:{avatar}")).await;
    let boss = world.telegram.person(9, "Boss", "en");
    prepares_as(&boss, "training_type_style", "Boss", &sketches()).await;
    mallory.says("/forget");
    mallory.sees_button("forget_confirm").await;
    world.close(service).await;
}

#[tokio::test]
async fn a_list_lets_in_who_is_on_it_and_tells_others_their_number() {
    let world = World::new().await.with("ACCESS", "list").with("ACCESS_USERS", "1, 2");
    let service = world.serve().await;
    let berta = world.telegram.person(2, "Berta", "en");
    prepares_as(&berta, "training_type_style", "Berta", &sketches()).await;
    let stranger = world.telegram.person(4_000_000_001, "Чужой", "ru");
    makes_nothing(&world, &stranger, "Это закрытый бот").await;
    let said = stranger.sees_text("Ваш номер в Telegram").await;
    assert!(said.text.contains("4000000001"), "{}", said.text);
    world.close(service).await;
}

#[tokio::test]
async fn settings_that_contradict_each_other_are_mistakes_with_a_remedy() {
    let world = World::new().await;
    let check = async |settings: &[(&str, &str)]| {
        let mut environment = world.environment.clone();
        environment
            .extend(settings.iter().map(|(name, to)| ((*name).to_owned(), (*to).to_owned())));
        let run = crate::world::binary(&environment, &["check-config"]).output().await.unwrap();
        let out = String::from_utf8_lossy(&run.stdout).into_owned();
        (run.status.code(), out + &String::from_utf8_lossy(&run.stderr))
    };
    let (code, said) = check(&[
        ("ACCESS", "friends"),
        ("OPERATORS", "7,-100,me"),
        ("LIMIT_TRAININGS_PER_DAY", "0"),
        ("SPEND_LIMIT_PER_DAY", "much"),
    ])
    .await;
    assert_eq!(code, Some(2));
    in_order(&said, &["OPERATORS", "«-100»", "OPERATORS", "«me»", "@userinfobot"]);
    in_order(&said, &["ACCESS", "«friends»", "open, invite or list"]);
    in_order(&said, &["LIMIT_TRAININGS_PER_DAY", "«0»", "from 1 to 10000"]);
    in_order(&said, &["SPEND_LIMIT_PER_DAY", "«much»"]);
    let (code, said) = check(&[("ACCESS", "list")]).await;
    assert_eq!(code, Some(2));
    in_order(&said, &["ACCESS_USERS", "nobody could use the bot", "name the Telegram ids"]);
    let (code, said) = check(&[("ACCESS_USERS", "1")]).await;
    assert_eq!(code, Some(2));
    in_order(&said, &["ACCESS_USERS", "no effect", "ACCESS=list"]);
    let (code, said) = check(&[("ACCESS", "invite"), ("SPEND_LIMIT_PER_DAY", "none")]).await;
    assert_eq!(code, Some(0), "{said}");
}
