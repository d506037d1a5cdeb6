-- The limits are inside the insert: of the avatar ($10), and of everything that the person has ($13
-- photos, $14 bytes). Returns the count afterwards, and why nothing was added: full, no room, or
-- this very photo is already there.
WITH had AS (
    SELECT count(*) AS photos, coalesce(max(position), 0) AS last
    FROM avatar_photos
    WHERE avatar_id = $1
), held AS (
    SELECT count(*) >= $13::bigint
           OR coalesce(sum(p.byte_size), 0) + $7::bigint > $14::bigint AS enough
    FROM avatars a JOIN avatar_photos p ON p.avatar_id = a.id
    WHERE a.user_id = (SELECT user_id FROM avatars WHERE id = $1) AND a.deleted_at IS NULL
), added AS (
    INSERT INTO avatar_photos
        (id, avatar_id, object_key, sha256, width, height, byte_size, position, verdict,
         telegram_file_unique_id, perceptual_hash)
    SELECT $2, $1, $3, $4, $5, $6, $7, had.last + 1, $8, $9, $12
    FROM had CROSS JOIN held
    WHERE had.photos < $10::bigint AND NOT held.enough
    ON CONFLICT (avatar_id, sha256) WHERE sha256 <> '' DO NOTHING
    RETURNING avatar_id
), moved AS (
    UPDATE avatars a
    SET status = CASE WHEN had.photos + 1 >= $11::bigint THEN 'ready' ELSE 'uploading' END::avatar_status,
        updated_at = now()
    FROM had, added
    WHERE a.id = added.avatar_id
)
SELECT had.photos + (SELECT count(*) FROM added) AS photos,
       EXISTS (SELECT FROM added) AS added, held.enough
FROM had CROSS JOIN held
