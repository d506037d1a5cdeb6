-- Rows and objects belong together, and neither is of use without the other. So both carry the same
-- id: here, and in the object store/id of the object store, be it a folder or a bucket.
CREATE TABLE store_identity (
    one         boolean PRIMARY KEY DEFAULT true,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    claimed_at  timestamptz,                  -- null until the object store carries the id as well
    place       text NOT NULL DEFAULT '',     -- of the objects, in words for an operator
    generation  bigint NOT NULL DEFAULT 0,    -- grows every few minutes, here first and then in the
                                              -- object: rows that are behind it come from a dump
    marked_at   timestamptz,
    fal_user_id text,                         -- our own at FAL, learnt from a webhook with our nonce
    CONSTRAINT store_identity_one CHECK (one)
);

-- Who was forgotten and which avatars were deleted, for the journal beside the objects: rows from an
-- older dump bring them back, and they are forgotten again. Ids of what no longer exists.
CREATE TABLE forgotten (
    id         uuid PRIMARY KEY,
    is_person  boolean NOT NULL DEFAULT false,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    generation bigint                         -- of the journal's object; null: not written yet
);
CREATE INDEX ix_forgotten_waiting ON forgotten (at) WHERE generation IS NULL;
CREATE INDEX ix_forgotten_written ON forgotten (at) WHERE generation IS NOT NULL;

CREATE FUNCTION note_forgotten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO forgotten (id, is_person) VALUES (NEW.id, TG_TABLE_NAME = 'users')
    ON CONFLICT (id) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER users_forgotten AFTER UPDATE OF forgotten_at ON users
    FOR EACH ROW WHEN (OLD.forgotten_at IS NULL AND NEW.forgotten_at IS NOT NULL)
    EXECUTE FUNCTION note_forgotten();
CREATE TRIGGER avatars_deleted AFTER UPDATE OF deleted_at ON avatars
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL)
    EXECUTE FUNCTION note_forgotten();

INSERT INTO forgotten (id, is_person, at)
SELECT id, true, forgotten_at FROM users WHERE forgotten_at IS NOT NULL
UNION ALL
SELECT id, false, deleted_at FROM avatars WHERE deleted_at IS NOT NULL
UNION ALL
SELECT avatar_id, false, asked_at FROM erasures
ON CONFLICT (id) DO NOTHING;
