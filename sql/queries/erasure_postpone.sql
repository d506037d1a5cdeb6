-- Its objects could not be removed: others are tried before this one is tried again.
UPDATE avatars SET updated_at = now() WHERE id = $1 AND deleted_at IS NOT NULL
