//! `aisha jobs`: paid jobs that are no trainings, as rows that no service touches just now.

use crate::world::{World, in_order};

/// Anna's jobs of one kind, one in each state that an operator meets.
pub(crate) const ROWS: &str = "
    INSERT INTO users (telegram_id, language) VALUES (7, 'en');
    INSERT INTO avatars (user_id, name, status) SELECT id, 'Me', 'completed' FROM users;
    INSERT INTO jobs (id, kind, user_id, avatar_id, status, fal_endpoint, fal_request_id, parameters,
                      started_at, submit_sent_at, looked_at, queue_position, finished_at, completed_at,
                      error, result_source, work_tries, parked_until)
    SELECT given.id::uuid, 'generation', a.user_id, a.id, given.status, 'owner/alias', given.request,
           '{\"prompt\": \"words of the person\"}', now() - given.age, now() - given.age, given.looked_at,
           given.place, given.finished_at, given.completed_at, given.error, given.source, given.tries,
           given.until
    FROM avatars a, (VALUES
        ('00000000-0000-4000-8000-000000000001', 'running', 'r-working', interval '20 minutes',
         now(), NULL::int, NULL::timestamptz, NULL::timestamptz, NULL, NULL, 0, NULL::timestamptz),
        ('00000000-0000-4000-8000-000000000002', 'running', 'r-queue', interval '10 seconds',
         now(), 3, NULL, NULL, NULL, NULL, 0, NULL),
        ('00000000-0000-4000-8000-000000000003', 'running', NULL, interval '3 minutes',
         NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL),
        ('00000000-0000-4000-8000-000000000004', 'running', 'r-parked', interval '2 minutes',
         now(), NULL, now() - interval '1 minute', NULL, NULL, NULL, 3, now() + interval '10 minutes'),
        ('00000000-0000-4000-8000-000000000005', 'completed', 'r-done', interval '1 hour',
         now(), NULL, now(), now(), NULL, 'webhook-handler', 0, NULL),
        ('00000000-0000-4000-8000-000000000006', 'error', 'r-failed', interval '1 hour',
         now(), NULL, NULL, NULL, 'fal_error: x at https://v3.fal.media/files/secret.jpg', 'status-checker',
         0, NULL)
    ) AS given (id, status, request, age, looked_at, place, finished_at, completed_at, error, source,
                tries, until);
    UPDATE jobs SET submit_doubted_at = now() WHERE id = '00000000-0000-4000-8000-000000000003';
    INSERT INTO images (job_id, user_id, position, object_key)
    SELECT id, user_id, n, 'images/' || n FROM jobs, generate_series(1, 2) n WHERE status = 'completed';
    INSERT INTO job_events (job_id, at, source, kind, detail)
    SELECT id, now() - step.age, step.source, step.kind, step.detail::jsonb
    FROM jobs, (VALUES
        (interval '59 minutes', 'user', 'started', '{\"endpoint\": \"owner/alias\"}'),
        (interval '58 minutes', '', 'submit_intended', '{}'),
        (interval '57 minutes', '', 'submit_accepted', '{\"request\": \"r-done\"}'),
        (interval '56 minutes', 'webhook-handler', 'fal_finished', '{\"weights_named\": true}'),
        (interval '55 minutes', 'webhook-handler', 'transition', '{\"to\": \"completed\"}')
    ) AS step (age, source, kind, detail)
    WHERE status = 'completed';
    INSERT INTO webhook_inbox (request_id, body, received_at, processed_at, outcome)
    VALUES ('r-done', '{\"request_id\": \"r-done\", \"status\": \"OK\", \"payload\": {\"images\": []}}',
            now() - interval '56 minutes', now() - interval '55 minutes', 'completed'),
           ('r-queue', '{\"request_id\": \"r-queue\", \"status\": \"OK\", \"payload\": {}}',
            now() - interval '6 minutes', NULL, NULL);
    INSERT INTO outbox (user_id, job_kind, job_id, attempt, kind, status, sent_at, tries)
    SELECT user_id, kind, id, 1, 'pictures', 'sent', now() - interval '54 minutes', 1 FROM jobs
    WHERE status = 'completed';";

/// The id of one of [`ROWS`].
pub(crate) fn id(n: u8) -> String {
    format!("00000000-0000-4000-8000-00000000000{n}")
}

async fn world() -> World {
    let world = World::new().await;
    world.rows.batch_execute(ROWS).await.unwrap();
    world
}

