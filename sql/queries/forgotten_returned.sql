-- Which of these a dump brought back: people by their Telegram id, avatars by their owner.
SELECT id, true AS is_person, telegram_id, id AS owner
FROM users WHERE id = ANY ($1::uuid[]) AND forgotten_at IS NULL
UNION ALL
SELECT id, false, 0, user_id
FROM avatars WHERE id = ANY ($1::uuid[]) AND deleted_at IS NULL
ORDER BY is_person
