-- A draft without photos is used again, so that second thoughts about a name leave no litter.
WITH empty AS (
    SELECT a.id
    FROM avatars a
    WHERE a.user_id = $1
      AND a.status IN ('draft', 'uploading')
      AND NOT EXISTS (SELECT FROM avatar_photos p WHERE p.avatar_id = a.id)
    ORDER BY a.created_at DESC
    LIMIT 1
    FOR UPDATE
), reused AS (
    UPDATE avatars a
    SET name = $2, training_type = $3::text::avatar_training_type, status = 'draft', updated_at = now()
    FROM empty
    WHERE a.id = empty.id
    RETURNING a.id
), made AS (
    INSERT INTO avatars (id, user_id, name, training_type)
    SELECT $4, $1, $2, $3::text::avatar_training_type
    WHERE NOT EXISTS (SELECT FROM empty)
    RETURNING id
)
SELECT id FROM reused
UNION ALL
SELECT id FROM made
