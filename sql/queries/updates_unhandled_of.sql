-- The first updates of these people ($1) that were never handled, at most $2 each.
SELECT u.update_id, u.body
FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS asked (person, most, n)
CROSS JOIN LATERAL (
    SELECT t.update_id, t.body
    FROM telegram_updates t
    WHERE t.handled_at IS NULL AND t.person = asked.person
    ORDER BY t.update_id
    LIMIT asked.most) u
ORDER BY asked.n, u.update_id
