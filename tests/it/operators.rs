//! What an operator can do about one avatar, from a process of its own.

use crate::world::{PATIENCE, World, in_order, trains};
use standins::fal::{Fault, Kind, Ledger, Webhooks};
use standins::telegram::Person;
use std::time::Duration;

/// How often the person was told this in a new message.
fn told(person: &Person, words: &str) -> usize {
    person.chat().from_bot().filter(|message| message.text.contains(words)).count()
}

async fn until_told(person: &Person, words: &str, times: usize) {
    let seen = |chat: &standins::telegram::Chat| {
        let told = chat.from_bot().filter(|message| message.text.contains(words)).count();
        (told >= times).then_some(())
    };
    person.sees(&format!("«{words}» {times} times"), seen, PATIENCE).await;
}

async fn request(world: &World) -> String {
    let first = |ledger: &Ledger| ledger.jobs.first().map(|job| job.request_id.clone());
    world.fal.until("FAL has it", first, PATIENCE).await
}

async fn refused(world: &World, arguments: &[&str], words: &[&str]) {
    let said = world.says(arguments).await;
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{}", said.err);
    in_order(&said.err, words);
    let said = world.says(&[arguments, &["--json"]].concat()).await;
    let answer: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((said.code, &answer["done"]), (1, &false.into()), "{answer}");
}

#[tokio::test]
async fn a_lost_submit_is_resolved_by_whoever_finds_the_job() {
    let world = World::new().await;
    world.fal.set(|settings| settings.webhooks = Webhooks::Lost);
    world.fal.fault(Kind::Submit, Fault::DropReply);
    // We may not read FAL's history, so somebody has to look at the dashboard.
    world.fal.fault_until_healed(Kind::History, Fault::Nginx(502));
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    let lost = "SELECT EXISTS (SELECT FROM training_events WHERE kind = 'submit_unknown')";
    world.until("the answer is lost", lost).await;

    let recheck = ["avatars", "recheck", avatar.as_str()];
    let naming = |request| [&recheck[..], &["--request", request]].concat();
    let said = world.prints(&recheck).await;
    in_order(&said, &["answer to its submit was lost", "searched", "--request REQUEST_ID"]);
    refused(&world, &naming("019-unknown"), &["not adopted", "FAL knows no such request"]).await;
    refused(&world, &["avatars", "retry", &avatar], &["it trains already", "cancel"]).await;
    refused(&world, &["avatars", "renotify", &avatar], &["it still trains"]).await;
    assert_eq!(world.says(&naming("../other")).await.code, 2);

    let request = request(&world).await;
    let said = world.json(&naming(&request)).await;
    assert_eq!(
        (&said["done"], &said["fal"]["request_id"]),
        (&true.into(), &request.clone().into())
    );
    anna.sees_text("is ready").await;
    assert_eq!(world.fal.ledger().jobs.len(), 1, "bought once");
    let named = "SELECT source FROM training_events WHERE kind = 'submit_accepted'";
    assert_eq!(world.row(named, &[]).await.get::<_, &str>(0), "operator");

    refused(&world, &naming(&request), &["it is «completed»", "only a running training"]).await;
    refused(&world, &["avatars", "retry", &avatar], &["it is «completed»"]).await;
    refused(&world, &["avatars", "cancel", &avatar], &["it is «completed»"]).await;
    let story = world.prints(&["avatars", "explain", &avatar]).await;
    in_order(&story, &["was lost", "operator", "FAL has it as request", "COMPLETED"]);
    world.close(service).await;
}

#[tokio::test]
async fn a_submit_that_may_still_be_answered_is_not_named_by_anybody_else() {
    let world = World::new().await;
    world.fal.set(|settings| settings.webhooks = Webhooks::Lost);
    world.fal.fault(Kind::Submit, Fault::Slow(Duration::from_secs(3)));
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    let request = request(&world).await;
    let naming = ["avatars", "recheck", &avatar, "--request", &request];
    refused(&world, &naming, &["may still come", "two minutes"]).await;
    anna.sees_text("is ready").await;
    world.close(service).await;
}

#[tokio::test]
async fn an_operator_cancels_and_trains_again() {
    let world = World::new().await;
    world.fal.set(|settings| settings.training = Duration::from_mins(5));
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    world.until("FAL's id is saved", "SELECT fal_request_id IS NOT NULL FROM avatars").await;

    let said = world.prints(&["avatars", "cancel", &avatar]).await;
    in_order(&said, &["cancelled", "FAL is asked to stop", "was told"]);
    anna.sees_text("is cancelled").await;
    let asked = |ledger: &Ledger| (!ledger.jobs[0].cancels.is_empty()).then_some(());
    world.fal.until("FAL is asked to stop", asked, PATIENCE).await;
    world.until("FAL's answer is noted", "SELECT NOT withdraw_due FROM avatars").await;
    refused(&world, &["avatars", "cancel", &avatar], &["it is «cancelled»", "retry"]).await;
    refused(&world, &["avatars", "recheck", &avatar], &["it is «cancelled»", "final"]).await;

    world.fal.set(|settings| settings.training = Duration::from_millis(400));
    let said = world.prints(&["avatars", "retry", &avatar]).await;
    in_order(&said, &["attempt 2 is started", "flux-lora-fast-training", "was told"]);
    anna.sees_text("is ready").await;
    let sources = "SELECT array_agg(source ORDER BY id) FROM training_events
        WHERE kind = 'started' OR detail ->> 'to' = 'cancelled'";
    let sources = world.row(sources, &[]).await.get::<_, Vec<String>>(0);
    assert_eq!(sources, ["user", "operator", "operator"]);
    assert_eq!(world.fal.ledger().jobs.len(), 2);
    assert!(world.fal.ledger().jobs[1].webhook.as_ref().is_some_and(|url| url.contains("nonce=")));
    world.close(service).await;
}

