-- The limit is inside the insert. Answers with the count afterwards, or with nothing when full
-- or when this very photo is there already.
WITH had AS (
    SELECT count(*) AS photos, coalesce(max(position), 0) AS last
    FROM avatar_photos
    WHERE avatar_id = $1
), added AS (
    INSERT INTO avatar_photos
        (id, avatar_id, object_key, sha256, width, height, byte_size, position, verdict,
         telegram_file_unique_id, perceptual_hash)
    SELECT $2, $1, $3, $4, $5, $6, $7, had.last + 1, $8, $9, $12
    FROM had
    WHERE had.photos < $10::bigint
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
       EXISTS (SELECT FROM added) AS added
FROM had
