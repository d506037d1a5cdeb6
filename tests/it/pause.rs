//! A short break: nothing new starts, work in progress continues.

use crate::world::{World, prepares_as, sketches, trains};
use std::time::Duration;

#[tokio::test]
async fn a_pause_stops_what_is_new_and_nothing_that_runs() {
    let world = World::new().await;
    world.fal.set(|settings| settings.training = Duration::from_mins(10));
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let running = trains(&anna, "Running").await;
    let waiting = prepares_as(&anna, "training_type_style", "Waiting", &sketches()).await;

    let said = world.json(&["pause", "--reason", "FAL <changes> prices"]).await;
    assert_eq!((&said["paused"], &said["reason"]), (&true.into(), &"FAL <changes> prices".into()));
    let start = format!("start_training_{waiting}");
    let pressed = anna.presses(&start);
    anna.sees_answer(&pressed).await;
    let told = anna.sees_text("We are taking a short break").await;
    assert!(
        told.text.contains("photos are kept") && !told.text.contains("prices"),
        "{}",
        told.text
    );
    let retry = world.says(&["avatars", "retry", &running]).await;
    assert_eq!(retry.code, 1, "it trains: {}", retry.err);

    world.fal.set(|settings| settings.training = Duration::from_millis(100));
    let http = reqwest::Client::new();
    let admin = format!("http://{}", world.environment["AISHA_ADMIN_LISTEN"]);
    let sees = async |path: &str| {
        http.get(format!("{admin}{path}")).send().await.unwrap().text().await.unwrap()
    };
    let page = sees("/admin?lang=en").await;
    assert!(page.contains("Paused, nothing new begins: FAL &lt;changes&gt; prices"), "{page}");
    assert!(page.contains("/admin/resume"), "the way out");
    let (_, rest) = page.split_once("Paused, nothing new begins").unwrap();
    assert!(rest.contains("since"), "since when");

    // From the page: only with its own form.
    let post = async |path: &str, body: String| {
        let form = "application/x-www-form-urlencoded";
        let asked = http.post(format!("{admin}{path}")).header("Content-Type", form).body(body);
        asked.send().await.unwrap()
    };
    assert_eq!(post("/admin/resume", "key=guessed".to_owned()).await.status(), 403);
    let form = sees("/admin/resume?lang=en").await;
    let key = form.split_once("name=\"key\" value=\"").unwrap().1.split('"').next().unwrap();
    let answer = post("/admin/resume?lang=en", format!("key={key}")).await;
    assert!(answer.text().await.unwrap().contains("people can start again"));
    let answer = post("/admin/pause?lang=en", format!("key={key}&reason=again")).await;
    assert!(answer.text().await.unwrap().contains("Paused"));
    let reason = "SELECT pause_reason FROM spending_control";
    assert_eq!(world.row(reason, &[]).await.get::<_, &str>(0), "again");
    assert_eq!(world.prints(&["resume"]).await, "resumed: people can start again\n");
    assert_eq!(world.prints(&["resume"]).await, "nothing was paused\n");

    // The button under the refusal starts it now.
    anna.presses(&start);
    anna.sees_button(&format!("avatar_generate:{waiting}")).await;
    let pressed = anna.presses_raw(&format!("confirm_cancel_training_{running}"));
    anna.sees_answer(&pressed).await;
    assert_eq!(world.fal.ledger().jobs.len(), 2);
    world.close(service).await;
}

#[tokio::test]
async fn a_pause_outlives_a_restart_and_holds_for_all_instances() {
    let world = World::of_several().await;
    let one = world.joins("one", crate::world::EVERYTHING).await;
    let anna = world.telegram.person(1, "Anna", "ru");
    let avatar = prepares_as(&anna, "training_type_style", "Анна", &sketches()).await;
    world.prints(&["pause"]).await;
    one.service.dies().await;
    let two = world.joins("two", crate::world::EVERYTHING).await;
    let pressed = anna.presses(&format!("start_training_{avatar}"));
    anna.sees_answer(&pressed).await;
    anna.sees_text("У нас небольшой перерыв").await;
    assert_eq!(world.fal.ledger().jobs.len(), 0);
    world.close_with(two).await;
}
