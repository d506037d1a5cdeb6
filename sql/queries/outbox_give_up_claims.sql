-- The sender asks, with nothing of its own on the wire: whoever claimed these, nobody knows their fate.
UPDATE outbox
SET status = 'uncertain', next_try_at = clock_timestamp(),
    last_error = 'the sender ended while sending'
WHERE status = 'sending'
  AND EXISTS (SELECT FROM leases WHERE resource = 'telegram/send' AND owner = $1 AND epoch = $2)
