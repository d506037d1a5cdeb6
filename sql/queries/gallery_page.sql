-- One page of a person's gallery, by avatar ($2) or by number ($3), which wraps around at both
-- ends. The main avatar is first, then the newest.
WITH mine AS (
    SELECT a.id, row_number() OVER (ORDER BY a.is_main DESC, a.created_at DESC, a.id) AS number,
           count(*) OVER () AS total
    FROM avatars a
    WHERE a.user_id = $1 AND a.deleted_at IS NULL
)
SELECT mine.id, mine.number, mine.total, a.created_at, a.training_completed_at,
       (SELECT o.payload ->> 'reason' FROM outbox o
        WHERE o.avatar_id = a.id AND o.attempt = a.attempt AND o.kind = 'failed') AS reason
FROM mine
JOIN avatars a ON a.id = mine.id
WHERE CASE WHEN $2::uuid IS NOT NULL THEN mine.id = $2
           ELSE mine.number = 1 + (($3::bigint - 1) % mine.total + mine.total) % mine.total END
