//! What things cost in credits, over the real service.

mod books;
mod model;

use crate::forget::asks_to_be_forgotten;
use crate::world::{PATIENCE, World, prepares_as, sketches};
use standins::fal::Failure;
use standins::telegram::{Chat, Person};
use std::time::Duration;

const STYLE: &str = "training_type_style";

/// A world where everybody begins with as many credits.
async fn world(welcome: &str) -> World {
    World::new().await.with("CREDITS", "on").with("CREDITS_WELCOME", welcome)
}

async fn prepares(person: &Person, name: &str) -> String {
    prepares_as(person, STYLE, name, &sketches()).await
}

/// Presses a button as soon as it is there, and waits for the answer.
async fn presses(person: &Person, data: &str) -> String {
    person.sees_button(data).await;
    let pressed = person.presses(data);
    person.sees_answer(&pressed).await
}

/// What the command says.
async fn balance(person: &Person) -> String {
    let mark = person.mark();
    person.says("/balance");
    let look = |chat: &Chat| {
        let said =
            chat.since(mark).find(|message| message.from_bot && message.text.contains("You have"));
        said.map(|message| message.text.clone())
    };
    person.sees("the balance", look, PATIENCE).await
}

/// What wallets have, what of it is held, and what was earned.
async fn money(world: &World) -> (i64, i64, i64) {
    let sums = "SELECT coalesce(sum(posted), 0)::bigint, coalesce(sum(held), 0)::bigint,
            coalesce((SELECT sum(amount) FROM transfers t JOIN accounts a ON a.id = t.to_id
                      WHERE a.kind = 'income'), 0)::bigint
        FROM accounts";
    let row = world.row(sums, &[]).await;
    (row.get(0), row.get(1), row.get(2))
}

