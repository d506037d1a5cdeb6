-- One statement for a batch; the same call again is the same row. The answer tells whose training
-- waits for it. A call about a training that is over is processed as it is stored; but if that
-- training was cancelled before FAL's name of its job was known, the call brings the name, and FAL
-- is told to stop what nobody wants any more. Of a call about a job that nobody here knows, which any
-- customer of FAL can make, a long body is left out.
WITH given AS (
    SELECT g.*, a.id AS avatar, a.hears, a.submit_nonce,
           a.id IS NULL AND EXISTS (SELECT FROM avatars o WHERE o.submit_nonce = g.nonce
                                    AND o.fal_request_id <> g.request_id) AS is_another
    FROM unnest($1::text[], $2::uuid[], $3::jsonb[], $4::jsonb[], $5::bytea[], $6::int[])
        WITH ORDINALITY AS g (request_id, nonce, body, headers, digest, length, n)
    LEFT JOIN LATERAL (
        SELECT id, hears, submit_nonce FROM avatars WHERE fal_request_id = g.request_id
        UNION ALL
        SELECT id, hears, submit_nonce FROM avatars
        WHERE submit_nonce = g.nonce AND fal_request_id IS NULL
        LIMIT 1
    ) a ON true
), put AS (
    INSERT INTO webhook_inbox
        (request_id, nonce, body, headers, body_sha256, deliveries, processed_at, outcome)
    SELECT DISTINCT ON (request_id, digest) request_id, nonce,
           CASE WHEN avatar IS NOT NULL OR length <= $7::int THEN body
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
), named AS (
    UPDATE avatars a
    SET fal_request_id = g.request_id, withdraw_due = true, updated_at = now()
    FROM (SELECT DISTINCT ON (avatar) avatar, request_id FROM given
          WHERE NOT hears ORDER BY avatar, n) AS g
    WHERE a.id = g.avatar AND a.status = 'cancelled' AND a.fal_request_id IS NULL
    RETURNING a.id, a.attempt, a.fal_request_id
), another AS (
    -- Our nonce, and another name than the one that the attempt has: bought twice. Cancelled at FAL.
    INSERT INTO fal_chores (kind, request_id, endpoint, avatar_id, why)
    SELECT DISTINCT ON (g.request_id) 'cancel', g.request_id, coalesce(a.fal_endpoint, ''), a.id,
           'bought_twice'
    FROM given g
    JOIN avatars a ON a.submit_nonce = g.nonce
    WHERE g.is_another
    ON CONFLICT (request_id, kind) DO NOTHING
    RETURNING request_id, avatar_id
), twice AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT a.id, a.attempt, 'webhook-handler', 'bought_twice',
           jsonb_build_object('request', another.request_id)
    FROM another JOIN avatars a ON a.id = another.avatar_id
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT id, attempt, 'webhook-handler', 'submit_accepted',
           jsonb_build_object('request', fal_request_id)
    FROM named
)
SELECT put.id, put.deliveries > 1 AS repeated, given.avatar,
       (put.processed_at IS NULL AND given.hears)
           OR EXISTS (SELECT FROM named WHERE named.id = given.avatar) AS waited_for,
       coalesce(given.submit_nonce = given.nonce, false) AS ours
FROM given
JOIN put ON put.request_id = given.request_id AND put.body_sha256 = given.digest
ORDER BY given.n
