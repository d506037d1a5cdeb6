-- Avatars, paid jobs of all other kinds, and notices, by status.
SELECT 'avatars' AS what, status::text AS status, count(*) AS rows FROM avatars GROUP BY status
UNION ALL
SELECT 'jobs', kind || ' ' || status, count(*) FROM jobs GROUP BY kind, status
UNION ALL
SELECT 'outbox', status, count(*) FROM outbox GROUP BY status
ORDER BY 1, 2