#[tokio::test]
async fn a_notice_is_sent_again_whatever_became_of_it_but_not_while_it_is_sent() {
    let world = World::new().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    until_told(&anna, "is ready", 1).await;
    let sent = "SELECT bool_and(status = 'sent') FROM outbox";
    for (n, was) in ["sent", "uncertain", "dead"].into_iter().enumerate() {
        world.until("the notice is noted as sent", sent).await;
        let stood = "UPDATE outbox SET status = $1, repaired_at = now()";
        world.rows.execute(stood, &[&was]).await.unwrap();
        let said = world.prints(&["avatars", "renotify", &avatar]).await;
        in_order(&said, &["«ready»", was, "sent again"]);
        until_told(&anna, "is ready", n + 2).await;
    }
    world.until("the notice is noted as sent", sent).await;
    service.stop().await;
    world.rows.execute("UPDATE outbox SET status = 'sending'", &[]).await.unwrap();
    refused(&world, &["avatars", "renotify", &avatar], &["is being sent at this moment"]).await;
    world.rows.execute("DELETE FROM outbox", &[]).await.unwrap();
    refused(&world, &["avatars", "renotify", &avatar], &["no notice was ever written"]).await;
    assert_eq!(told(&anna, "is ready"), 4);
    let noted = "SELECT count(*) FROM training_events WHERE kind = 'renotified'";
    assert_eq!(world.row(noted, &[]).await.get::<_, i64>(0), 3);
}

#[tokio::test]
async fn what_ended_by_a_time_out_is_completed_by_a_look_when_fal_has_it_after_all() {
    let world = World::new().await.with("FAL_TRAINING_TIMEOUT", "2");
    world.fal.set(|settings| {
        settings.training = Duration::from_mins(10);
        settings.webhooks = Webhooks::Lost;
        settings.ignore_cancel = true;
    });
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    anna.sees_button("retry_training_").await;
    world.until("FAL was told", "SELECT NOT withdraw_due FROM avatars").await;
    let request = request(&world).await;
    world.fal.hurry(&request);
    let over = |ledger: &Ledger| ledger.jobs[0].outcome.as_ref().map(|_| ());
    world.fal.until("FAL has finished after all", over, PATIENCE).await;

    let said = world.prints(&["avatars", "recheck", &avatar]).await;
    in_order(&said, &["looked at now", "FAL itself says", "COMPLETED"]);
    anna.sees_text("is ready").await;
    world.close(service).await;
}

#[tokio::test]
async fn a_look_at_what_is_completed_looks_for_its_weights_once_more() {
    let world = World::new().await.with("COMPLETENESS_CHECK_DELAY", "0");
    // FAL keeps what it stored, as if our key may not delete it.
    world.fal.fault_until_healed(Kind::Payloads, Fault::Nginx(502));
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    anna.sees_text("is ready").await;
    world.until("it is audited", "SELECT audited_at IS NOT NULL FROM avatars").await;
    let key: String = world.row("SELECT lora_object_key FROM avatars", &[]).await.get(0);
    std::fs::remove_file(world.data("objects").join(&key)).unwrap();

    world.prints(&["avatars", "recheck", &avatar]).await;
    let restored = "SELECT EXISTS (SELECT FROM training_events WHERE kind = 'weights_restored')";
    world.until("the weights are there again", restored).await;
    assert!(world.data("objects").join(&key).exists());
    world.close(service).await;
}

#[tokio::test]
async fn acts_take_effect_at_the_next_start_when_no_service_runs() {
    let world = World::new().await;
    world.fal.set(|settings| settings.training = Duration::from_mins(5));
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    world.until("FAL's id is saved", "SELECT fal_request_id IS NOT NULL FROM avatars").await;
    service.stop().await;

    let said = world.prints(&["avatars", "recheck", &avatar]).await;
    in_order(&said, &["when `aisha serve` runs", "FAL itself says", "IN_PROGRESS"]);
    let said = world.prints(&["avatars", "cancel", &avatar]).await;
    in_order(&said, &["cancelled", "when `aisha serve` runs"]);
    refused(&world, &["avatars", "retry", &avatar], &["still being told", "two minutes"]).await;
    let service = world.serve().await;
    anna.sees_text("is cancelled").await;
    let asked = |ledger: &Ledger| (!ledger.jobs[0].cancels.is_empty()).then_some(());
    world.fal.until("FAL is asked to stop", asked, PATIENCE).await;

    let nobody = "00000000-0000-4000-8000-000000000000";
    for act in ["recheck", "retry", "cancel", "renotify"] {
        let said = world.says(&["avatars", act, nobody]).await;
        assert_eq!(said.code, 1);
        in_order(&said.err, &["there is no avatar 00000000"]);
        assert_eq!(world.says(&["avatars", act, "Anna"]).await.code, 2);
    }
    world.close(service).await;
}
