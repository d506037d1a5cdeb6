-- At most one notice a person at a time, in their order, under the lease of the one sender.
-- Uncertain ones come along for the edit that tells their content.
WITH lease AS (
    SELECT FROM leases WHERE resource = 'telegram/send' AND owner = $1 AND epoch = $2
), due AS (
    SELECT o.id
    FROM outbox o
    JOIN users u ON u.id = o.user_id
    WHERE EXISTS (SELECT FROM lease)
      AND o.next_try_at <= clock_timestamp()
      AND u.blocked_at IS NULL
      -- written while its avatar was being deleted
      AND NOT EXISTS (SELECT FROM avatars d WHERE d.id = o.avatar_id AND d.deleted_at IS NOT NULL)
      AND (o.status = 'pending' OR (o.status = 'uncertain' AND o.repaired_at IS NULL))
      AND NOT EXISTS (
          SELECT FROM outbox older
          WHERE older.user_id = o.user_id AND older.status = 'pending' AND older.id < o.id)
    ORDER BY o.next_try_at, o.id
    LIMIT $3
), claimed AS (
    UPDATE outbox o
    SET status = CASE o.status WHEN 'pending' THEN 'sending' ELSE o.status END,
        tries = o.tries + 1, claimed_by = $1, claimed_at = clock_timestamp(),
        next_try_at = clock_timestamp() + interval '1 minute'
    FROM due
    WHERE o.id = due.id
    RETURNING o.*
)
SELECT c.id, c.kind, c.avatar_id, c.payload, c.tries - 1 AS tries, c.status = 'uncertain' AS uncertain,
       u.telegram_id, u.language, u.language_code,
       coalesce(a.name, '') AS name,
       coalesce(s.message_id, a.status_message_id) AS status_message_id
FROM claimed c
JOIN users u ON u.id = c.user_id
LEFT JOIN avatars a ON a.id = c.avatar_id
LEFT JOIN status_messages s ON s.avatar_id = c.avatar_id