#[tokio::test]
async fn jobs_are_listed_shown_and_explained_without_what_was_asked_for() {
    let world = world().await;
    let listed = world.prints(&["jobs", "list", "--kind", "generation"]).await;
    for words in
        ["running, queue", "running, checking", "running, parked", "completed", "fal_error"]
    {
        assert!(listed.contains(words), "no «{words}» in\n{listed}");
    }
    assert_eq!(world.prints(&["jobs", "list", "--kind", "voice"]).await, "there are none\n");
    let failed = world.json(&["jobs", "list", "--status", "error", "--user", "7"]).await;
    assert_eq!((&failed["total"], &failed["jobs"][0]["id"]), (&1.into(), &id(6).into()));
    assert_eq!(world.says(&["jobs", "list", "--status", "asleep"]).await.code, 2);

    let shown = world.prints(&["jobs", "show", &format!("gen_{}", id(2))]).await;
    in_order(
        &shown,
        &["generation", "running, queue, place 3", "owner/alias", "r-queue", "NOBODY"],
    );
    let shown = world.json(&["jobs", "show", &id(5)]).await;
    assert_eq!((&shown["status"], &shown["pictures"]), (&"completed".into(), &2.into()));

    let story = world.prints(&["jobs", "explain", &id(5)]).await;
    in_order(
        &story,
        &[
            "generation 00000000",
            "completed; 2 pictures held",
            "attempt 1",
            "started: owner/alias",
            "about to be submitted",
            "FAL has it as request r-done",
            "webhook: finished; processed after",
            "COMPLETED: the files are held",
            "told «pictures»",
            "nothing is pending",
        ],
    );
    let parked = world.prints(&["jobs", "explain", &id(4)]).await;
    in_order(&parked, &["do not hold the files", "PARKED until", "aisha jobs recheck", "NOBODY"]);
    let whole = world.json(&["jobs", "explain", &id(1)]).await;
    assert_eq!(whole["now"]["state"], "watching");
    for arguments in [["list", "--json"], ["explain", &id(5)], ["show", &id(6)]] {
        let said = world.prints(&["jobs", arguments[0], arguments[1]]).await;
        assert!(!said.contains("words of the person") && !said.contains("secret"), "{said}");
    }
    let report = world.json(&["db", "report"]).await;
    assert_eq!(report["rows"]["jobs"]["generation running"], 4);
    let waiting = report["rows"]["waiting"].to_string();
    assert!(waiting.contains("other jobs in flight: generation"), "{waiting}");
    let webhooks = world.prints(&["webhooks", "list", "--unprocessed"]).await;
    in_order(&webhooks, &["r-queue", &id(2), "finished", "NOT PROCESSED"]);
}

#[tokio::test]
async fn a_job_is_looked_at_and_cancelled_by_an_operator_who_says_so_in_its_history() {
    let world = world().await;
    let told = world.prints(&["jobs", "recheck", &id(1)]).await;
    in_order(&told, &["looked at now", "no instance watches it now"]);
    // Somebody takes its shard.
    world.rows
        .batch_execute(
            "INSERT INTO instances (id, roles) VALUES ('00000000-0000-4000-8000-0000000000aa', 'trainer');
             UPDATE leases SET owner = '00000000-0000-4000-8000-0000000000aa',
                 lease_until = now() + interval '1 hour' WHERE resource = 'shard/4'",
        )
        .await
        .unwrap();
    let told = world.prints(&["jobs", "recheck", &id(4)]).await;
    in_order(&told, &["looked at now", "was told"]);
    let again = "SELECT parked_until <= now() FROM jobs WHERE work_tries = 3";
    assert!(world.row(again, &[]).await.get::<_, bool>(0), "a parked one is tried at once");
    for (n, why) in [(5, "we hold what was bought"), (6, "FAL's answer was final")] {
        let said = world.says(&["jobs", "recheck", &id(n)]).await;
        assert_eq!(said.code, 1);
        assert!(said.err.contains(why), "{}", said.err);
    }

    let said = world.prints(&["jobs", "cancel", &id(2)]).await;
    in_order(&said, &["cancelled", "FAL is asked to stop", "when `aisha serve` runs"]);
    let row = "SELECT status, withdraw_due, (SELECT outcome FROM webhook_inbox
                   WHERE request_id = 'r-queue') FROM jobs WHERE fal_request_id = 'r-queue'";
    let row = world.row(row, &[]).await;
    let row: (String, bool, Option<String>) = (row.get(0), row.get(1), row.get(2));
    assert_eq!(row, ("cancelled".to_owned(), true, Some("cancelled".to_owned())));
    let story = world.prints(&["jobs", "explain", &id(2)]).await;
    in_order(&story, &["cancelled", "operator", "CANCELLED", "FAL is still to be told to stop"]);

    // Only a stored webhook has its name.
    world
        .rows
        .batch_execute(
            "INSERT INTO webhook_inbox (request_id, nonce, body)
             SELECT request, nonce, '{}' FROM jobs, unnest(ARRAY['r-late', 'r-twice']) request
             WHERE fal_request_id IS NULL",
        )
        .await
        .unwrap();
    world.prints(&["jobs", "cancel", &id(3)]).await;
    let named = "SELECT withdraw_due AND fal_request_id = 'r-late' AND EXISTS (
                     SELECT FROM fal_chores WHERE request_id = 'r-twice' AND job_id = jobs.id)
                 FROM jobs WHERE id = $1::text::uuid";
    assert!(world.row(named, &[&id(3)]).await.get::<_, bool>(0), "both are stopped at FAL");
    let said = world.says(&["jobs", "cancel", &id(3)]).await;
    assert_eq!((said.code, said.err.contains("it has ended")), (1, true), "{}", said.err);

    let nobody = "00000000-0000-4000-8000-0000000000ff";
    for act in ["show", "explain", "recheck", "cancel"] {
        let said = world.says(&["jobs", act, nobody]).await;
        assert_eq!(said.code, 1);
        in_order(&said.err, &["there is no job 00000000", "aisha avatars"]);
        assert_eq!(world.says(&["jobs", act, "Anna"]).await.code, 2);
    }
    let help = world.prints(&["jobs", "--help"]).await;
    in_order(&help, &["explain", "aisha jobs list --kind generation"]);
}
