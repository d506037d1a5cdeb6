-- The pictures of an order that are still there, in the order in which they are told.
SELECT id, job_id, avatar_id, position, object_key, thumbnail_key, byte_size, width, height,
       content_type, is_favorite, telegram_file_id, telegram_document_id, created_at
FROM images
WHERE job_id = $1
ORDER BY position, id
