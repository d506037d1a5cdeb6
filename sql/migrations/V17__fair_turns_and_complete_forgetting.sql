-- Everybody's updates are read, not only the oldest; and of what is erased nothing comes back.

-- The next updates of a person, however many others wait.
CREATE INDEX ix_telegram_updates_unhandled_of ON telegram_updates (person, update_id)
    WHERE handled_at IS NULL;
-- Payments wait for nobody.
CREATE INDEX ix_telegram_updates_payments ON telegram_updates (update_id)
    WHERE handled_at IS NULL
      AND (body ? 'pre_checkout_query' OR body -> 'message' ? 'successful_payment');
-- What is a month old goes by when it was handled: Telegram's numbers may start again lower.
CREATE INDEX ix_telegram_updates_handled ON telegram_updates (handled_at)
    WHERE handled_at IS NOT NULL;

-- A photo that is in the draft is known before it is fetched.
CREATE INDEX ix_avatar_photos_content ON avatar_photos (avatar_id, telegram_file_unique_id);

-- Jobs of former attempts that FAL may still call about: what the row forgets when it is started
-- again. A trigger keeps them, so that no statement, operator or earlier version can forget it.
ALTER TABLE avatars
    ADD COLUMN former_nonces uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN former_requests text[] NOT NULL DEFAULT '{}';
CREATE FUNCTION avatars_keep_former_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The last 20: beyond them FAL's calls are long over.
    IF OLD.submit_nonce IS DISTINCT FROM NEW.submit_nonce AND OLD.submit_sent_at IS NOT NULL THEN
        NEW.former_nonces := (OLD.submit_nonce || OLD.former_nonces)[1:20];
    END IF;
    IF OLD.fal_request_id IS DISTINCT FROM NEW.fal_request_id THEN
        NEW.former_requests := (OLD.fal_request_id || OLD.former_requests)[1:20];
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER avatars_keep_former_jobs BEFORE UPDATE OF submit_nonce, fal_request_id ON avatars
    FOR EACH ROW WHEN (
        (OLD.submit_nonce IS NOT NULL AND OLD.submit_nonce IS DISTINCT FROM NEW.submit_nonce)
        OR (OLD.fal_request_id IS NOT NULL AND OLD.fal_request_id IS DISTINCT FROM NEW.fal_request_id))
    EXECUTE FUNCTION avatars_keep_former_jobs();

-- A late call may name its job only by our nonce; and what FAL names then is cancelled there.
ALTER TABLE erasures
    ADD COLUMN nonces uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN endpoint text;
CREATE INDEX ix_erasures_named ON erasures (avatar_id) WHERE requests <> '{}' OR nonces <> '{}';
