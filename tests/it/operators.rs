//! What an operator does about one avatar, from a process of their own.

use crate::town::{PATIENCE, Town, in_order, trains};
use standins::fal::{Fault, Kind, Ledger, Webhooks};
use standins::telegram::Person;
use std::time::Duration;

/// So often the person was told this by a new message.
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

async fn request(town: &Town) -> String {
    let first = |ledger: &Ledger| ledger.jobs.first().map(|job| job.request_id.clone());
    town.fal.until("FAL has it", first, PATIENCE).await
}

async fn refused(town: &Town, arguments: &[&str], words: &[&str]) {
    let said = town.says(arguments).await;
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{}", said.err);
    in_order(&said.err, words);
    let said = town.says(&[arguments, &["--json"]].concat()).await;
    let answer: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((said.code, &answer["done"]), (1, &false.into()), "{answer}");
}

#[tokio::test]
async fn a_lost_submit_is_resolved_by_whoever_finds_the_job() {
    let town = Town::new().await;
    town.fal.set(|settings| settings.webhooks = Webhooks::Lost);
    town.fal.fault(Kind::Submit, Fault::DropReply);
    // FAL's history is closed to us: somebody has to look into the dashboard.
    town.fal.fault_until_healed(Kind::History, Fault::Nginx(502));
    let service = town.serve().await;
    let anna = town.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    let lost = "SELECT EXISTS (SELECT FROM training_events WHERE kind = 'submit_unknown')";
    town.until("the answer is lost", lost).await;

    let recheck = ["avatars", "recheck", avatar.as_str()];
    let naming = |request| [&recheck[..], &["--request", request]].concat();
    let said = town.prints(&recheck).await;
    in_order(&said, &["answer to its submit was lost", "searched", "--request REQUEST_ID"]);
    refused(&town, &naming("019-unknown"), &["not adopted", "FAL knows no such request"]).await;
    refused(&town, &["avatars", "retry", &avatar], &["it trains already", "cancel"]).await;
    refused(&town, &["avatars", "renotify", &avatar], &["it still trains"]).await;
    assert_eq!(town.says(&naming("../other")).await.code, 2);

    let request = request(&town).await;
    let said = town.json(&naming(&request)).await;
    assert_eq!(
        (&said["done"], &said["fal"]["request_id"]),
        (&true.into(), &request.clone().into())
    );
    anna.sees_text("is ready").await;
    assert_eq!(town.fal.ledger().jobs.len(), 1, "bought once");
    let named = "SELECT source FROM training_events WHERE kind = 'submit_accepted'";
    assert_eq!(town.row(named, &[]).await.get::<_, &str>(0), "operator");

    refused(&town, &naming(&request), &["it is «completed»", "only a running training"]).await;
    refused(&town, &["avatars", "retry", &avatar], &["it is «completed»"]).await;
    refused(&town, &["avatars", "cancel", &avatar], &["it is «completed»"]).await;
    let story = town.prints(&["avatars", "explain", &avatar]).await;
    in_order(&story, &["was lost", "operator", "FAL has it as request", "COMPLETED"]);
    town.close(service).await;
}

#[tokio::test]
async fn a_submit_that_may_still_be_answered_is_not_named_by_anybody_else() {
    let town = Town::new().await;
    town.fal.set(|settings| settings.webhooks = Webhooks::Lost);
    town.fal.fault(Kind::Submit, Fault::Slow(Duration::from_secs(3)));
    let service = town.serve().await;
    let anna = town.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    let request = request(&town).await;
    let naming = ["avatars", "recheck", &avatar, "--request", &request];
    refused(&town, &naming, &["may still come", "two minutes"]).await;
    anna.sees_text("is ready").await;
    town.close(service).await;
}

#[tokio::test]
async fn an_operator_cancels_and_trains_again() {
    let town = Town::new().await;
    town.fal.set(|settings| settings.training = Duration::from_mins(5));
    let service = town.serve().await;
    let anna = town.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    town.until("FAL's id is saved", "SELECT fal_request_id IS NOT NULL FROM avatars").await;

    let said = town.prints(&["avatars", "cancel", &avatar]).await;
    in_order(&said, &["cancelled", "FAL is asked to stop", "was told"]);
    anna.sees_text("is cancelled").await;
    let asked = |ledger: &Ledger| (!ledger.jobs[0].cancels.is_empty()).then_some(());
    town.fal.until("FAL is asked to stop", asked, PATIENCE).await;
    town.until("FAL's answer is noted", "SELECT NOT withdraw_due FROM avatars").await;
    refused(&town, &["avatars", "cancel", &avatar], &["it is «cancelled»", "retry"]).await;
    refused(&town, &["avatars", "recheck", &avatar], &["it is «cancelled»", "final"]).await;

    town.fal.set(|settings| settings.training = Duration::from_millis(400));
    let said = town.prints(&["avatars", "retry", &avatar]).await;
    in_order(&said, &["attempt 2 is started", "flux-lora-fast-training", "was told"]);
    anna.sees_text("is ready").await;
    let sources = "SELECT array_agg(source ORDER BY id) FROM training_events
        WHERE kind = 'started' OR detail ->> 'to' = 'cancelled'";
    let sources = town.row(sources, &[]).await.get::<_, Vec<String>>(0);
    assert_eq!(sources, ["user", "operator", "operator"]);
    assert_eq!(town.fal.ledger().jobs.len(), 2);
    assert!(town.fal.ledger().jobs[1].webhook.as_ref().is_some_and(|url| url.contains("nonce=")));
    town.close(service).await;
}

