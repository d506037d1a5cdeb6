-- First of two statements in one transaction: only one caller at a time adds or removes photos, and
-- only a person who is let in ($3 Telegram ids, null: everybody; $4 invited people are let in).
SELECT a.id
FROM avatars a
JOIN users u ON u.id = a.user_id
WHERE a.id = $1 AND a.user_id = $2 AND a.status IN ('draft', 'uploading', 'ready')
  AND ($3::bigint[] IS NULL OR u.telegram_id = ANY ($3) OR ($4 AND u.admitted_at IS NOT NULL))
FOR UPDATE OF a
