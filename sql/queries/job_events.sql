-- As avatar_events.sql; a row of `jobs` is one purchase, so its attempt is always 1.
SELECT at, 1 AS attempt, source, kind, detail FROM job_events WHERE job_id = $1 ORDER BY id
