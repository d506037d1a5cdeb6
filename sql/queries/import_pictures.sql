-- A batch of pictures that are in our store now. The first of an order has the order's own id, as on
-- the buttons of the older Aisha. An order that was deleted meanwhile gets none; its folder is
-- emptied once more by the eraser.
WITH given AS (
    SELECT * FROM jsonb_to_recordset($1) AS r
        (job_id uuid, position integer, object_key text, thumbnail_key text, sha256 text,
         width integer, height integer, byte_size bigint, content_type text, is_favorite boolean,
         created_at timestamptz)
), orders AS (
    SELECT id, user_id, avatar_id, created_at
    FROM jobs
    WHERE id IN (SELECT job_id FROM given) AND deleted_at IS NULL
    FOR SHARE
), put AS (
    INSERT INTO images (id, job_id, user_id, avatar_id, position, object_key, thumbnail_key, sha256,
                        width, height, byte_size, content_type, is_favorite, created_at)
    SELECT CASE given.position WHEN 1 THEN o.id ELSE md5(o.id || '/' || given.position)::uuid END,
           o.id, o.user_id, o.avatar_id, given.position, given.object_key, given.thumbnail_key,
           given.sha256, given.width, given.height, given.byte_size, given.content_type,
           given.is_favorite, coalesce(given.created_at, o.created_at)
    FROM given JOIN orders o ON o.id = given.job_id
    ON CONFLICT DO NOTHING
    RETURNING job_id, position
), noted AS (
    INSERT INTO job_events (job_id, source, kind, detail)
    SELECT job_id, 'import', 'pictures_brought',
           jsonb_build_object('positions', jsonb_agg(position ORDER BY position))
    FROM put
    GROUP BY job_id
)
SELECT given.job_id, given.position, put.job_id IS NOT NULL AS taken
FROM given LEFT JOIN put ON put.job_id = given.job_id AND put.position = given.position