async fn holds(world: &World) -> Vec<(i64, i64, String)> {
    let holds = "SELECT amount, captured, state FROM holds ORDER BY created_at";
    let rows = world.rows.query(holds, &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

fn hold(amount: i64, captured: i64, state: &str) -> (i64, i64, String) {
    (amount, captured, state.to_owned())
}

#[tokio::test]
async fn what_is_made_is_paid_and_what_is_not_made_is_given_back() {
    let world = world("1000").await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    world.fal.set(|settings| settings.training = Duration::from_mins(10));
    let cancelled = prepares(&anna, "Cancelled").await;
    let priced = |chat: &Chat| {
        let (message, _) = chat.with_button("start_training_")?;
        let label = |button: &standins::telegram::Button| button.text.contains("· 300 credits");
        message.buttons().iter().any(label).then_some(())
    };
    anna.sees("the price on the button", priced, PATIENCE).await;
    presses(&anna, &format!("start_training_{cancelled}")).await;
    anna.sees_button("cancel_training_").await;
    assert_eq!(money(&world).await, (1000, 300, 0));
    let told = balance(&anna).await;
    assert!(told.contains("700 credits") && told.contains("In use: 300 credits"), "{told}");
    presses(&anna, &format!("cancel_training_{cancelled}")).await;
    presses(&anna, &format!("confirm_cancel_training_{cancelled}")).await;
    assert_eq!(money(&world).await, (1000, 0, 0), "in the transaction of the cancel");

    world.fal.set(|settings| {
        settings.training = Duration::from_millis(200);
        settings.failures.push_back(Failure::plain("no"));
    });
    let failed = prepares(&anna, "Failed").await;
    presses(&anna, &format!("start_training_{failed}")).await;
    anna.sees_button(&format!("retry_training_{failed}")).await;
    assert_eq!(money(&world).await, (1000, 0, 0));
    presses(&anna, &format!("retry_training_{failed}")).await;
    anna.sees_button(&format!("avatar_generate:{failed}")).await;
    assert_eq!(money(&world).await, (700, 0, 300));
    let ended = ["released", "released", "captured"];
    let states: Vec<String> = holds(&world).await.into_iter().map(|hold| hold.2).collect();
    assert_eq!(states, ended);
    let told = balance(&anna).await;
    assert!(told.contains("700 credits") && !told.contains("In use"), "{told}");
    assert!(
        told.contains("avatar training: −300") && told.contains("welcome gift: +1000"),
        "{told}"
    );
    let shown = world.json(&["credits", "show", "1"]).await;
    assert_eq!(shown["wallet"]["available"], 700);
    let csv = world.says(&["credits", "export", "--month", &month(&world).await]).await.out;
    assert!(csv.contains(",capture,wallet/") && csv.contains(",income,300,"), "{csv}");
    world.close(service).await;
}

async fn month(world: &World) -> String {
    world.row("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM')", &[]).await.get(0)
}

#[tokio::test]
async fn twenty_presses_with_money_for_one_start_one() {
    let world = world("350").await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatars = [prepares(&anna, "One").await, prepares(&anna, "Two").await];
    let pressed: Vec<String> =
        (0..20).map(|n| anna.presses_raw(&format!("start_training_{}", avatars[n % 2]))).collect();
    for press in &pressed {
        anna.sees_answer(press).await;
    }
    anna.sees_text("is ready").await;
    assert_eq!(holds(&world).await, [hold(300, 300, "captured")]);
    assert_eq!(money(&world).await, (50, 0, 300));
    assert_eq!(world.fal.ledger().jobs.len(), 1);
    world.close(service).await;
}

#[tokio::test]
async fn who_has_too_little_starts_nothing_and_is_shown_the_way_to_more() {
    let world = world("100").await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = prepares(&anna, "Anna").await;
    let start = format!("start_training_{avatar}");
    presses(&anna, &start).await;
    let told = anna.sees_text("You are 200 credits short").await;
    assert!(
        told.text.contains("300 credits") && told.text.contains("100 credits"),
        "{}",
        told.text
    );
    for way in ["topup_menu", "balance_menu", &start] {
        assert!(told.button(way).is_some(), "no {way}");
    }
    let nothing = "SELECT NOT EXISTS (SELECT FROM holds) AND NOT EXISTS (SELECT FROM spendings)
        AND NOT EXISTS (SELECT FROM avatars WHERE attempt > 0)";
    assert!(world.row(nothing, &[]).await.get::<_, bool>(0), "nothing has changed");
    presses(&anna, "topup_menu").await;
    anna.sees_text("soon you will").await;
    assert!(world.fal.ledger().jobs.is_empty());
    let given = ["credits", "grant", "1", "200", "--reason", "a test"];
    assert!(world.prints(&given).await.contains("has 300"));
    let pressed = anna.presses_raw(&start);
    anna.sees_answer(&pressed).await;
    anna.sees_button(&format!("avatar_generate:{avatar}")).await;
    assert_eq!(money(&world).await, (0, 0, 300));
    world.close(service).await;
}

#[tokio::test]
async fn of_an_order_only_the_pictures_that_came_are_paid() {
    let world = world("330").await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = prepares(&anna, "Anna").await;
    presses(&anna, &format!("start_training_{avatar}")).await;
    world.fal.set(|settings| settings.flagged = vec![1]);
    presses(&anna, &format!("avatar_generate:{avatar}")).await;
    let order = anna.sees_button("gen_start:").await;
    presses(&anna, &order).await;
    world.until("three pictures are here", "SELECT count(*) = 3 FROM images").await;
    let paid = [hold(300, 300, "captured"), hold(20, 15, "captured")];
    assert_eq!(holds(&world).await, paid);
    assert_eq!(money(&world).await, (15, 0, 315));

    // The same again costs more than what is left, also when the price was not on that button.
    let again = anna.sees_button("gen_again:").await;
    presses(&anna, &again).await;
    anna.sees_text("You are 5 credits short").await;
    assert_eq!(holds(&world).await, paid);
    world.close(service).await;
}

#[tokio::test]
async fn the_first_pictures_of_an_avatar_are_a_gift() {
    let world = world("310").await.with("GIFT_IMAGES", "2");
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = prepares(&anna, "Anna").await;
    presses(&anna, &format!("start_training_{avatar}")).await;
    world.until("they are here", "SELECT count(*) = 2 FROM images").await;
    let holds = holds(&world).await;
    assert_eq!(holds[0], hold(300, 300, "captured"));
    assert!(holds.len() > 1 && holds[1..].iter().all(|gift| gift.0 == 0), "{holds:?}");
    world
        .until("it is over", "SELECT NOT EXISTS (SELECT FROM holds WHERE state = 'pending')")
        .await;
    assert_eq!(money(&world).await, (10, 0, 300));
    // The same again is no gift: its price is shown first.
    let again = anna.sees_button("gen_again:").await;
    presses(&anna, &again).await;
    anna.sees_text("This now costs").await;
    anna.sees_button("gen_start:").await;
    assert_eq!(money(&world).await, (10, 0, 300));
    world.close(service).await;
}

#[tokio::test]
async fn another_price_than_that_of_the_button_is_shown_anew_and_starts_nothing() {
    let world = world("400").await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = prepares(&anna, "Anna").await;
    service.stop().await;
    let world = world.with("PRICE_TRAINING", "400");
    let service = world.serve().await;
    let start = format!("start_training_{avatar}");
    presses(&anna, &start).await;
    anna.sees_text("This now costs 400 credits").await;
    assert_eq!((holds(&world).await, world.fal.ledger().jobs.len()), (Vec::new(), 0));
    presses(&anna, &start).await;
    anna.sees_button(&format!("avatar_generate:{avatar}")).await;
    assert_eq!(money(&world).await, (0, 0, 400));
    world.close(service).await;
}

#[tokio::test]
async fn what_is_forgotten_is_lost_and_nobody_is_welcomed_twice() {
    let world = world("100").await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    anna.says("/start");
    anna.sees_button("balance_menu").await;
    assert!(balance(&anna).await.contains("You have 100 credits"));
    let asked = asks_to_be_forgotten(&anna).await;
    assert!(asked.contains("100 credits, which are lost for good"), "{asked}");
    presses(&anna, "forget_confirm").await;
    world.until("they are gone", "SELECT NOT EXISTS (SELECT FROM users)").await;
    let named =
        "SELECT count(*) FILTER (WHERE user_id IS NOT NULL), sum(posted)::bigint FROM accounts
        WHERE kind = 'wallet'";
    let row = world.row(named, &[]).await;
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (0, 100), "the books stay, nobody's");
    assert!(balance(&anna).await.contains("You have 0 credits"));
    world.close(service).await;
}

#[tokio::test]
async fn an_invitation_brings_its_credits_once() {
    let world = world("0").await.with("ACCESS", "invite");
    let service = world.serve().await;
    let made = world.json(&["invites", "new", "--uses", "5", "--credits", "50"]).await;
    let code = made["link"].as_str().unwrap().split_once("?start=").unwrap().1.to_owned();
    let anna = world.telegram.person(1, "Anna", "en");
    for _ in 0..3 {
        anna.says(&format!("/start {code}"));
    }
    anna.sees_text("A gift for you: 50 credits").await;
    assert!(balance(&anna).await.contains("You have 50 credits"));
    asks_to_be_forgotten(&anna).await;
    presses(&anna, "forget_confirm").await;
    world.until("they are gone", "SELECT NOT EXISTS (SELECT FROM users)").await;
    anna.says(&format!("/start {code}"));
    assert!(balance(&anna).await.contains("You have 0 credits"));
    world.close(service).await;
}

#[tokio::test]
async fn operators_pay_nothing_and_a_rehearsal_earns_nothing() {
    let world = world("300")
        .await
        .with("OPERATORS", "9")
        .with("FAL_TRAINING_TEST_MODE", "true")
        .with("FAL_MOCK_TRAINING_DURATION", "1");
    let service = world.serve().await;
    for id in [9, 1] {
        let person = world.telegram.person(id, "Anna", "en");
        let avatar = prepares(&person, "Anna").await;
        presses(&person, &format!("start_training_{avatar}")).await;
        person.sees_button(&format!("avatar_generate:{avatar}")).await;
    }
    assert_eq!(holds(&world).await, [hold(0, 0, "captured"), hold(300, 300, "captured")]);
    assert_eq!(money(&world).await.2, 0, "no income");
    world.close(service).await;
}

#[tokio::test]
async fn without_credits_nothing_speaks_of_them() {
    let world = World::new().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    anna.says("/balance");
    anna.sees_text("/help").await;
    let asked = anna.presses_raw("balance_menu");
    anna.sees_answer(&asked).await;
    let avatar = prepares(&anna, "Anna").await;
    presses(&anna, &format!("start_training_{avatar}")).await;
    anna.sees_button(&format!("avatar_generate:{avatar}")).await;
    let none = "SELECT NOT EXISTS (SELECT FROM holds) AND NOT EXISTS (SELECT FROM transfers)
        AND NOT EXISTS (SELECT FROM accounts WHERE kind = 'wallet')
        AND NOT EXISTS (SELECT FROM spendings WHERE credits IS NOT NULL)";
    assert!(world.row(none, &[]).await.get::<_, bool>(0));
    assert!(!anna.transcript().contains("credit"), "{}", anna.transcript());
    world.close(service).await;
}
