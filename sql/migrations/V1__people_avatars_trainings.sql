-- The tables that everybody outside may rely on, and what hangs on them.
-- Every column that a person inserting by hand may leave out has a default.

CREATE TYPE avatar_status AS ENUM
    ('draft', 'uploading', 'ready', 'training', 'completed', 'error', 'cancelled');
CREATE TYPE avatar_training_type AS ENUM ('portrait', 'style', 'object');
CREATE TYPE fal_finetune_type AS ENUM ('lora', 'dreambooth');
CREATE TYPE fal_priority AS ENUM ('speed', 'quality', 'high_res_only');

CREATE TABLE users (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    telegram_id   bigint NOT NULL UNIQUE,
    username      text,
    first_name    text,
    language_code text,                 -- what Telegram says
    language      text,                 -- what the person chose by /language; wins
    blocked_at    timestamptz,          -- since when the bot may not write to them
    created_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_language_known CHECK (language IN ('ru', 'en'))
);

CREATE TABLE avatars (
    id                       uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id                  uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name                     text NOT NULL DEFAULT '',
    status                   avatar_status NOT NULL DEFAULT 'draft',
    is_main                  boolean NOT NULL DEFAULT false,
    gender                   text,

    -- one attempt to train it; a retry is the next number
    attempt                  integer NOT NULL DEFAULT 0,
    training_type            avatar_training_type NOT NULL DEFAULT 'portrait',
    fal_endpoint             text,
    fal_request_id           text,
    trigger_phrase           text,
    steps                    integer,
    learning_rate            double precision,
    multiresolution_training boolean NOT NULL DEFAULT true,
    subject_crop             boolean NOT NULL DEFAULT true,
    create_masks             boolean NOT NULL DEFAULT false,
    captioning               boolean NOT NULL DEFAULT true,
    fal_priority             fal_priority,
    finetune_type            fal_finetune_type NOT NULL DEFAULT 'lora',
    finetune_comment         text,
    webhook_url              text,
    submit_nonce             uuid,        -- the second factor in webhook_url; null: not started by us
    submit_sent_at           timestamptz, -- from here on FAL may have the job
    training_started_at      timestamptz,
    training_progress        integer NOT NULL DEFAULT 0,
    queue_position           integer,
    last_status_check        timestamptz,
    training_logs            text,
    fal_finished_at          timestamptz, -- FAL says finished; nothing said of a result
    withdraw_due             boolean NOT NULL DEFAULT false, -- ended here, FAL still to be told
    status_message_id        bigint,      -- the message that shows the progress

    -- how it ended
    training_completed_at    timestamptz,
    training_error           text,
    result_source            text,
    diffusers_lora_file_url  text,
    config_file_url          text,
    fal_response_data        jsonb NOT NULL DEFAULT '{}',
    lora_object_key          text,
    lora_sha256              text,
    lora_byte_size           bigint,
    finetune_id              text,

    -- the last byte of a UUID is random in all versions; AvatarId::shard is the same rule
    shard                    smallint NOT NULL
        GENERATED ALWAYS AS (get_byte(uuid_send(id), 15)) STORED,
    created_at               timestamptz NOT NULL DEFAULT now(),
    updated_at               timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX ix_avatars_fal_request_id ON avatars (fal_request_id);
CREATE INDEX ix_avatars_training_type ON avatars (training_type);
CREATE INDEX ix_avatars_user_id ON avatars (user_id);
CREATE UNIQUE INDEX ix_avatars_main ON avatars (user_id) WHERE is_main;
CREATE UNIQUE INDEX ix_avatars_submit_nonce ON avatars (submit_nonce);
-- what recovery reads: small whatever the number of avatars
CREATE INDEX ix_avatars_in_flight ON avatars (shard) WHERE status = 'training' OR withdraw_due;

CREATE TABLE avatar_photos (
    id                      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    avatar_id               uuid NOT NULL REFERENCES avatars (id) ON DELETE CASCADE,
    object_key              text NOT NULL,
    sha256                  text NOT NULL DEFAULT '',
    perceptual_hash         bigint,
    width                   integer NOT NULL DEFAULT 0,
    height                  integer NOT NULL DEFAULT 0,
    byte_size               bigint NOT NULL DEFAULT 0,
    position                integer NOT NULL DEFAULT 0,
    verdict                 jsonb NOT NULL DEFAULT '{}',
    telegram_file_unique_id text,
    created_at              timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_avatar_photos_avatar_id ON avatar_photos (avatar_id, position);
CREATE UNIQUE INDEX ix_avatar_photos_same ON avatar_photos (avatar_id, sha256) WHERE sha256 <> '';

CREATE TABLE training_events (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    avatar_id uuid NOT NULL REFERENCES avatars (id) ON DELETE CASCADE,
    attempt   integer NOT NULL DEFAULT 0,
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    source    text NOT NULL DEFAULT '',
    kind      text NOT NULL,
    detail    jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX ix_training_events_avatar_id ON training_events (avatar_id, id);

CREATE TABLE webhook_inbox (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    request_id   text NOT NULL,
    nonce        uuid,                   -- from our URL; finds the attempt whose id was never saved
    body         jsonb NOT NULL DEFAULT '{}',
    headers      jsonb NOT NULL DEFAULT '{}',
    body_sha256  bytea,                  -- null for rows inserted by hand
    deliveries   integer NOT NULL DEFAULT 1,
    processed_at timestamptz,
    outcome      text
);
CREATE UNIQUE INDEX ix_webhook_inbox_same ON webhook_inbox (request_id, body_sha256);
CREATE INDEX ix_webhook_inbox_unprocessed ON webhook_inbox (request_id) WHERE processed_at IS NULL;
CREATE INDEX ix_webhook_inbox_nonce ON webhook_inbox (nonce) WHERE processed_at IS NULL;

CREATE TABLE outbox (
    id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id             uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    avatar_id           uuid REFERENCES avatars (id) ON DELETE CASCADE,
    attempt             integer NOT NULL DEFAULT 0,
    kind                text NOT NULL,
    payload             jsonb NOT NULL DEFAULT '{}',
    status              text NOT NULL DEFAULT 'pending',
    tries               integer NOT NULL DEFAULT 0,
    next_try_at         timestamptz NOT NULL DEFAULT now(),
    claimed_by          uuid,            -- the incarnation that is sending it
    claimed_at          timestamptz,
    sent_at             timestamptz,
    repaired_at         timestamptz,     -- an uncertain one whose content arrived by an edit
    telegram_message_id bigint,
    last_error          text,
    created_at          timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT outbox_status_known CHECK (status IN ('pending', 'sending', 'sent', 'uncertain', 'dead')),
    CONSTRAINT outbox_once UNIQUE (avatar_id, attempt, kind)
);
CREATE INDEX ix_outbox_due ON outbox (next_try_at) WHERE status = 'pending';
CREATE INDEX ix_outbox_sending ON outbox (claimed_by) WHERE status = 'sending';
CREATE INDEX ix_outbox_uncertain ON outbox (next_try_at) WHERE status = 'uncertain' AND repaired_at IS NULL;
CREATE INDEX ix_outbox_user_id ON outbox (user_id);

CREATE TABLE instances (
    id           uuid PRIMARY KEY,
    started_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    heartbeat_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    roles        text NOT NULL DEFAULT '',
    version      text NOT NULL DEFAULT ''
);
CREATE INDEX ix_instances_heartbeat_at ON instances (heartbeat_at);

CREATE TABLE leases (
    resource    text PRIMARY KEY,
    owner       uuid,
    epoch       bigint NOT NULL DEFAULT 0, -- grows with every owner: the fencing token
    lease_until timestamptz NOT NULL DEFAULT '-infinity'
);
CREATE INDEX ix_leases_owner ON leases (owner);
INSERT INTO leases (resource) SELECT 'shard/' || n FROM generate_series(0, 255) AS n;
INSERT INTO leases (resource) VALUES ('telegram/updates'), ('telegram/send');

CREATE TABLE dialogues (
    telegram_id bigint NOT NULL,
    chat_id     bigint NOT NULL,
    state       jsonb NOT NULL DEFAULT '{}',
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chat_id, telegram_id)
);

-- What Telegram sent and we confirmed; kept until handled, so that a crash forgets nobody's press.
CREATE TABLE telegram_updates (
    update_id   bigint PRIMARY KEY,
    body        jsonb NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    tries       integer NOT NULL DEFAULT 0,
    handled_at  timestamptz,
    outcome     text
);
CREATE INDEX ix_telegram_updates_unhandled ON telegram_updates (update_id) WHERE handled_at IS NULL;
