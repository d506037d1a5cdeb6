-- A page of the scan over people with updates that were never handled: of the next $2 people after
-- $1 the first $3 updates each, so that everybody gets a place in it. One index probe finds a
-- person and another one their updates, however many others wait. Payments (at most $4) come before
-- all, on the first page; they name no person here, otherwise they would end the page.
WITH RECURSIVE people AS (
    (SELECT u.person, 1 AS n
     FROM telegram_updates u
     WHERE u.handled_at IS NULL AND u.person > $1::text
     ORDER BY u.person
     LIMIT 1)
    UNION ALL
    SELECT (SELECT u.person
            FROM telegram_updates u
            WHERE u.handled_at IS NULL AND u.person > people.person
            ORDER BY u.person
            LIMIT 1), people.n + 1
    FROM people
    WHERE people.person IS NOT NULL AND people.n < $2::bigint
)
(SELECT u.update_id, u.body, NULL::text AS person
 FROM telegram_updates u
 WHERE u.handled_at IS NULL AND $1::text = ''
   AND (u.body ? 'pre_checkout_query' OR u.body -> 'message' ? 'successful_payment')
 ORDER BY u.update_id
 LIMIT $4::bigint)
UNION ALL
(SELECT u.update_id, u.body, people.person
 FROM people
 CROSS JOIN LATERAL (
     SELECT t.update_id, t.body
     FROM telegram_updates t
     WHERE t.handled_at IS NULL AND t.person = people.person
     ORDER BY t.update_id
     LIMIT $3::bigint) u
 ORDER BY people.person, u.update_id)
