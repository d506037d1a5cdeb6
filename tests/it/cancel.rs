//! Cancelling.

use crate::world::{PATIENCE, World, trains};
use standins::fal::{Fault, Kind, Ledger, Webhooks};
use std::time::Duration;

#[tokio::test]
async fn a_cancelled_training_is_final_here_and_asked_for_at_fal() {
    let world = World::new().await;
    world.fal.set(|settings| settings.training = Duration::from_secs(30));
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    world.until("FAL's id is saved", "SELECT fal_request_id IS NOT NULL FROM avatars").await;

    let asked = anna.presses(&format!("cancel_training_{avatar}"));
    anna.sees_answer(&asked).await;
    anna.sees_button("confirm_cancel_training_").await;
    let asked = anna.presses(&format!("confirm_cancel_training_{avatar}"));
    anna.sees_answer(&asked).await;
    anna.sees_text("is cancelled").await;
    let request = world
        .fal
        .until(
            "FAL was asked to stop",
            |ledger| {
                let job = ledger.jobs.first()?;
                (!job.cancels.is_empty()).then(|| job.request_id.clone())
            },
            PATIENCE,
        )
        .await;
    assert_eq!(world.status().await, "cancelled");
    world.until("FAL's answer is noted", "SELECT NOT withdraw_due FROM avatars").await;

    world.fal.hurry(&request);
    world.fal.deliver_webhook(&request).await;
    assert_eq!(world.status().await, "cancelled", "a late webhook changes nothing");
    assert!(anna.chat().saying("is ready").is_none());
    world.close(service).await;
}

#[tokio::test]
async fn a_training_that_never_ends_is_given_up_and_told_once() {
    let world = World::new().await.with("FAL_TRAINING_TIMEOUT", "3");
    world.fal.set(|settings| settings.training = Duration::from_mins(10));
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    anna.sees_button("retry_training_").await;
    let row =
        world.row("SELECT status::text, training_error, result_source FROM avatars", &[]).await;
    assert_eq!(
        (row.get::<_, &str>(0), row.get::<_, &str>(1), row.get::<_, &str>(2)),
        ("error", "training_timeout", "emergency")
    );
    world
        .fal
        .until("FAL was asked to stop", |l| (!l.jobs[0].cancels.is_empty()).then_some(()), PATIENCE)
        .await;
    world.close(service).await;
}

#[tokio::test]
async fn a_cancelled_training_whose_job_is_named_late_is_stopped_at_fal_all_the_same() {
    let world = World::new().await;
    world.fal.set(|settings| {
        settings.training = Duration::from_mins(5);
        settings.webhooks = Webhooks::Lost;
    });
    world.fal.fault(Kind::Submit, Fault::DropReply);
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    let lost = "SELECT EXISTS (SELECT FROM training_events WHERE kind = 'submit_unknown')";
    world.until("the answer is lost", lost).await;
    let asked = anna.presses_raw(&format!("confirm_cancel_training_{avatar}"));
    anna.sees_answer(&asked).await;
    anna.sees_text("is cancelled").await;
    assert!(world.fal.ledger().jobs[0].cancels.is_empty(), "nobody knows its name");

    let request = world.fal.ledger().jobs[0].request_id.clone();
    world.fal.hurry(&request);
    let over = |ledger: &Ledger| ledger.jobs[0].outcome.as_ref().map(|_| ());
    world.fal.until("the job is over", over, PATIENCE).await;
    assert!(world.fal.deliver_webhook(&request).await.accepted());
    let told = |ledger: &Ledger| (!ledger.jobs[0].cancels.is_empty()).then_some(());
    world.fal.until("FAL is asked to stop", told, PATIENCE).await;
    world.until("FAL's answer is noted", "SELECT NOT withdraw_due FROM avatars").await;
    assert_eq!(world.status().await, "cancelled");
    let row = world.row("SELECT fal_request_id FROM avatars", &[]).await;
    assert_eq!(row.get::<_, String>(0), request);
    world.close(service).await;
}
