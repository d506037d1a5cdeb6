-- Work of a training that needs much memory is counted before it begins and no more once it has
-- ended, so that one that takes the process with it again and again is known for it, and waits.
ALTER TABLE avatars
    ADD COLUMN work_tries integer NOT NULL DEFAULT 0, -- begun, and no end recorded
    ADD COLUMN parked_until timestamptz;              -- not tried again before that
CREATE INDEX ix_avatars_parked ON avatars (parked_until) WHERE parked_until IS NOT NULL;

-- messages that were given up, for the operator
CREATE INDEX ix_telegram_updates_parked ON telegram_updates (handled_at) WHERE outcome = 'parked';
