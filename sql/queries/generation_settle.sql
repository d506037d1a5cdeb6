-- Turns a proposal into a fact, as settle does: the end, the pictures, the notices, the event and
-- the webhooks' fate in one transaction. $4 source  $5 the end, as one record
-- A picture of a portrait without a face is made again once, at no price for the person: another
-- row that runs already, with another seed. It is not begun while starts are paused.
WITH ends AS (
    SELECT * FROM jsonb_to_record($5) AS e (
        status text, error text, artifacts jsonb, withdraw boolean, notice text, reason text)
), won AS (
    UPDATE jobs j
    SET status = e.status, result_source = $4, error = e.error,
        completed_at = CASE WHEN e.status = 'completed' THEN clock_timestamp() END,
        withdraw_due = e.withdraw AND j.fal_request_id IS NOT NULL,
        submit_sent_at = CASE WHEN j.fal_request_id IS NULL AND e.status = 'error' AND NOT e.withdraw
                              THEN NULL ELSE j.submit_sent_at END,
        queue_position = NULL, submit_prepared = NULL, updated_at = now()
    FROM leases l, ends e
    WHERE j.id = $1
      AND l.resource = 'shard/' || j.shard AND l.epoch = $2 AND l.owner = $3
      AND (j.status = 'running'
           OR (j.status = 'error' AND e.status = 'completed'
               AND j.error IN ('job_timeout', 'result_unavailable', 'submit_not_bought')))
    RETURNING j.*
), made AS (
    SELECT f.file, f.n,
           coalesce((won.parameters ->> 'portrait')::boolean, false) AND won.remake_of IS NULL
               AND won.avatar_id IS NOT NULL AND (f.file -> 'details' ->> 'faces')::int = 0
               AND NOT EXISTS (SELECT FROM spending_control WHERE paused_at IS NOT NULL) AS faceless
    FROM won, ends e, jsonb_array_elements(e.artifacts) WITH ORDINALITY AS f (file, n)
), tally AS (
    SELECT coalesce((won.parameters ->> 'count')::int, 1) AS ordered,
           (SELECT count(*) FROM made WHERE NOT faceless)::int AS held,
           (SELECT count(*) FROM made WHERE faceless)::int AS again
    FROM won
), held AS (
    INSERT INTO images (job_id, user_id, avatar_id, position, object_key, sha256, width, height,
                        byte_size, content_type, seed, faces, thumbnail_key)
    SELECT won.id, won.user_id, won.avatar_id,
           row_number() OVER (ORDER BY made.n), made.file ->> 'key', made.file ->> 'sha256',
           (made.file -> 'details' ->> 'width')::int, (made.file -> 'details' ->> 'height')::int,
           (made.file ->> 'byte_size')::bigint, made.file -> 'details' ->> 'content_type',
           (won.parameters ->> 'seed')::numeric, (made.file -> 'details' ->> 'faces')::int,
           made.file -> 'details' ->> 'thumbnail'
    FROM won, made
    WHERE NOT made.faceless
), strays AS (
    INSERT INTO stray_objects (object_key)
    SELECT key
    FROM made, unnest(ARRAY[made.file ->> 'key', made.file -> 'details' ->> 'thumbnail']) AS k (key)
    WHERE made.faceless AND key IS NOT NULL
      AND NOT EXISTS (SELECT FROM made kept WHERE NOT kept.faceless AND kept.file ->> 'key' = key)
    ON CONFLICT (object_key) DO NOTHING
), remade AS (
    INSERT INTO jobs (kind, user_id, avatar_id, status, fal_endpoint, parameters, nonce, webhook_url,
                      started_at, remake_of)
    SELECT won.kind, won.user_id, won.avatar_id, 'running', won.fal_endpoint,
           won.parameters || jsonb_build_object('count', tally.again,
               'seed', floor(random() * 4294967296)::bigint),
           fresh.nonce, replace(won.webhook_url, won.nonce::text, fresh.nonce::text),
           clock_timestamp(), won.id
    FROM won, tally, (SELECT gen_random_uuid() AS nonce) AS fresh
    WHERE tally.again > 0
    RETURNING id, kind, shard, remake_of
), booked AS (
    -- The operator pays it, the person's day does not.
    INSERT INTO spendings (person, kind, work_id, attempt, endpoint, usd, units, credits)
    SELECT NULL, remade.kind, remade.id, 1, s.endpoint,
           s.usd * tally.again / greatest(tally.ordered, 1), 0, s.credits * 0
    FROM remade, tally, won
    JOIN spendings s ON s.kind = won.kind AND s.work_id = won.id AND s.attempt = 1
), free AS (
    -- Every start under credits has a hold, also one that costs nothing.
    INSERT INTO holds (account_id, subject_kind, subject_id, amount, units, goes_to)
    SELECT h.account_id, remade.kind, remade.id, 0, tally.again, h.goes_to
    FROM remade, tally, won
    JOIN holds h ON h.subject_kind = won.kind AND h.subject_id = won.id AND h.attempt = 1
), told AS (
    INSERT INTO outbox (user_id, avatar_id, job_kind, job_id, attempt, kind, payload)
    -- It names the job only: the notices of an avatar are those of its training.
    SELECT won.user_id, NULL::uuid, won.kind, won.id, 1, t.notice,
           jsonb_build_object('reason', e.reason, 'held', tally.held, 'again', tally.again,
               'withheld', greatest(tally.ordered - tally.held - tally.again, 0),
               'gift', won.parameters -> 'gift')
    FROM won, ends e, tally, LATERAL (
        SELECT CASE WHEN e.status <> 'completed' THEN e.notice
                    WHEN tally.held > 0 THEN 'pictures' ELSE 'pictures_withheld' END AS notice, 1 AS n
        WHERE e.status <> 'completed' OR tally.held > 0 OR tally.again = 0
        UNION ALL
        -- an album carries no buttons: they come below it
        SELECT 'pictures_control', 2 WHERE e.status = 'completed' AND tally.held > 1
        ORDER BY n) AS t
    ON CONFLICT DO NOTHING
), others AS (
    -- A stored call by a nonce of ours, also one from before a renewal, about another job, not
    -- processed yet: bought twice. Cancelled at FAL.
    INSERT INTO fal_chores (kind, request_id, endpoint, why, job_kind, job_id)
    SELECT DISTINCT ON (w.request_id)
           'cancel', w.request_id, won.fal_endpoint, 'bought_twice', won.kind, won.id
    FROM won JOIN webhook_inbox w ON w.nonce = ANY (won.former_nonces || won.nonce)
    WHERE w.processed_at IS NULL AND w.request_id <> won.fal_request_id
      AND w.request_id <> ALL (won.former_requests)
    ON CONFLICT (request_id, kind) DO NOTHING
    RETURNING request_id
), payloads AS (
    -- What FAL keeps of it is of no more use: the pictures are ours now.
    INSERT INTO fal_chores (kind, request_id, why, job_kind, job_id)
    SELECT 'delete_payloads', won.fal_request_id, 'stored', won.kind, won.id
    FROM won
    WHERE won.status = 'completed' AND won.fal_request_id IS NOT NULL
    ON CONFLICT (request_id, kind) DO NOTHING
), heard AS (
    UPDATE webhook_inbox w
    SET processed_at = clock_timestamp(), outcome = e.status
    FROM won, ends e
    WHERE w.processed_at IS NULL AND (w.request_id = won.fal_request_id OR w.nonce = ANY (won.former_nonces || won.nonce))
), noted AS (
    INSERT INTO job_events (job_id, source, kind, detail)
    SELECT won.id, $4, 'transition',
           jsonb_strip_nulls(jsonb_build_object('to', e.status, 'error', e.error, 'held', tally.held,
               'again', nullif(tally.again, 0), 'ordered', tally.ordered))
    FROM won, ends e, tally
    UNION ALL
    SELECT won.id, $4, 'bought_twice', jsonb_build_object('request', others.request_id)
    FROM won, others
), noted_of_remade AS (
    INSERT INTO job_events (job_id, source, kind, detail)
    SELECT id, $4, 'started', jsonb_build_object('remake_of', remade.remake_of) FROM remade
)
SELECT won.id,
       (SELECT pg_notify('aisha_' || l.owner, remade.kind || '/' || remade.id)
        FROM remade JOIN leases l ON l.resource = 'shard/' || remade.shard
        WHERE l.owner IS NOT NULL) AS woken
FROM won
