-- A finished avatar comes with its first pictures, once.
ALTER TABLE avatars
    ADD COLUMN gift text,               -- null: not finished yet; then due, and at last given or missed
    ADD COLUMN gift_from timestamptz,   -- since when it may be given; infinity: questions are open
    ADD COLUMN gift_try_at timestamptz, -- the next try
    ADD CONSTRAINT avatars_gift_known CHECK (gift IN ('due', 'given', 'missed'));
CREATE INDEX ix_avatars_gift_due ON avatars (gift_try_at) WHERE gift = 'due';

-- Those that were finished before have no first pictures any more.
UPDATE avatars SET gift = 'missed'
WHERE status = 'completed' OR training_completed_at IS NOT NULL
   OR EXISTS (SELECT FROM jobs j WHERE j.avatar_id = avatars.id);

-- Whether something has still to be asked before pictures of an avatar: an agreement, and of what it is.
CREATE FUNCTION questions_open(kind text, consent integer, subject text)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE kind
        WHEN 'portrait' THEN consent IS NULL OR subject IS NULL
        WHEN 'object' THEN subject IS NULL
        ELSE false END
$$;
