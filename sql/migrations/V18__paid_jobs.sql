-- Paid jobs that are no trainings, and one name for every paid job: its kind and its id. Trainings
-- stay on `avatars`. Versions from 17 on survive it: what they write is completed by a trigger.

-- One row is one purchase: there is no attempt, and nothing is reset.
CREATE TABLE jobs (
    id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind              text NOT NULL,
    user_id           uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    avatar_id         uuid REFERENCES avatars (id) ON DELETE SET NULL, -- erased before its avatar
    status            text NOT NULL DEFAULT 'open',
    endpoint          text NOT NULL,
    input             jsonb NOT NULL DEFAULT '{}',  -- what is bought, saved before the submit
    nonce             uuid NOT NULL DEFAULT gen_random_uuid(), -- the second factor in webhook_url
    webhook_url       text,
    request_id        text,                         -- the provider's name of it
    submit_sent_at    timestamptz,                  -- from here on the provider may have it
    submit_prepared   text,                         -- finds a submit whose answer was lost
    submit_doubted_at timestamptz,
    started_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    looked_at         timestamptz,
    queue_position    integer,
    progress          integer NOT NULL DEFAULT 0,
    finished_at       timestamptz,                  -- the provider says finished
    files             jsonb NOT NULL DEFAULT '[]',  -- where it says that they are
    withdraw_due      boolean NOT NULL DEFAULT false, -- ended here, the provider still to be told
    completed_at      timestamptz,
    error             text,
    result_source     text,
    artifacts         jsonb NOT NULL DEFAULT '[]',  -- our copies: name, key, digest, bytes
    work_tries        integer NOT NULL DEFAULT 0,   -- begun, and no end recorded
    parked_until      timestamptz,
    deleted_at        timestamptz,
    updated_at        timestamptz NOT NULL DEFAULT now(),
    shard             smallint NOT NULL
        GENERATED ALWAYS AS (get_byte(uuid_send(id), 15)) STORED,
    watched           boolean NOT NULL
        GENERATED ALWAYS AS (status = 'open' OR withdraw_due) STORED,
    hears             boolean NOT NULL GENERATED ALWAYS AS (
        status = 'open' OR (status = 'error' AND coalesce(error, '')
            IN ('job_timeout', 'result_unavailable', 'submit_not_bought'))) STORED,
    CONSTRAINT jobs_status_known CHECK (status IN ('open', 'completed', 'error', 'cancelled'))
);
CREATE UNIQUE INDEX ix_jobs_request_id ON jobs (request_id);
CREATE UNIQUE INDEX ix_jobs_nonce ON jobs (nonce);
CREATE INDEX ix_jobs_watched ON jobs (shard) WHERE watched;
CREATE INDEX ix_jobs_user_id ON jobs (user_id);
CREATE INDEX ix_jobs_avatar_id ON jobs (avatar_id);
CREATE INDEX ix_jobs_deleted ON jobs (updated_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE job_events (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    source text NOT NULL DEFAULT '',
    kind   text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX ix_job_events_job_id ON job_events (job_id, id);

-- The one place that routes: which job waits for a webhook, and in which shard it is watched.
CREATE VIEW job_routes AS
SELECT 'training'::text AS kind, id, attempt, shard, fal_request_id AS request_id,
       submit_nonce AS nonce, fal_endpoint AS endpoint, hears, watched,
       CASE WHEN status = 'training' THEN 'open' ELSE status::text END AS status
FROM avatars
UNION ALL
SELECT kind, id, 1, shard, request_id, nonce, endpoint, hears, watched, status
FROM jobs;

-- Notices and what is left of the erased are named after the job, too.
ALTER TABLE outbox
    ADD COLUMN job_kind text,
    ADD COLUMN job_id   uuid;
UPDATE outbox SET job_kind = 'training', job_id = avatar_id WHERE avatar_id IS NOT NULL;
CREATE UNIQUE INDEX ix_outbox_once_a_job ON outbox (job_kind, job_id, attempt, kind);
CREATE INDEX ix_outbox_job_id ON outbox (job_id);

CREATE FUNCTION outbox_names_its_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.job_kind := 'training';
    NEW.job_id := NEW.avatar_id;
    RETURN NEW;
END $$;
CREATE TRIGGER outbox_names_its_job BEFORE INSERT ON outbox
    FOR EACH ROW WHEN (NEW.job_id IS NULL AND NEW.avatar_id IS NOT NULL)
    EXECUTE FUNCTION outbox_names_its_job();

ALTER TABLE erasures ADD COLUMN kind text NOT NULL DEFAULT 'training';
ALTER TABLE fal_chores
    ADD COLUMN job_kind text,
    ADD COLUMN job_id   uuid;

-- How far a training is, derived in one place: for the status message, for the operator's page.
CREATE FUNCTION training_stage(
    status text, source text, finished_at timestamptz, queue_position integer, request_id text,
    sent_at timestamptz, doubted_at timestamptz, looked_at timestamptz, progress integer)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN status = 'completed' AND source LIKE 'fallback:%' THEN 'provisional'
        WHEN status <> 'training' THEN status
        WHEN finished_at IS NOT NULL THEN 'fetching'
        WHEN queue_position IS NOT NULL THEN 'queue'
        WHEN request_id IS NULL AND doubted_at >= sent_at THEN 'checking'
        WHEN request_id IS NULL THEN 'submitting'
        WHEN looked_at IS NULL AND progress = 0 THEN 'accepted'
        ELSE 'working' END
$$;

CREATE OR REPLACE FUNCTION avatars_ought_to_show() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    what text := training_stage(NEW.status::text, NEW.result_source, NEW.fal_finished_at,
        NEW.queue_position, NEW.fal_request_id, NEW.submit_sent_at, NEW.submit_doubted_at,
        NEW.last_status_check, NEW.training_progress);
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
