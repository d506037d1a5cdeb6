-- What the journal does not contain yet.
SELECT id, is_person FROM forgotten WHERE generation IS NULL ORDER BY at LIMIT $1
