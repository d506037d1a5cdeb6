-- These objects ($1) are removed.
DELETE FROM stray_objects WHERE object_key = ANY ($1)
