-- People, those who wrote last first, at most $2; only those who are banned ($1). What they hold and what
-- they started in a day; the day is counted by a digest of their Telegram id.
SELECT u.telegram_id, coalesce(u.username, '') AS username, coalesce(u.first_name, '') AS first_name,
       u.created_at, u.banned_at, u.strikes, u.strike_at, u.blocked_at, u.admitted_at,
       (SELECT count(*) FROM avatars a WHERE a.user_id = u.id AND a.deleted_at IS NULL) AS avatars,
       (SELECT count(*) FROM images i WHERE i.user_id = u.id) AS pictures,
       (SELECT coalesce(sum(s.usd), 0)::float8 FROM spendings s CROSS JOIN spending_control c
        WHERE s.person = sha256(c.salt || int8send(u.telegram_id))
          AND s.at > now() - interval '24 hours' AND s.taken_back_at IS NULL) AS usd,
       w.posted - w.held AS credits, w.held AS credits_held
FROM users u
LEFT JOIN accounts w ON w.user_id = u.id
WHERE u.forgotten_at IS NULL AND (NOT $1::boolean OR u.banned_at IS NOT NULL)
  AND ($3::bigint IS NULL OR u.telegram_id = $3)
ORDER BY u.banned_at DESC NULLS LAST, u.created_at DESC
LIMIT $2
