-- Whether this very photo is in the draft, by Telegram's name for its content.
SELECT 1 AS known
FROM avatars a
JOIN avatar_photos p ON p.avatar_id = a.id
WHERE a.id = $2 AND a.user_id = $1 AND a.deleted_at IS NULL AND p.telegram_file_unique_id = $3
LIMIT 1