#[tokio::test]
async fn a_notice_is_sent_again_whatever_became_of_it_but_not_while_it_is_sent() {
    let town = Town::new().await;
    let service = town.serve().await;
    let anna = town.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    until_told(&anna, "is ready", 1).await;
    let sent = "SELECT bool_and(status = 'sent') FROM outbox";
    for (n, was) in ["sent", "uncertain", "dead"].into_iter().enumerate() {
        town.until("the notice is noted as sent", sent).await;
        let stood = "UPDATE outbox SET status = $1, repaired_at = now()";
        town.rows.execute(stood, &[&was]).await.unwrap();
        let said = town.prints(&["avatars", "renotify", &avatar]).await;
        in_order(&said, &["«ready»", was, "sent again"]);
        until_told(&anna, "is ready", n + 2).await;
    }
    town.until("the notice is noted as sent", sent).await;
    service.stop().await;
    town.rows.execute("UPDATE outbox SET status = 'sending'", &[]).await.unwrap();
    refused(&town, &["avatars", "renotify", &avatar], &["is being sent at this moment"]).await;
    town.rows.execute("DELETE FROM outbox", &[]).await.unwrap();
    refused(&town, &["avatars", "renotify", &avatar], &["no notice was ever written"]).await;
    assert_eq!(told(&anna, "is ready"), 4);
    let noted = "SELECT count(*) FROM training_events WHERE kind = 'renotified'";
    assert_eq!(town.row(noted, &[]).await.get::<_, i64>(0), 3);
}

#[tokio::test]
async fn what_ended_by_a_time_out_is_completed_by_a_look_when_fal_has_it_after_all() {
    let town = Town::new().await.with("FAL_TRAINING_TIMEOUT", "2");
    town.fal.set(|settings| {
        settings.training = Duration::from_mins(10);
        settings.webhooks = Webhooks::Lost;
        settings.ignore_cancel = true;
    });
    let service = town.serve().await;
    let anna = town.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    anna.sees_button("retry_training_").await;
    town.until("FAL was told", "SELECT NOT withdraw_due FROM avatars").await;
    let request = request(&town).await;
    town.fal.hurry(&request);
    let over = |ledger: &Ledger| ledger.jobs[0].outcome.as_ref().map(|_| ());
    town.fal.until("FAL has finished after all", over, PATIENCE).await;

    let said = town.prints(&["avatars", "recheck", &avatar]).await;
    in_order(&said, &["looked at now", "FAL itself says", "COMPLETED"]);
    anna.sees_text("is ready").await;
    town.close(service).await;
}

#[tokio::test]
async fn a_look_at_what_is_completed_looks_for_its_weights_once_more() {
    let town = Town::new().await.with("COMPLETENESS_CHECK_DELAY", "0");
    // FAL keeps what it stored, as where our key may not delete it.
    town.fal.fault_until_healed(Kind::Payloads, Fault::Nginx(502));
    let service = town.serve().await;
    let anna = town.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    anna.sees_text("is ready").await;
    town.until("it is audited", "SELECT audited_at IS NOT NULL FROM avatars").await;
    let key: String = town.row("SELECT lora_object_key FROM avatars", &[]).await.get(0);
    std::fs::remove_file(town.data("objects").join(&key)).unwrap();

    town.prints(&["avatars", "recheck", &avatar]).await;
    let restored = "SELECT EXISTS (SELECT FROM training_events WHERE kind = 'weights_restored')";
    town.until("the weights are there again", restored).await;
    assert!(town.data("objects").join(&key).exists());
    town.close(service).await;
}

#[tokio::test]
async fn acts_take_effect_at_the_next_start_when_no_service_runs() {
    let town = Town::new().await;
    town.fal.set(|settings| settings.training = Duration::from_mins(5));
    let service = town.serve().await;
    let anna = town.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    town.until("FAL's id is saved", "SELECT fal_request_id IS NOT NULL FROM avatars").await;
    service.stop().await;

    let said = town.prints(&["avatars", "recheck", &avatar]).await;
    in_order(&said, &["when `aisha serve` runs", "FAL itself says", "IN_PROGRESS"]);
    let said = town.prints(&["avatars", "cancel", &avatar]).await;
    in_order(&said, &["cancelled", "when `aisha serve` runs"]);
    refused(&town, &["avatars", "retry", &avatar], &["still being told", "two minutes"]).await;
    let service = town.serve().await;
    anna.sees_text("is cancelled").await;
    let asked = |ledger: &Ledger| (!ledger.jobs[0].cancels.is_empty()).then_some(());
    town.fal.until("FAL is asked to stop", asked, PATIENCE).await;

    let nobody = "00000000-0000-4000-8000-000000000000";
    for act in ["recheck", "retry", "cancel", "renotify"] {
        let said = town.says(&["avatars", act, nobody]).await;
        assert_eq!(said.code, 1);
        in_order(&said.err, &["there is no avatar 00000000"]);
        assert_eq!(town.says(&["avatars", act, "Anna"]).await.code, 2);
    }
    town.close(service).await;
}
