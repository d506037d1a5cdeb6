-- What people delete disappears for them at once, and from here and from FAL in steps that a crash
-- cannot skip. The versions before this one may show a deleted avatar as a nameless cancelled one.

ALTER TABLE avatars
    -- its owner deleted it: no statement of theirs finds it any more, the eraser does
    ADD COLUMN deleted_at timestamptz;
-- what could not be erased is tried again after the others
CREATE INDEX ix_avatars_deleted ON avatars (updated_at) WHERE deleted_at IS NOT NULL;

ALTER TABLE users
    -- nobody any more: the row only holds avatars together until FAL has been told and they are gone
    ADD COLUMN forgotten_at timestamptz;
CREATE INDEX ix_users_forgotten ON users (forgotten_at) WHERE forgotten_at IS NOT NULL;
-- numbers instead of Telegram's; stored negative, as no person's is
CREATE SEQUENCE forgotten_people;

ALTER TABLE telegram_updates
    -- whose; the kinds of updates name their person in different places, new ones as they like
    ADD COLUMN person text GENERATED ALWAYS AS (coalesce(
        jsonb_path_query_first(body, '$.*.from.id') #>> '{}',
        jsonb_path_query_first(body, '$.*.user.id') #>> '{}',
        jsonb_path_query_first(body, '$.*.chat.id') #>> '{}')) STORED;
CREATE INDEX ix_telegram_updates_person ON telegram_updates (person);

-- a webhook whose job was never named to us is found by it, also when it has been processed
CREATE INDEX ix_webhook_inbox_any_nonce ON webhook_inbox (nonce) WHERE nonce IS NOT NULL;

-- Avatars that are gone. Nothing of a person is in it: ids of what no longer exists. No foreign key
-- can hold them. Their folders are looked at once more, for what was on its way when they went.
CREATE TABLE erasures (
    avatar_id uuid PRIMARY KEY,
    asked_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    erased_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    requests  text[] NOT NULL DEFAULT '{}', -- jobs at FAL, whose late webhooks are removed, too
    swept_at  timestamptz
);
CREATE INDEX ix_erasures_unswept ON erasures (erased_at) WHERE swept_at IS NULL;

-- That somebody was forgotten, for the operator: when and how much, never who.
CREATE TABLE forgettings (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    avatars   bigint NOT NULL DEFAULT 0,
    photos    bigint NOT NULL DEFAULT 0,
    trainings bigint NOT NULL DEFAULT 0  -- that ran and were cancelled
);
