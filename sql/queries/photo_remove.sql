-- Only from a draft: what is being trained is what was paid for.
WITH gone AS (
    DELETE FROM avatar_photos p
    USING avatars a
    WHERE p.id = $2
      AND a.id = p.avatar_id
      AND a.user_id = $1
      AND a.status IN ('draft', 'uploading', 'ready')
    RETURNING p.avatar_id, p.object_key
), moved AS (
    UPDATE avatars a
    SET status = CASE
            WHEN (SELECT count(*) FROM avatar_photos p WHERE p.avatar_id = a.id) - 1 >= $3::bigint
            THEN 'ready' ELSE 'uploading' END::avatar_status,
        updated_at = now()
    FROM gone
    WHERE a.id = gone.avatar_id
)
SELECT object_key FROM gone
