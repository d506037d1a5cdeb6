-- Another incarnation claimed these and is no longer the sender: nobody knows their fate.
UPDATE outbox
SET status = 'uncertain', next_try_at = clock_timestamp(),
    last_error = 'the sender ended while sending'
WHERE status = 'sending' AND claimed_by IS DISTINCT FROM $1
