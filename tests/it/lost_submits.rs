//! A submit whose answer is lost is found again; doubles and orphans are cancelled; FAL's stored
//! data is deleted once it is no longer needed.

use crate::world::{PATIENCE, Service, World, in_order, trains};
use serde_json::json;
use standins::fal::{Fault, Kind, Ledger, Webhooks};
use standins::telegram::Person;
use std::time::Duration;

const LOST: &str = "SELECT EXISTS (SELECT FROM training_events WHERE kind = 'submit_unknown')";
const SEARCHED: &str = "SELECT submit_archive IS NOT NULL FROM avatars";

fn refused() -> Fault {
    Fault::Answer { status: 403, body: json!({ "detail": "Forbidden" }), request_id: false }
}

/// A world whose first submit meets this fault, and where FAL never calls.
async fn world(fault: Fault) -> World {
    let world = World::new().await;
    world.fal.set(|settings| settings.webhooks = Webhooks::Lost);
    world.fal.fault(Kind::Submit, fault);
    world
}

async fn begun(world: &World) -> (Service, Person, String) {
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    world.until("the answer is lost", LOST).await;
    (service, anna, avatar)
}

/// Backdates the submit by this much.
async fn ages(world: &World, interval: &str) {
    let aged = format!(
        "UPDATE avatars SET submit_sent_at = now() - interval '{interval}',
             training_started_at = now() - interval '{interval}'"
    );
    world.rows.batch_execute(&aged).await.unwrap();
}

async fn until_searched(world: &World, times: usize) {
    let searched = |ledger: &Ledger| (ledger.count(Kind::History) >= times).then_some(());
    world.fal.until("FAL's history is searched", searched, PATIENCE).await;
}

async fn found_and_ready(world: World, service: Service, anna: Person, avatar: &str) {
    anna.sees_text("is ready").await;
    assert_eq!(world.fal.ledger().count(Kind::Submit), 1, "submitted once");
    let story = world.prints(&["avatars", "explain", avatar]).await;
    in_order(&story, &["was lost", "FAL's history has it", "COMPLETED"]);
    let log = service.log();
    assert!(!log.contains("photos.zip"), "the archive's address is in the log");
    let kept: Option<String> = world.row("SELECT submit_archive FROM avatars", &[]).await.get(0);
    assert_eq!(kept, None, "it is not kept once the job has a name");
    world.close(service).await;
}

#[tokio::test]
async fn a_lost_answer_is_found_in_fals_history_without_any_webhook() {
    let world = world(Fault::DropReply).await;
    let (service, anna, avatar) = begun(&world).await;
    found_and_ready(world, service, anna, &avatar).await;
}

#[tokio::test]
async fn a_gateway_that_dies_after_it_took_the_job_buys_one_job() {
    let world = world(Fault::NginxAfter(502)).await;
    let (service, anna, avatar) = begun(&world).await;
    found_and_ready(world, service, anna, &avatar).await;
}

#[tokio::test]
async fn a_search_goes_on_after_the_process_was_killed_in_the_middle_of_it() {
    let world = world(Fault::NginxAfter(504)).await;
    world.fal.fault(Kind::History, Fault::Slow(Duration::from_secs(20)));
    let (service, anna, avatar) = begun(&world).await;
    until_searched(&world, 1).await;
    service.dies().await;
    let service = world.serve().await;
    found_and_ready(world, service, anna, &avatar).await;
}

#[tokio::test]
async fn of_two_jobs_of_one_submit_the_second_is_cancelled_and_the_operator_told() {
    let world = world(Fault::DropReply).await;
    world.fal.set(|settings| {
        settings.repeated_submits = 1;
        settings.history_lists_running = true;
        settings.training = Duration::from_mins(5);
    });
    let (service, anna, avatar) = begun(&world).await;
    let ids = |ledger: &Ledger| {
        let ids: Vec<String> = ledger.jobs.iter().map(|job| job.request_id.clone()).collect();
        (ids.len() == 2).then_some(ids)
    };
    let ids = world.fal.until("two jobs", ids, PATIENCE).await;
    let stopped = |ledger: &Ledger| (!ledger.jobs[1].cancels.is_empty()).then_some(());
    world.fal.until("the second is stopped", stopped, PATIENCE).await;
    let noted = "SELECT EXISTS (SELECT FROM training_events WHERE kind = 'orphan_cancelled')";
    world.until("FAL's answer is noted", noted).await;
    world.fal.hurry(&ids[0]);
    anna.sees_text("is ready").await;
    assert!(world.fal.ledger().jobs[0].cancels.is_empty(), "the first goes on");
    let story = world.prints(&["avatars", "explain", &avatar]).await;
    in_order(&story, &["was lost", "has another job of it", &ids[1], "COMPLETED"]);
    world.close(service).await;
}

