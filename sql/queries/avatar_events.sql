SELECT at, attempt, source, kind, detail FROM training_events WHERE avatar_id = $1 ORDER BY id
