-- An operator's second chance: only for notices that are not in flight. An uncertain one may arrive
-- twice, and is marked.
WITH asked AS (
    SELECT id, status FROM outbox WHERE id = $1
), put_back AS (
    UPDATE outbox o
    SET status = 'pending', tries = 0, failing_since = NULL, next_try_at = clock_timestamp(),
        repeats = o.repeats + CASE WHEN o.status = 'uncertain' THEN 1 ELSE 0 END,
        repaired_at = NULL, dead_reason = NULL, edits = 0
    FROM asked
    WHERE o.id = asked.id AND o.status IN ('dead', 'uncertain', 'pending')
    RETURNING o.id
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT o.avatar_id, o.attempt, 'operator', 'renotified',
           jsonb_build_object('notice', o.kind, 'was', asked.status)
    FROM put_back JOIN asked ON true JOIN outbox o ON o.id = asked.id
    WHERE o.avatar_id IS NOT NULL
), woken AS (
    SELECT pg_notify('aisha_' || l.owner, 'notices')
    FROM put_back JOIN leases l ON l.resource = 'telegram/send'
    WHERE l.owner IS NOT NULL AND l.lease_until > clock_timestamp()
)
SELECT asked.status AS was, EXISTS (SELECT FROM put_back) AS retried,
       (SELECT count(*) FROM woken) AS woken
FROM asked
