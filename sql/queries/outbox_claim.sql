-- The next notices under the lease of the one sender: of each person the oldest, and none while an
-- older one is on the wire; none for the blocked and for the chats that must not be written to yet
-- ($4). Uncertain ones come along for the edit that tells their content.
-- now() and not the clock: an index cannot be searched for a moment that moves.
WITH lease AS MATERIALIZED (
    SELECT FROM leases WHERE resource = 'telegram/send' AND owner = $1 AND epoch = $2
), waiting AS NOT MATERIALIZED (
    -- OFFSET 0 keeps the conditions below out of the scan: in order, the first few rows answer
    -- them; otherwise they are checked for every row that waits.
    SELECT id, user_id, job_id, next_try_at
    FROM outbox
    WHERE status = 'pending' AND next_try_at <= now()
    ORDER BY next_try_at, id
    OFFSET 0
), pending AS (
    SELECT o.id
    FROM waiting o
    JOIN users u ON u.id = o.user_id
    WHERE EXISTS (SELECT FROM lease)
      AND u.blocked_at IS NULL
      -- written while its avatar was being deleted
      AND NOT EXISTS (SELECT FROM avatars d WHERE d.id = o.job_id AND d.deleted_at IS NOT NULL)
      AND NOT EXISTS (SELECT FROM jobs d WHERE d.id = o.job_id AND d.deleted_at IS NOT NULL)
      AND coalesce(u.chat_id, u.telegram_id) <> ALL ($4::bigint[])
      AND o.id = (
          SELECT turn.id FROM outbox turn
          WHERE turn.user_id = o.user_id AND turn.status IN ('pending', 'sending')
          ORDER BY turn.id
          LIMIT 1)
    ORDER BY o.next_try_at, o.id
    LIMIT $3
), untold AS (
    SELECT o.id
    FROM outbox o
    JOIN users u ON u.id = o.user_id
    WHERE o.status = 'uncertain' AND o.repaired_at IS NULL AND o.dead_reason IS NULL
      AND o.next_try_at <= now()
      AND EXISTS (SELECT FROM lease)
      AND u.blocked_at IS NULL
      AND coalesce(u.chat_id, u.telegram_id) <> ALL ($4::bigint[])
    ORDER BY o.next_try_at, o.id
    LIMIT $3
), due AS (
    SELECT id FROM pending UNION ALL SELECT id FROM untold LIMIT $3
), claimed AS (
    UPDATE outbox o
    SET status = CASE o.status WHEN 'pending' THEN 'sending' ELSE o.status END,
        tries = o.tries + 1, claimed_by = $1, claimed_at = clock_timestamp(),
        next_try_at = clock_timestamp() + interval '1 minute'
    FROM due
    WHERE o.id = due.id
    RETURNING o.*
)
SELECT c.id, c.kind, c.job_kind, c.job_id, c.payload, c.tries - 1 AS tries, c.status = 'uncertain' AS uncertain,
       c.repeats, c.edits, c.last_error, coalesce(u.chat_id, u.telegram_id) AS chat_id, u.language, u.language_code,
       coalesce(a.name, '') AS name,
       coalesce(s.message_id, a.status_message_id, j.status_message_id) AS status_message_id,
       extract(epoch FROM clock_timestamp() - c.created_at)::float8 AS age,
       coalesce(extract(epoch FROM clock_timestamp() - c.failing_since), 0)::float8 AS failing_for,
       -- the attempt is over by another outcome than the one that it tells
       coalesce(CASE c.kind
           WHEN 'failed' THEN a.attempt = c.attempt AND a.status = 'completed'
           WHEN 'result_delayed' THEN a.attempt > c.attempt
               OR a.status IN ('completed', 'error', 'cancelled')
           WHEN 'placeholder' THEN a.attempt > c.attempt
               OR (a.status = 'completed' AND coalesce(a.result_source, '') NOT LIKE 'fallback:%')
           WHEN 'pictures_failed' THEN j.status = 'completed'
           ELSE false END, false) AS superseded
FROM claimed c
JOIN users u ON u.id = c.user_id
LEFT JOIN avatars a ON a.id = c.avatar_id
LEFT JOIN jobs j ON j.id = c.job_id
LEFT JOIN status_messages s ON s.avatar_id = coalesce(c.job_id, c.avatar_id)
