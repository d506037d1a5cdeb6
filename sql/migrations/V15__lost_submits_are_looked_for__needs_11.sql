-- A submit whose answer was lost is looked for in FAL's history of requests; jobs that nobody waits
-- for are cancelled there; and what FAL stored of our requests is deleted once we hold the result.
-- Versions from 11 on survive it: the column that is made anew keeps its name and its meaning, and the
-- new stage is shown by none of them.

ALTER TABLE avatars
    -- address of the archive of the submit that has no name yet: only that submit contains it
    ADD COLUMN submit_archive text,
    -- since when its owner is told that we check whether it was started; older than submit_sent_at:
    -- of an earlier submit
    ADD COLUMN submit_doubted_at timestamptz;

-- A webhook that comes after «not bought» proves that FAL had it: weights that were paid for are
-- taken, as after a time-out. A generated column cannot be changed, only made anew.
ALTER TABLE avatars DROP COLUMN hears;
ALTER TABLE avatars
    ADD COLUMN hears boolean NOT NULL GENERATED ALWAYS AS (
        status = 'training' OR coalesce(result_source, '') LIKE 'fallback:%'
        OR (status = 'error' AND coalesce(training_error, '')
            IN ('training_timeout', 'result_unavailable', 'submit_not_bought'))) STORED;

-- What is still to be done at FAL about a job, at least once. No foreign key: a chore outlives its
-- avatar, and nothing of a person is in it.
CREATE TABLE fal_chores (
    kind        text NOT NULL,
    request_id  text NOT NULL,
    endpoint    text NOT NULL DEFAULT '',   -- a job is cancelled below its endpoint
    avatar_id   uuid,
    why         text NOT NULL DEFAULT '',   -- bought_twice, orphan, audited, erased
    added_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    tries       integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT clock_timestamp(), -- while it is tried: when another may
    done_at     timestamptz,
    answer      text,                       -- FAL's words, also of a try that failed
    PRIMARY KEY (request_id, kind),
    CONSTRAINT fal_chores_kind_known CHECK (kind IN ('cancel', 'delete_payloads'))
);
CREATE INDEX ix_fal_chores_due ON fal_chores (next_try_at) WHERE done_at IS NULL;
CREATE INDEX ix_fal_chores_done ON fal_chores (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX ix_fal_chores_orphans ON fal_chores (added_at) WHERE kind = 'cancel';

CREATE OR REPLACE FUNCTION avatars_ought_to_show() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    what text := CASE
        WHEN NEW.status = 'completed' AND coalesce(NEW.result_source, '') LIKE 'fallback:%'
            THEN 'provisional'
        WHEN NEW.status <> 'training' THEN NEW.status::text
        WHEN NEW.fal_finished_at IS NOT NULL THEN 'fetching'
        WHEN NEW.queue_position IS NOT NULL THEN 'queue'
        WHEN NEW.fal_request_id IS NULL AND NEW.submit_doubted_at >= NEW.submit_sent_at
            THEN 'checking'
        WHEN NEW.fal_request_id IS NULL THEN 'submitting'
        WHEN NEW.last_status_check IS NULL AND NEW.training_progress = 0 THEN 'accepted'
        ELSE 'working' END;
    how_far integer := CASE what
        WHEN 'queue' THEN NEW.queue_position
        WHEN 'working' THEN nullif(NEW.training_progress, 0) END;
BEGIN
    IF NEW.status = 'training' THEN
        INSERT INTO status_messages AS s (avatar_id, attempt, stage, number, message_id)
        VALUES (NEW.id, NEW.attempt, what, how_far, NEW.status_message_id)
        ON CONFLICT (avatar_id) DO UPDATE
        SET stage = EXCLUDED.stage, number = EXCLUDED.number, attempt = EXCLUDED.attempt,
            message_id = CASE s.attempt WHEN EXCLUDED.attempt THEN s.message_id
                              ELSE EXCLUDED.message_id END,
            opening = s.opening AND s.attempt = EXCLUDED.attempt,
            shown_stage = CASE s.attempt WHEN EXCLUDED.attempt THEN s.shown_stage END,
            shown_number = CASE s.attempt WHEN EXCLUDED.attempt THEN s.shown_number END,
            turn = s.turn + (s.attempt <> EXCLUDED.attempt)::int,
            -- Whoever started it is about to show it themselves.
            shown_at = CASE s.attempt WHEN EXCLUDED.attempt THEN s.shown_at
                            ELSE EXCLUDED.shown_at END;
    ELSE
        -- An end waits for no answer to a question that stands in the message.
        UPDATE status_messages s
        SET stage = what, number = NULL,
            shown_at = least(s.shown_at, clock_timestamp())
        WHERE s.avatar_id = NEW.id AND s.attempt = NEW.attempt;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER avatars_ought_to_show_doubt AFTER UPDATE OF submit_doubted_at ON avatars
    FOR EACH ROW WHEN (NEW.status = 'training'
        AND OLD.submit_doubted_at IS DISTINCT FROM NEW.submit_doubted_at)
    EXECUTE FUNCTION avatars_ought_to_show();
