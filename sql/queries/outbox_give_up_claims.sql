-- Whoever claimed these sends no more, an earlier life of this incarnation included: nobody knows
-- their fate.
UPDATE outbox
SET status = 'uncertain', next_try_at = clock_timestamp(),
    last_error = 'the sender ended while sending'
WHERE status = 'sending'
