-- Its objects could not be removed: the others are tried before it is tried again.
WITH job AS (
    UPDATE jobs SET updated_at = now() WHERE id = $1 AND deleted_at IS NOT NULL
)
UPDATE avatars SET updated_at = now() WHERE id = $1 AND deleted_at IS NOT NULL
