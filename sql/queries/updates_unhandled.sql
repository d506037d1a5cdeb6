SELECT update_id, body
FROM telegram_updates
WHERE handled_at IS NULL
ORDER BY update_id
LIMIT $1
