-- The pictures on one page of a person's gallery, the newest first: the page of an index ($3), which
-- wraps around at both ends, or of a picture ($4). That one is there even if the filter leaves it
-- out, because it may just have been unmarked.
-- $1 person  $2 all, favorites, or avatar: of the main one  $5 pictures per page
WITH shown AS (
    SELECT i.id, row_number() OVER (ORDER BY i.created_at DESC, i.id DESC) - 1 AS index,
           count(*) OVER () AS total
    FROM images i
    WHERE i.user_id = $1
      AND (i.id = $4::uuid
           OR CASE $2::text
                  WHEN 'favorites' THEN i.is_favorite
                  WHEN 'avatar' THEN i.avatar_id = (
                      SELECT a.id FROM avatars a
                      WHERE a.user_id = $1 AND a.is_main AND a.deleted_at IS NULL)
                  ELSE true END)
), place AS (
    SELECT CASE WHEN $4::uuid IS NULL THEN ($3::bigint % total + total) % total ELSE index END AS index
    FROM shown
    WHERE $4::uuid IS NULL OR id = $4
    LIMIT 1
)
SELECT i.id, i.job_id, i.avatar_id, i.position, i.object_key, i.thumbnail_key, i.byte_size, i.width,
       i.height, i.content_type, i.is_favorite, i.telegram_file_id, i.telegram_document_id,
       i.created_at, i.share_token, s.index, s.total, coalesce(a.name, '') AS name,
       j.parameters ->> 'style' AS style, j.parameters ->> 'words' AS words,
       coalesce(j.parameters ->> 'prompt', '') AS prompt
FROM place p
JOIN shown s ON s.index / $5::bigint = p.index / $5
JOIN images i ON i.id = s.id
JOIN jobs j ON j.id = i.job_id
LEFT JOIN avatars a ON a.id = i.avatar_id AND a.deleted_at IS NULL
ORDER BY s.index
