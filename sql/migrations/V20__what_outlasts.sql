-- The nonces of a job before each renewal: what FAL tells under one of them is still erased with it,
-- and its doubles are cancelled.
ALTER TABLE jobs ADD COLUMN former_nonces uuid[] NOT NULL DEFAULT '{}';

-- A ban outlives /forget for ninety days: by a digest, without the person. Whoever comes back finds
-- it again, and only then does an operator see it.
CREATE TABLE banned_people (
    person bytea PRIMARY KEY,               -- as in spendings
    at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE FUNCTION users_ban_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM banned_people WHERE at < clock_timestamp() - interval '90 days';
    INSERT INTO banned_people (person)
    SELECT sha256(c.salt || int8send(OLD.telegram_id)) FROM spending_control c
    ON CONFLICT (person) DO UPDATE SET at = clock_timestamp();
    NEW.banned_at := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER users_ban_stays BEFORE UPDATE OF forgotten_at ON users
    FOR EACH ROW WHEN (OLD.forgotten_at IS NULL AND NEW.forgotten_at IS NOT NULL
        AND OLD.banned_at IS NOT NULL)
    EXECUTE FUNCTION users_ban_stays();
CREATE FUNCTION users_still_banned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM banned_people b CROSS JOIN spending_control c
               WHERE b.person = sha256(c.salt || int8send(NEW.telegram_id))
                 AND b.at > clock_timestamp() - interval '90 days') THEN
        NEW.banned_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER users_still_banned BEFORE INSERT ON users
    FOR EACH ROW EXECUTE FUNCTION users_still_banned();

-- Orders that came to nothing are kept for a while, then erased.
CREATE INDEX ix_jobs_fruitless ON jobs (updated_at)
    WHERE status IN ('error', 'cancelled') AND deleted_at IS NULL;
