SELECT id FROM users WHERE telegram_id = $1 AND forgotten_at IS NULL
