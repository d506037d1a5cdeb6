-- Pictures. A paid job gets the column names that others rely on; version 18 survives it: the names
-- that it knows stay readable, and a trigger completes what it writes.

DROP VIEW job_routes;
DROP INDEX ix_jobs_watched;
ALTER TABLE jobs
    DROP COLUMN watched,
    DROP COLUMN hears,
    DROP CONSTRAINT jobs_status_known;
ALTER TABLE jobs RENAME COLUMN endpoint TO fal_endpoint;
ALTER TABLE jobs RENAME COLUMN request_id TO fal_request_id;
ALTER TABLE jobs RENAME COLUMN input TO parameters;
UPDATE jobs SET status = 'running' WHERE status = 'open';
ALTER TABLE jobs
    ALTER COLUMN status SET DEFAULT 'draft',
    ALTER COLUMN fal_endpoint SET DEFAULT '',
    ALTER COLUMN files SET DEFAULT 'null',           -- not named yet; an empty list names none
    ALTER COLUMN started_at DROP NOT NULL,
    ALTER COLUMN started_at DROP DEFAULT,
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN status_message_id bigint,             -- the message that shows its progress
    ADD COLUMN renewals integer NOT NULL DEFAULT 0,  -- submitted again, for what the provider could not read
    ADD COLUMN former_requests text[] NOT NULL DEFAULT '{}', -- its names before each renewal
    ADD COLUMN remake_of uuid REFERENCES jobs (id) ON DELETE SET NULL, -- made again at no price
    ADD COLUMN watched boolean NOT NULL
        GENERATED ALWAYS AS (status = 'running' OR withdraw_due) STORED,
    ADD COLUMN hears boolean NOT NULL GENERATED ALWAYS AS (
        status = 'running' OR (status = 'error' AND coalesce(error, '')
            IN ('job_timeout', 'result_unavailable', 'submit_not_bought'))) STORED,
    -- Version 18 knows these names; dropped one version later.
    ADD COLUMN endpoint text GENERATED ALWAYS AS (fal_endpoint) STORED,
    ADD COLUMN request_id text,
    ADD COLUMN input jsonb NOT NULL DEFAULT '{}',
    ADD CONSTRAINT jobs_status_known
        CHECK (status IN ('draft', 'running', 'completed', 'error', 'cancelled'));
UPDATE jobs SET request_id = fal_request_id WHERE fal_request_id IS NOT NULL;
CREATE FUNCTION jobs_one_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.fal_request_id IS NOT DISTINCT FROM OLD.fal_request_id THEN
        NEW.fal_request_id := NEW.request_id;
    END IF;
    NEW.request_id := NEW.fal_request_id;
    RETURN NEW;
END $$;
CREATE TRIGGER jobs_one_request BEFORE INSERT OR UPDATE OF request_id, fal_request_id ON jobs
    FOR EACH ROW EXECUTE FUNCTION jobs_one_request();
CREATE INDEX ix_jobs_watched ON jobs (shard) WHERE watched;
CREATE INDEX ix_jobs_drafts ON jobs (user_id, created_at) WHERE status = 'draft';
-- how long the last jobs took, by endpoint
CREATE INDEX ix_jobs_durations ON jobs (fal_endpoint, completed_at DESC) WHERE status = 'completed';
CREATE INDEX ix_jobs_started ON jobs (kind, started_at) WHERE started_at IS NOT NULL;
CREATE INDEX ix_jobs_remake_of ON jobs (remake_of) WHERE remake_of IS NOT NULL;

CREATE VIEW job_routes AS
SELECT 'training'::text AS kind, id, attempt, shard, fal_request_id AS request_id,
       submit_nonce AS nonce, fal_endpoint AS endpoint, hears, watched,
       CASE WHEN status = 'training' THEN 'open' ELSE status::text END AS status
FROM avatars
UNION ALL
SELECT kind, id, 1, shard, fal_request_id, nonce, fal_endpoint, hears, watched,
       CASE WHEN status = 'running' THEN 'open' ELSE status END
FROM jobs;

