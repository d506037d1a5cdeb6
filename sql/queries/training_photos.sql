SELECT object_key FROM avatar_photos WHERE avatar_id = $1 ORDER BY position, id
