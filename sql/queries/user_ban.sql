-- An operator bans ($2) somebody, or lets them order again, whose strikes are forgotten then.
UPDATE users
SET banned_at = CASE WHEN $2::boolean THEN coalesce(banned_at, clock_timestamp()) END,
    strikes = CASE WHEN $2::boolean THEN strikes ELSE 0 END
WHERE telegram_id = $1 AND forgotten_at IS NULL
RETURNING id
