-- In which kind of message a person was told of the order of their picture ($2), if this message
-- ($3) did so: pictures, or pictures_control.
SELECT o.kind
FROM images i
JOIN outbox o ON o.job_id = i.job_id AND o.user_id = i.user_id
WHERE i.id = $2 AND i.user_id = $1 AND o.telegram_message_id = $3::bigint
  AND o.kind IN ('pictures', 'pictures_control')
LIMIT 1