-- Only pictures that we hold have a row.
CREATE TABLE images (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    job_id        uuid NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    user_id       uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    avatar_id     uuid REFERENCES avatars (id) ON DELETE SET NULL,
    position      integer NOT NULL DEFAULT 0,   -- from 1, in the order in which they were told
    object_key    text NOT NULL,                -- the provider's bytes, as they were made
    sha256        text NOT NULL DEFAULT '',
    width         integer NOT NULL DEFAULT 0,
    height        integer NOT NULL DEFAULT 0,
    byte_size     bigint NOT NULL DEFAULT 0,
    content_type  text NOT NULL DEFAULT 'image/jpeg',
    seed          numeric,                      -- beyond bigint; one for all pictures of a job
    faces         integer,                      -- found in it; null: not looked for
    thumbnail_key text,
    is_favorite   boolean NOT NULL DEFAULT false,
    telegram_file_id     text,                  -- as a photo; only its own bot can use it
    telegram_document_id text,                  -- as the original file
    share_token   text,                         -- 128 random bits; null: not shared
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT images_once UNIQUE (job_id, position)
);
CREATE INDEX ix_images_gallery ON images (user_id, created_at DESC, id DESC);
CREATE INDEX ix_images_favorites ON images (user_id, created_at DESC, id DESC) WHERE is_favorite;
CREATE INDEX ix_images_avatar ON images (avatar_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX ix_images_share_token ON images (share_token) WHERE share_token IS NOT NULL;

-- Objects of rows that are gone. A trigger keeps them, so that no statement can forget one.
CREATE TABLE stray_objects (
    object_key  text PRIMARY KEY,
    added_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_try_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ix_stray_objects_due ON stray_objects (next_try_at);
CREATE FUNCTION images_leave_objects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stray_objects (object_key)
    SELECT key FROM unnest(ARRAY[OLD.object_key, OLD.thumbnail_key]) AS k (key)
    -- keys follow from the bytes: two pictures of one order may share theirs
    WHERE key IS NOT NULL
      AND NOT EXISTS (SELECT FROM images i WHERE i.job_id = OLD.job_id
                      AND (i.object_key = key OR i.thumbnail_key = key))
    ON CONFLICT (object_key) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER images_leave_objects AFTER DELETE ON images
    FOR EACH ROW EXECUTE FUNCTION images_leave_objects();

-- A deleted job keeps nothing of the person's words, and stops.
CREATE FUNCTION jobs_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.parameters := '{}';
    IF OLD.status IN ('draft', 'running') THEN
        NEW.withdraw_due := NEW.withdraw_due
            OR (OLD.status = 'running' AND OLD.fal_request_id IS NOT NULL);
        NEW.status := 'cancelled';
    END IF;
    DELETE FROM images WHERE job_id = NEW.id;
    RETURN NEW;
END $$;
CREATE TRIGGER jobs_deleted BEFORE UPDATE OF deleted_at ON jobs
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL)
    EXECUTE FUNCTION jobs_deleted();

-- A copy of an avatar's weights at the provider. Ours is what counts; this one has an end. The
-- provider keeps what it has read by address, so the address is used again.
CREATE TABLE fal_weights (
    avatar_id   uuid PRIMARY KEY REFERENCES avatars (id) ON DELETE CASCADE,
    sha256      text NOT NULL,
    url         text NOT NULL,
    uploaded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at  timestamptz NOT NULL
);

-- What the person said once.
ALTER TABLE avatars
    ADD COLUMN consent_version integer,     -- of the sentence that was agreed to; null: not asked
    ADD COLUMN consent_at      timestamptz;
ALTER TABLE users
    ADD COLUMN picture_shape text,          -- the last choice
    ADD COLUMN picture_count integer,
    ADD COLUMN strikes       integer NOT NULL DEFAULT 0, -- forbidden words, in a row of days
    ADD COLUMN strike_at     timestamptz,
    ADD COLUMN banned_at     timestamptz;   -- starts nothing until an operator has looked

CREATE INDEX ix_users_strikes ON users (strike_at) WHERE strike_at IS NOT NULL;
CREATE INDEX ix_users_banned ON users (banned_at) WHERE banned_at IS NOT NULL;

-- As for trainings: what ended before anything was sent was not bought.
ALTER TABLE spendings ADD COLUMN units integer NOT NULL DEFAULT 1; -- pictures, minutes
CREATE FUNCTION jobs_nothing_bought() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE spendings SET taken_back_at = clock_timestamp()
    WHERE kind = NEW.kind AND work_id = NEW.id AND attempt = 1;
    RETURN NULL;
END $$;
CREATE TRIGGER jobs_nothing_bought AFTER UPDATE OF status ON jobs
    FOR EACH ROW WHEN (OLD.status = 'running' AND NEW.status IN ('error', 'cancelled')
        AND NEW.fal_request_id IS NULL AND NEW.submit_sent_at IS NULL)
    EXECUTE FUNCTION jobs_nothing_bought();
CREATE FUNCTION jobs_bought_after_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE spendings SET taken_back_at = NULL
    WHERE kind = NEW.kind AND work_id = NEW.id AND attempt = 1;
    RETURN NULL;
END $$;
CREATE TRIGGER jobs_bought_after_all AFTER UPDATE OF fal_request_id ON jobs
    FOR EACH ROW WHEN (OLD.status IN ('error', 'cancelled')
        AND OLD.fal_request_id IS NULL AND NEW.fal_request_id IS NOT NULL)
    EXECUTE FUNCTION jobs_bought_after_all();

-- Status messages are about any job. The id is the job's; the rows of a training that is gone, or of
-- a job, are removed by a trigger where a foreign key was.
ALTER TABLE status_messages
    ADD COLUMN kind text NOT NULL DEFAULT 'training',
    DROP CONSTRAINT status_messages_avatar_id_fkey;
CREATE FUNCTION status_message_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM status_messages WHERE avatar_id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER avatars_status_message_gone AFTER DELETE ON avatars
    FOR EACH ROW EXECUTE FUNCTION status_message_gone();
CREATE TRIGGER jobs_status_message_gone AFTER DELETE ON jobs
    FOR EACH ROW EXECUTE FUNCTION status_message_gone();

-- The stage of a job, in the words of a training's.
CREATE FUNCTION job_stage(
    status text, finished_at timestamptz, queue_position integer, request_id text,
    sent_at timestamptz, doubted_at timestamptz, looked_at timestamptz)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN status <> 'running' THEN status
        WHEN finished_at IS NOT NULL THEN 'fetching'
        WHEN queue_position IS NOT NULL THEN 'queue'
        WHEN request_id IS NULL AND doubted_at >= sent_at THEN 'checking'
        WHEN request_id IS NULL THEN 'submitting'
        WHEN looked_at IS NULL THEN 'accepted'
        ELSE 'working' END
$$;
CREATE FUNCTION jobs_ought_to_show() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    what text := job_stage(NEW.status, NEW.finished_at, NEW.queue_position, NEW.fal_request_id,
        NEW.submit_sent_at, NEW.submit_doubted_at, NEW.looked_at);
    how_far integer := CASE what WHEN 'queue' THEN NEW.queue_position END;
BEGIN
    IF NEW.status = 'running' THEN
        INSERT INTO status_messages AS s (avatar_id, kind, attempt, stage, number, message_id)
        VALUES (NEW.id, NEW.kind, 1, what, how_far, NEW.status_message_id)
        ON CONFLICT (avatar_id) DO UPDATE
        SET stage = EXCLUDED.stage, number = EXCLUDED.number;
    ELSE
        UPDATE status_messages s
        SET stage = what, number = NULL, shown_at = least(s.shown_at, clock_timestamp())
        WHERE s.avatar_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER jobs_ought_to_show_new AFTER INSERT ON jobs
    FOR EACH ROW WHEN (NEW.status = 'running') EXECUTE FUNCTION jobs_ought_to_show();
CREATE TRIGGER jobs_ought_to_show AFTER UPDATE ON jobs
    FOR EACH ROW WHEN (
        (OLD.status, OLD.queue_position, OLD.fal_request_id IS NULL, OLD.finished_at IS NULL,
         OLD.looked_at IS NULL)
        IS DISTINCT FROM
        (NEW.status, NEW.queue_position, NEW.fal_request_id IS NULL, NEW.finished_at IS NULL,
         NEW.looked_at IS NULL))
    EXECUTE FUNCTION jobs_ought_to_show();
