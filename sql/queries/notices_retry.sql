-- Sends a batch of notices again that were stopped for these reasons ($1): those after $2, at most
-- $3. Each keeps its place, so a person gets one at a time. Those that may arrive twice are marked.
-- Returns how many, and after which the next batch begins.
WITH meant AS (
    SELECT id, status FROM outbox
    WHERE stopped = ANY ($1::text[]) AND id > $2
    ORDER BY id
    LIMIT $3
    FOR UPDATE
), put_back AS (
    UPDATE outbox o
    SET status = 'pending', tries = 0, failing_since = NULL, next_try_at = clock_timestamp(),
        repeats = o.repeats + CASE WHEN o.status = 'uncertain' THEN 1 ELSE 0 END,
        repaired_at = NULL, dead_reason = NULL, edits = 0
    FROM meant
    WHERE o.id = meant.id
    RETURNING o.id, o.avatar_id, o.attempt, o.kind, meant.status AS was
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT avatar_id, attempt, 'operator', 'renotified',
           jsonb_build_object('notice', kind, 'was', was)
    FROM put_back
    WHERE avatar_id IS NOT NULL
), woken AS (
    SELECT pg_notify('aisha_' || l.owner, 'notices')
    FROM leases l
    WHERE l.resource = 'telegram/send' AND l.owner IS NOT NULL
      AND l.lease_until > clock_timestamp() AND EXISTS (SELECT FROM put_back)
)
SELECT count(*) AS changed, max(id) AS last, (SELECT count(*) FROM woken) AS woken
FROM put_back
