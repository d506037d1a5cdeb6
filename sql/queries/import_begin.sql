-- A stage begins, or continues where it was interrupted; a finished one begins again.
INSERT INTO imports AS i (source, stage) VALUES ($1, $2)
ON CONFLICT (source, stage) DO UPDATE
    SET cursor = CASE WHEN i.finished_at IS NULL THEN i.cursor END,
        counts = CASE WHEN i.finished_at IS NULL THEN i.counts ELSE '{}' END,
        started_at = CASE WHEN i.finished_at IS NULL THEN i.started_at ELSE clock_timestamp() END,
        finished_at = NULL
RETURNING cursor, counts
