-- An operator's decision to do nothing about it: only for notices that were given up or are of
-- unknown fate. They can still be retried.
WITH asked AS (
    SELECT id, status FROM outbox WHERE id = $1
), dismissed AS (
    UPDATE outbox o
    SET status = 'dead', dead_reason = 'dismissed'
    FROM asked
    WHERE o.id = asked.id
      AND (o.status = 'dead' OR o.status = 'uncertain' AND o.repaired_at IS NULL)
    RETURNING o.id, o.avatar_id, o.attempt, o.kind
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT d.avatar_id, d.attempt, 'operator', 'notice_dismissed',
           jsonb_build_object('notice', d.kind, 'was', asked.status)
    FROM dismissed d JOIN asked ON asked.id = d.id
    WHERE d.avatar_id IS NOT NULL
)
SELECT asked.status AS was, EXISTS (SELECT FROM dismissed) AS dismissed
FROM asked
