-- People who were told long ago that their avatar is ready get no progress message while its
-- weights are fetched: marked as if a message had been tried, so that none is opened.
UPDATE status_messages s
SET opening = true
FROM outbox o
WHERE s.avatar_id = ANY ($1) AND s.message_id IS NULL
  AND o.avatar_id = s.avatar_id AND o.kind = 'ready' AND o.status = 'sent'
