-- One statement for a batch; the same call again is the same row. The answer tells which job waits
-- for it. A call about a job that is over is processed as it is stored. But if that training was
-- cancelled before FAL's name of its job was known, the call brings the name, and FAL is told to
-- cancel it. Any customer of FAL can send a call about a job that nobody here knows; of such a call
-- a long body is left out.
WITH given AS (
    SELECT g.*, r.kind, r.id AS job, r.hears, r.nonce AS ours,
           r.id IS NULL AND EXISTS (SELECT FROM job_routes o WHERE o.nonce = g.nonce
                                    AND o.request_id <> g.request_id) AS is_another
    FROM unnest($1::text[], $2::uuid[], $3::jsonb[], $4::jsonb[], $5::bytea[], $6::int[])
        WITH ORDINALITY AS g (request_id, nonce, body, headers, digest, length, n)
    LEFT JOIN LATERAL (
        SELECT kind, id, hears, nonce FROM job_routes WHERE request_id = g.request_id
        UNION ALL
        SELECT kind, id, hears, nonce FROM job_routes
        WHERE nonce = g.nonce AND request_id IS NULL
        LIMIT 1
    ) r ON true
), put AS (
    INSERT INTO webhook_inbox
        (request_id, nonce, body, headers, body_sha256, deliveries, processed_at, outcome)
    SELECT DISTINCT ON (request_id, digest) request_id, nonce,
           CASE WHEN job IS NOT NULL OR length <= $7::int THEN body
                ELSE jsonb_build_object('request_id', request_id,
                    'status', left(body ->> 'status', 16), 'left_out_bytes', length) END,
           headers, digest,
           count(*) OVER (PARTITION BY request_id, digest),
           CASE WHEN NOT hears OR is_another THEN clock_timestamp() END,
           CASE WHEN is_another THEN 'another_job' WHEN NOT hears THEN 'late' END
    FROM given
    ON CONFLICT (request_id, body_sha256) DO UPDATE
        SET deliveries = webhook_inbox.deliveries + excluded.deliveries
    RETURNING id, request_id, body_sha256, processed_at, deliveries
), called_off AS (
    SELECT DISTINCT ON (kind, job) kind, job, request_id FROM given
    WHERE NOT hears ORDER BY kind, job, n
), named AS (
    UPDATE avatars a
    SET fal_request_id = c.request_id, withdraw_due = true, updated_at = now()
    FROM called_off c
    WHERE c.kind = 'training' AND a.id = c.job AND a.status = 'cancelled' AND a.fal_request_id IS NULL
    RETURNING a.id, a.attempt, a.fal_request_id AS request_id
), named_job AS (
    UPDATE jobs j
    SET fal_request_id = c.request_id, withdraw_due = true, updated_at = now()
    FROM called_off c
    WHERE c.kind = j.kind AND j.id = c.job AND j.status = 'cancelled' AND j.fal_request_id IS NULL
    RETURNING j.id, j.fal_request_id AS request_id
), another AS (
    -- Our nonce, and another name than the one that the attempt has: bought twice. Cancelled at FAL.
    INSERT INTO fal_chores (kind, request_id, endpoint, avatar_id, why, job_kind, job_id)
    SELECT DISTINCT ON (g.request_id) 'cancel', g.request_id, coalesce(r.endpoint, ''),
           CASE r.kind WHEN 'training' THEN r.id END, 'bought_twice', r.kind, r.id
    FROM given g
    JOIN job_routes r ON r.nonce = g.nonce
    WHERE g.is_another
    ON CONFLICT (request_id, kind) DO NOTHING
    RETURNING request_id, job_kind, job_id
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT id, attempt, 'webhook-handler', 'submit_accepted',
           jsonb_build_object('request', request_id)
    FROM named
    UNION ALL
    SELECT a.id, a.attempt, 'webhook-handler', 'bought_twice',
           jsonb_build_object('request', another.request_id)
    FROM another JOIN avatars a ON a.id = another.job_id AND another.job_kind = 'training'
), noted_of_job AS (
    INSERT INTO job_events (job_id, source, kind, detail)
    SELECT id, 'webhook-handler', 'submit_accepted', jsonb_build_object('request', request_id)
    FROM named_job
    UNION ALL
    SELECT job_id, 'webhook-handler', 'bought_twice', jsonb_build_object('request', request_id)
    FROM another WHERE job_kind <> 'training'
)
SELECT put.id, put.deliveries > 1 AS repeated, given.kind, given.job,
       (put.processed_at IS NULL AND given.hears)
           OR EXISTS (SELECT FROM named WHERE named.id = given.job)
           OR EXISTS (SELECT FROM named_job WHERE named_job.id = given.job) AS waited_for,
       coalesce(given.ours = given.nonce, false) AS ours
FROM given
JOIN put ON put.request_id = given.request_id AND put.body_sha256 = given.digest
ORDER BY given.n
