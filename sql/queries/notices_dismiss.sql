-- Like notice_dismiss, for a batch of notices stopped for these reasons ($1): those after $2, at
-- most $3.
WITH meant AS (
    SELECT id, status FROM outbox
    WHERE stopped = ANY ($1::text[]) AND id > $2
    ORDER BY id
    LIMIT $3
    FOR UPDATE
), dismissed AS (
    UPDATE outbox o
    SET status = 'dead', dead_reason = 'dismissed'
    FROM meant
    WHERE o.id = meant.id
    RETURNING o.id, o.avatar_id, o.attempt, o.kind, meant.status AS was
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT avatar_id, attempt, 'operator', 'notice_dismissed',
           jsonb_build_object('notice', kind, 'was', was)
    FROM dismissed
    WHERE avatar_id IS NOT NULL
)
SELECT count(*) AS changed, max(id) AS last
FROM dismissed
