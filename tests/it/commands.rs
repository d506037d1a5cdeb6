//! The commands, as an operator on the server runs them.

use crate::world::{PATIENCE, Said, World, in_order, trains};
use serde_json::Value;
use standins::fal::{Failure, Webhooks};
use std::time::Duration;

#[tokio::test]
async fn a_ready_avatar_is_explained_step_by_step() {
    let world = World::new().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1001, "Anna", "en");
    let avatar = trains(&anna, "Me").await;
    anna.sees_text("is ready").await;
    world
        .until("the notice is noted as sent", "SELECT bool_and(status = 'sent') FROM outbox")
        .await;

    let story = world.prints(&["avatars", "explain", &avatar]).await;
    in_order(
        &story,
        &[
            "«Me», style, of Telegram user 1001",
            "completed, attempt 1; 4 photos",
            "the avatar was made",
            "attempt 1",
            "started: fal-ai/flux-lora-fast-training, 500 steps",
            "about to be submitted",
            "FAL has it as request",
            "webhook: finished, with weights",
            "FAL has finished and names the weights",
            "COMPLETED: the weights are held, sha256",
            "told «ready»",
            "now, ",
            "looked at once more",
            "watched by instance",
        ],
    );
    assert!(!story.contains("http"), "no address of a file is printed:\n{story}");
    let nonce: String = world.row("SELECT submit_nonce::text FROM avatars", &[]).await.get(0);
    assert!(!story.contains(&nonce), "no secret is printed");

    let whole = world.json(&["avatars", "explain", &avatar]).await;
    assert_eq!(whole["now"]["state"], "auditing");
    let times: Vec<_> =
        whole["history"].as_array().unwrap().iter().map(|step| step["at"].to_string()).collect();
    assert!(times.len() > 6 && times.iter().all(|at| at.ends_with("Z\"")), "UTC: {times:?}");

    let shown = world.prints(&["avatars", "show", &format!("avt_{avatar}")]).await;
    in_order(&shown, &["completed, the main one", "weights", "sha256", "by instance"]);
    let shown = world.json(&["avatars", "show", &avatar]).await;
    assert_eq!((&shown["status"], &shown["photos"]), (&"completed".into(), &4.into()));

    let listed = world.json(&["avatars", "list", "--status", "completed"]).await;
    assert_eq!((&listed["total"], &listed["avatars"][0]["id"]), (&1.into(), &avatar.into()));
    assert_eq!(world.prints(&["avatars", "list", "--status", "error"]).await, "there are none\n");
    assert_eq!(world.prints(&["avatars", "list", "--user", "7"]).await, "there are none\n");

    let request: String = world.row("SELECT fal_request_id FROM avatars", &[]).await.get(0);
    let asked = world.prints(&["fal", "status", &request]).await;
    assert_eq!(asked, "fal-ai/flux-lora-fast-training: COMPLETED, the result names weights\n");
    world.close(service).await;
}

#[tokio::test]
async fn a_failed_training_says_what_fal_said() {
    let world = World::new().await;
    world.fal.set(|settings| {
        settings.failures.push_back(Failure::validation(
            "images_data_url",
            "No face in https://v3.fal.media/files/secret.zip",
            "face_detection_error",
        ));
    });
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    anna.sees_button("retry_training_").await;
    world
        .until("the notice is noted as sent", "SELECT bool_and(status = 'sent') FROM outbox")
        .await;
    let story = world.prints(&["avatars", "explain", &avatar]).await;
    in_order(
        &story,
        &[
            "error, attempt 1",
            "webhook: failed: face_detection_error",
            "ENDED as an error: fal_error: face_detection_error: No face in <address>",
            "told «failed»",
            "nothing is pending: its owner may start again, which is paid for again",
        ],
    );
    assert!(!story.contains("secret.zip"), "addresses are cut:\n{story}");
    let listed = world.prints(&["avatars", "list"]).await;
    in_order(&listed, &["ID", "CHANGED", &avatar, "error", "Anna", "face_detection_error"]);
    let request: String = world.row("SELECT fal_request_id FROM avatars", &[]).await.get(0);
    let asked = world.says(&["fal", "status", &request, "--json"]).await;
    let answer: Value = serde_json::from_str(&asked.out).unwrap();
    assert_eq!((asked.code, &answer["answer"]), (1, &"failed".into()), "{answer}");
    world.close(service).await;
}

