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
