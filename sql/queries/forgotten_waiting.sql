-- What the journal does not have yet.
SELECT id, is_person FROM forgotten WHERE generation IS NULL ORDER BY at LIMIT $1