#[tokio::test]
async fn a_cancelled_training_is_explained_before_and_after_with_the_service_away() {
    let mut world = World::new().await;
    world.environment.remove("DATABASE_URL");
    let nothing = world.says(&["avatars", "list"]).await;
    assert_eq!(nothing.code, 1);
    in_order(&nothing.err, &["aisha: there is no database under", "start `aisha serve` first\n"]);

    world.fal.set(|settings| {
        settings.training = Duration::from_mins(5);
        settings.webhooks = Webhooks::Lost;
    });
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    let request =
        world.fal.until("FAL has it", |l| l.jobs.first().map(|j| j.request_id.clone()), PATIENCE);
    let request = request.await;
    let looks = async |word: &str| {
        // Only the service and the command have used the private database.
        for _ in 0..600 {
            let story = world.prints(&["avatars", "explain", &avatar]).await;
            if story.contains(word) {
                return story;
            }
        }
        panic!("never «{word}»");
    };
    let story = looks("FAL says IN_PROGRESS").await;
    in_order(
        &story,
        &[
            "training, attempt 1",
            "pending now: FAL is asked every 1 s",
            "given up at",
            "watched by",
        ],
    );
    let asked = world.prints(&["fal", "status", &request]).await;
    assert!(asked.contains("IN_PROGRESS"), "{asked}");

    let asked = anna.presses_raw(&format!("confirm_cancel_training_{avatar}"));
    anna.sees_answer(&asked).await;
    looks("FAL was asked to stop and says").await;
    anna.sees_text("is cancelled").await;
    looks("told «cancelled»").await;
    service.stop().await;
    let story = world.prints(&["avatars", "explain", &avatar]).await;
    in_order(&story, &["CANCELLED", "FAL was asked to stop", "nothing is pending"]);
    let pid = world.data("postgres/postmaster.pid");
    assert!(!pid.exists(), "the command stops the server that it started");
}

#[tokio::test]
async fn what_cannot_be_answered_is_said_in_one_sentence() {
    let world = World::new().await;
    let one = |said: &Said| {
        assert!(said.out.is_empty(), "{}", said.out);
        assert_eq!(said.err.trim_end().lines().count(), 1, "{}", said.err);
        said.err.clone()
    };
    let nobody = "00000000-0000-4000-8000-000000000000";
    for command in ["show", "explain"] {
        let said = world.says(&["avatars", command, nobody]).await;
        assert_eq!(said.code, 1);
        assert!(one(&said).contains("there is no avatar 00000000"), "{}", said.err);
        assert_eq!(world.says(&["avatars", command, "Anna"]).await.code, 2);
    }
    assert_eq!(world.says(&["avatars", "list", "--status", "asleep"]).await.code, 2);
    assert_eq!(world.says(&["avatars"]).await.code, 2);

    let said = world.says(&["fal", "status", "019-unknown"]).await;
    assert_eq!((said.code, said.err.as_str()), (1, ""));
    assert!(said.out.contains("FAL knows no such request"), "{}", said.out);
    assert_eq!(world.says(&["fal", "status", "../other"]).await.code, 2);

    let (_, url) = crate::postgres::empty_database().await;
    let world = world.with("DATABASE_URL", &url).with("FAL_API_KEY", "");
    let said = world.says(&["avatars", "list"]).await;
    assert_eq!(said.code, 1);
    assert!(one(&said).contains("run `aisha migrate`"), "{}", said.err);
    let said = world.says(&["fal", "status", "019"]).await;
    assert_eq!(said.code, 2);
    assert!(one(&said).contains("FAL_API_KEY"), "{}", said.err);
}

#[tokio::test]
async fn help_teaches_at_every_level() {
    let world = World::new().await;
    for (arguments, taught) in [
        (&["--help"][..], "Look at avatars"),
        (&["avatars", "--help"], "aisha avatars explain 0b8f"),
        (&["avatars", "list", "--help"], "completed"),
        (&["avatars", "explain", "--help"], "training-manager"),
        (&["fal", "status", "--help"], "Exit code 0"),
    ] {
        let help = world.prints(arguments).await;
        assert!(help.contains(taught), "{help}");
    }
}