#[tokio::test]
async fn a_webhook_about_another_job_of_the_same_attempt_has_that_job_cancelled() {
    let world = World::new().await;
    world.fal.set(|settings| {
        settings.webhooks = Webhooks::Lost;
        settings.training = Duration::from_mins(5);
        settings.repeated_submits = 1;
    });
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    world.until("FAL's id is saved", "SELECT fal_request_id IS NOT NULL FROM avatars").await;
    let known: String = world.row("SELECT fal_request_id FROM avatars", &[]).await.get(0);
    let jobs = world.fal.ledger().jobs;
    let other = jobs.iter().find(|job| job.request_id != known).unwrap().request_id.clone();
    world.fal.hurry(&other);
    let over = |ledger: &Ledger| ledger.job(&other)?.outcome.as_ref().map(|_| ());
    world.fal.until("the other one is over", over, PATIENCE).await;
    assert!(world.fal.deliver_webhook(&other).await.accepted());
    let asked = |ledger: &Ledger| (!ledger.job(&other)?.cancels.is_empty()).then_some(());
    world.fal.until("FAL is asked to stop it", asked, PATIENCE).await;
    let told = "SELECT EXISTS (SELECT FROM fal_chores WHERE done_at IS NOT NULL
                               AND answer LIKE '%ALREADY_COMPLETED%')";
    world.until("it is said that it was over already", told).await;
    assert_eq!(world.status().await, "training", "the first stays");
    world.fal.hurry(&known);
    anna.sees_text("is ready").await;
    world.close(service).await;
}

#[tokio::test]
async fn a_key_that_may_not_read_the_history_is_said_once_and_the_webhook_resolves() {
    let world = World::new().await;
    world.fal.fault_until_healed(Kind::History, refused());
    world.fal.fault_until_healed(Kind::Payloads, refused());
    world.fal.set(|settings| settings.training = Duration::from_secs(5));
    world.fal.fault(Kind::Submit, Fault::DropReply);
    let (service, anna, _) = begun(&world).await;
    service.says("FAL's platform refuses our key").await;
    anna.sees_text("is ready").await;
    assert_eq!(world.fal.ledger().jobs.len(), 1, "bought once");
    let said = service.log().matches("FAL's platform refuses our key").count();
    assert_eq!(said, 1, "said once");
    world.close(service).await;
}

#[tokio::test]
async fn what_fal_never_had_ends_honestly_and_may_be_started_again() {
    let world = world(Fault::Nginx(502)).await;
    let (service, anna, avatar) = begun(&world).await;
    until_searched(&world, 1).await;
    world.until("the archive is kept for the search", SEARCHED).await;
    service.dies().await;
    ages(&world, "4 hours").await;
    let service = world.serve().await;
    let told = anna.sees_text("never began").await.text;
    assert!(told.contains("start it again"), "{told}");
    let row = world.row("SELECT status::text, training_error FROM avatars", &[]).await;
    assert_eq!((row.get::<_, &str>(0), row.get::<_, &str>(1)), ("error", "submit_not_bought"));
    let retry = anna.sees_button("retry_training_").await;
    assert_eq!(retry, format!("retry_training_{avatar}"));
    let asked = anna.presses(&retry);
    anna.sees_answer(&asked).await;
    anna.sees_text("is ready").await;
    assert_eq!(world.fal.ledger().jobs.len(), 1, "bought once");
    world.close(service).await;
}

