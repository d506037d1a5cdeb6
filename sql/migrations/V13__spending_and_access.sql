-- What was started for money, who may start at all, and whether anything may. One row of spendings is
-- one purchase that was begun; it outlives the avatar, so that deleting one gives no day back.

-- One row. Every start locks it first, so that two starts never count the same room twice.
CREATE TABLE spending_control (
    singleton    boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    -- People are counted by a digest: what somebody began outlives /forget for two days, without them.
    salt         bytea NOT NULL
        DEFAULT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
    paused_at    timestamptz,          -- nothing new is started; null: business as usual
    pause_reason text                  -- for operators
);
INSERT INTO spending_control DEFAULT VALUES;

CREATE TABLE spendings (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    person   bytea,                    -- digest of the Telegram id; null: an operator started it
    kind     text NOT NULL DEFAULT 'training',
    work_id  uuid NOT NULL,            -- an avatar; no foreign key, it may be gone
    attempt  integer NOT NULL DEFAULT 0,
    endpoint text NOT NULL DEFAULT '',
    usd      numeric(14, 6) NOT NULL DEFAULT 0 CHECK (usd >= 0), -- estimated
    taken_back_at timestamptz,         -- it bought nothing, as far as we know; counts for no limit
    CONSTRAINT spendings_once UNIQUE (kind, work_id, attempt)
);
CREATE INDEX ix_spendings_at ON spendings (at);
CREATE INDEX ix_spendings_person ON spendings (person, kind, at)
    WHERE person IS NOT NULL AND taken_back_at IS NULL;

-- What ended before anything was sent to FAL was not bought. A trigger, so that no statement that
-- ends a training can forget to take its booking back.
CREATE FUNCTION avatars_nothing_bought() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE spendings SET taken_back_at = clock_timestamp()
    WHERE kind = 'training' AND work_id = NEW.id AND attempt = NEW.attempt;
    RETURN NULL;
END $$;
CREATE TRIGGER avatars_nothing_bought AFTER UPDATE OF status ON avatars
    FOR EACH ROW WHEN (OLD.status = 'training' AND NEW.status IN ('error', 'cancelled')
        AND OLD.attempt = NEW.attempt
        AND NEW.fal_request_id IS NULL AND NEW.submit_sent_at IS NULL)
    EXECUTE FUNCTION avatars_nothing_bought();
-- FAL names a job after all: it was bought.
CREATE FUNCTION avatars_bought_after_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE spendings SET taken_back_at = NULL
    WHERE kind = 'training' AND work_id = NEW.id AND attempt = NEW.attempt;
    RETURN NULL;
END $$;
CREATE TRIGGER avatars_bought_after_all AFTER UPDATE OF fal_request_id ON avatars
    FOR EACH ROW WHEN (OLD.status IN ('error', 'cancelled') AND OLD.attempt = NEW.attempt
        AND OLD.fal_request_id IS NULL AND NEW.fal_request_id IS NOT NULL)
    EXECUTE FUNCTION avatars_bought_after_all();

ALTER TABLE users
    ADD COLUMN admitted_at timestamptz; -- came by an invitation

CREATE TABLE invites (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code_sha256  bytea NOT NULL UNIQUE, -- the code itself is only in its link
    uses         integer NOT NULL DEFAULT 1 CHECK (uses > 0),
    used         integer NOT NULL DEFAULT 0 CHECK (used BETWEEN 0 AND uses),
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_used_at timestamptz
);

-- A notice about no avatar is unique by a key of its own.
ALTER TABLE outbox ADD COLUMN once_key text;
CREATE UNIQUE INDEX ix_outbox_once_key ON outbox (once_key) WHERE once_key IS NOT NULL;
