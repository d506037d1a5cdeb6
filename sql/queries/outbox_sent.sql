UPDATE outbox
SET status = 'sent', sent_at = clock_timestamp(), telegram_message_id = $2, last_error = NULL,
    failing_since = NULL
WHERE id = $1 AND status IN ('sending', 'sent')
