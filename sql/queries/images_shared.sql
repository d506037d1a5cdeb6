-- The picture that is shared by this word ($2), for its owner ($1, by their Telegram id): they alone
-- send it, so a word that somebody else reads is worth nothing.
SELECT i.id, i.telegram_file_id, u.language, u.language_code
FROM images i
JOIN users u ON u.id = i.user_id
WHERE i.share_token = $2 AND u.telegram_id = $1 AND i.telegram_file_id IS NOT NULL
