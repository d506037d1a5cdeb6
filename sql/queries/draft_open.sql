-- A draft without photos is used again, so that a changed mind about a name leaves no litter. The
-- limit of unfinished ones ($5) is inside the insert; it runs after person_lock.sql, in its
-- transaction.
-- $6 Telegram ids that may come in, null: everybody  $7 invited people may
WITH person AS (
    SELECT u.id,
           $6::bigint[] IS NULL OR u.telegram_id = ANY ($6) OR ($7 AND u.admitted_at IS NOT NULL)
               AS admitted,
           (SELECT count(*) FROM avatars a
            WHERE a.user_id = u.id AND a.status IN ('draft', 'uploading', 'ready')
              AND a.deleted_at IS NULL) AS unfinished
    FROM users u
    WHERE u.id = $1
), empty AS (
    SELECT a.id
    FROM avatars a JOIN person ON a.user_id = person.id AND person.admitted
    WHERE a.status IN ('draft', 'uploading')
      AND NOT EXISTS (SELECT FROM avatar_photos p WHERE p.avatar_id = a.id)
    ORDER BY a.created_at DESC
    LIMIT 1
    FOR UPDATE OF a
), reused AS (
    UPDATE avatars a
    SET name = $2, training_type = $3::text::avatar_training_type, status = 'draft', updated_at = now()
    FROM empty
    WHERE a.id = empty.id
    RETURNING a.id
), made AS (
    INSERT INTO avatars (id, user_id, name, training_type)
    SELECT $4, person.id, $2, $3::text::avatar_training_type
    FROM person
    WHERE person.admitted AND person.unfinished < $5::bigint AND NOT EXISTS (SELECT FROM empty)
    RETURNING id
)
SELECT person.admitted, person.unfinished, coalesce(reused.id, made.id) AS id
FROM person LEFT JOIN reused ON true LEFT JOIN made ON true
