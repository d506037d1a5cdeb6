-- An operator bans ($2) somebody, or lets them start again: then their strikes are forgotten, and what
-- is kept of a ban from before they were forgotten.
WITH kept AS (
    DELETE FROM banned_people b USING spending_control c
    WHERE NOT $2 AND b.person = sha256(c.salt || int8send($1::bigint))
)
UPDATE users
SET banned_at = CASE WHEN $2::boolean THEN coalesce(banned_at, clock_timestamp()) END,
    strikes = CASE WHEN $2::boolean THEN strikes ELSE 0 END
WHERE telegram_id = $1 AND forgotten_at IS NULL
RETURNING id