#[tokio::test]
async fn an_unreadable_history_proves_nothing() {
    let world = world(Fault::DropReply).await;
    world.fal.fault_until_healed(Kind::History, Fault::Nginx(502));
    let (service, anna, avatar) = begun(&world).await;
    service.dies().await;
    ages(&world, "4 hours").await;
    let before = world.fal.ledger().count(Kind::History);
    let service = world.serve().await;
    until_searched(&world, before + 2).await;
    assert_eq!(world.status().await, "training");
    // Its window was moved away from it too: only the address decides.
    world.fal.heal(Kind::History);
    found_and_ready(world, service, anna, &avatar).await;
}

#[tokio::test]
async fn after_two_minutes_its_owner_reads_that_we_check() {
    let world = world(Fault::Nginx(502)).await;
    let (service, anna, avatar) = begun(&world).await;
    service.dies().await;
    ages(&world, "3 minutes").await;
    let service = world.serve().await;
    anna.sees_text("checking whether the training has begun").await;
    let shown = world.prints(&["avatars", "show", &avatar]).await;
    in_order(&shown, &["no name yet"]);
    let story = world.prints(&["avatars", "explain", &avatar]).await;
    in_order(&story, &["nobody knows yet", "--request REQUEST_ID"]);
    let asked = anna.presses_raw(&format!("confirm_cancel_training_{avatar}"));
    anna.sees_answer(&asked).await;
    anna.sees_text("is cancelled").await;
    world.close(service).await;
}

#[tokio::test]
async fn what_fal_stored_of_a_request_goes_after_the_audit() {
    let world = World::new().await.with("COMPLETENESS_CHECK_DELAY", "1");
    // The platform is away for a moment; nothing is forgotten because of that.
    world.fal.fault(Kind::Payloads, Fault::Nginx(503));
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    anna.sees_text("is ready").await;
    let gone = |ledger: &Ledger| ledger.jobs[0].payloads_deleted;
    world.fal.until("what is stored is deleted", gone, PATIENCE).await;
    let audited: bool = world.row("SELECT audited_at IS NOT NULL FROM avatars", &[]).await.get(0);
    assert!(audited, "not before the audit");
    assert_eq!(world.fal.ledger().count(Kind::Payloads), 2, "once in vain, once not");
    let wish = world.fal.ledger().jobs[0].lifecycle.clone();
    assert_eq!(wish, Some(json!({ "expiration_duration_seconds": 30 * 24 * 3600 })));
    world.close(service).await;
}

#[tokio::test]
async fn who_is_forgotten_here_is_forgotten_at_fal() {
    let world = World::new().await.with("COMPLETENESS_CHECK_DELAY", "3600");
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    anna.sees_text("is ready").await;
    anna.says("/forget");
    anna.sees_button("forget_confirm").await;
    anna.presses("forget_confirm");
    anna.sees_text("Deleted").await;
    let gone = |ledger: &Ledger| ledger.jobs[0].payloads_deleted;
    world.fal.until("what is stored is deleted", gone, PATIENCE).await;
    let done = "SELECT bool_and(done_at IS NOT NULL) FROM fal_chores";
    world.until("it is noted", done).await;
    world.close(service).await;
}

#[tokio::test]
async fn the_instance_that_takes_over_finds_what_the_dead_one_lost() {
    use crate::world::EVERYTHING;
    let world = World::of_several().await;
    world.fal.set(|settings| {
        settings.webhooks = Webhooks::Lost;
        settings.training = Duration::from_secs(4);
    });
    world.fal.fault(Kind::Submit, Fault::DropReply);
    let first = world.joins("first", EVERYTHING).await;
    let crowd = crate::world::Crowd::gathers(&world, 1).await;
    crowd.starts().await;
    world.until("the answer is lost", LOST).await;
    let second = world.joins("second", EVERYTHING).await;
    first.service.dies().await;
    world.until_shared(&[(&second, 256)]).await;
    crowd.all_hear_once().await;
    assert_eq!(world.fal.ledger().jobs.len(), 1, "bought once");
    world.nobody_intruded().await;
    world.close_with(second).await;
}
