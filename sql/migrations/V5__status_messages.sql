-- What a training's status message shows, and what it ought to show. A small table of its own:
-- edits are many, the rows of avatars are wide, and only a training's watcher writes those.
--
-- A trigger keeps what ought to be shown, so that no statement, operator or earlier version that
-- changes a training can forget it.
CREATE TABLE status_messages (
    avatar_id    uuid PRIMARY KEY REFERENCES avatars (id) ON DELETE CASCADE,
    attempt      integer NOT NULL,
    stage        text NOT NULL,        -- a word of actors/ports/status_messages.rs
    number       integer,              -- place in the queue, or percent
    message_id   bigint,               -- null: to be opened
    opening      boolean NOT NULL DEFAULT false, -- a new message was tried; its fate is not recorded
    turn         bigint NOT NULL DEFAULT 0,      -- grows with everybody who is about to show it
    shown_stage  text,                 -- as the message was last brought to; null: not known
    shown_number integer,
    shown_at     timestamptz NOT NULL DEFAULT clock_timestamp(), -- in the future: held back so long
    -- what is new to its reader: 2 the stage, 1 a number, 0 only the time that is left;
    -- null: nothing will be shown any more, or nobody knows where
    news         smallint GENERATED ALWAYS AS (CASE
        WHEN message_id IS NULL
             AND (opening OR stage IN ('completed', 'provisional', 'error', 'cancelled')) THEN NULL
        WHEN shown_stage IS DISTINCT FROM stage THEN 2
        WHEN shown_number IS DISTINCT FROM number THEN 1
        WHEN stage IN ('completed', 'provisional', 'error', 'cancelled') THEN NULL
        ELSE 0 END) STORED
);
-- one look a sweep, whatever the number of trainings
CREATE INDEX ix_status_messages_due ON status_messages (news, shown_at) WHERE news IS NOT NULL;

-- how long the last trainings took, by trainer and steps
CREATE INDEX ix_avatars_durations ON avatars (fal_endpoint, steps, training_completed_at DESC)
    WHERE status = 'completed';

CREATE FUNCTION avatars_ought_to_show() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    what text := CASE
        WHEN NEW.status = 'completed' AND coalesce(NEW.result_source, '') LIKE 'fallback:%'
            THEN 'provisional'
        WHEN NEW.status <> 'training' THEN NEW.status::text
        WHEN NEW.fal_finished_at IS NOT NULL THEN 'fetching'
        WHEN NEW.queue_position IS NOT NULL THEN 'queue'
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

CREATE TRIGGER avatars_ought_to_show_new AFTER INSERT ON avatars
    FOR EACH ROW WHEN (NEW.status = 'training') EXECUTE FUNCTION avatars_ought_to_show();
-- Most polls change nothing that is shown: they cost one comparison.
CREATE TRIGGER avatars_ought_to_show AFTER UPDATE ON avatars
    FOR EACH ROW WHEN ((NEW.status = 'training' OR OLD.status <> 'draft')
        AND (OLD.status, OLD.attempt, OLD.queue_position, OLD.training_progress, OLD.result_source,
             OLD.fal_request_id IS NULL, OLD.fal_finished_at IS NULL, OLD.last_status_check IS NULL)
        IS DISTINCT FROM
            (NEW.status, NEW.attempt, NEW.queue_position, NEW.training_progress, NEW.result_source,
             NEW.fal_request_id IS NULL, NEW.fal_finished_at IS NULL, NEW.last_status_check IS NULL))
    EXECUTE FUNCTION avatars_ought_to_show();

-- What trains now is shown on.
INSERT INTO status_messages (avatar_id, attempt, stage, number, message_id)
SELECT id, attempt,
       CASE WHEN fal_finished_at IS NOT NULL THEN 'fetching'
            WHEN queue_position IS NOT NULL THEN 'queue'
            WHEN fal_request_id IS NULL THEN 'submitting'
            ELSE 'working' END,
       CASE WHEN fal_finished_at IS NULL
            THEN coalesce(queue_position, nullif(training_progress, 0)) END,
       status_message_id
FROM avatars
WHERE status = 'training';
