-- The rows are older than the object store, which has seen generation $1, so they come from a dump.
-- What was about to be submitted may have been bought since, and what was pressed may have been
-- handled. Of two instances that start at once, one finds them behind.
WITH behind AS (
    UPDATE store_identity SET generation = $1 WHERE generation < $1 RETURNING id
), sent AS (
    UPDATE avatars a
    SET submit_sent_at = clock_timestamp(), updated_at = now()
    FROM behind
    WHERE a.status = 'training' AND a.fal_request_id IS NULL
      AND a.submit_nonce IS NOT NULL AND a.submit_sent_at IS NULL
    RETURNING a.id, a.attempt
), sent_jobs AS (
    -- an order is found by its seed, whatever was prepared for it
    UPDATE jobs j
    SET submit_sent_at = clock_timestamp(),
        submit_prepared = coalesce(j.submit_prepared, 'restored'), updated_at = now()
    FROM behind
    WHERE j.status = 'running' AND j.fal_request_id IS NULL AND j.submit_sent_at IS NULL
    RETURNING j.id
), gifts AS (
    -- first pictures that were due may have been given since
    UPDATE avatars a
    SET gift = 'missed'
    FROM behind
    WHERE a.gift = 'due' AND a.status <> 'training'
), noted_jobs AS (
    INSERT INTO job_events (job_id, source, kind)
    SELECT id, 'startup-checker', 'restored' FROM sent_jobs
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind)
    SELECT id, attempt, 'startup-checker', 'restored' FROM sent
), skipped AS (
    UPDATE telegram_updates u
    SET handled_at = clock_timestamp(), outcome = 'restored'
    FROM behind
    WHERE u.handled_at IS NULL
    RETURNING u.update_id
)
SELECT (SELECT count(*) FROM sent) + (SELECT count(*) FROM sent_jobs) AS trainings,
       (SELECT count(*) FROM skipped) AS updates
FROM behind
