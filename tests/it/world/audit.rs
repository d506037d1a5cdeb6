//! Checks in the database itself, for stories in which several instances write.
//!
//! Every service of such a story has a name, which its connections carry. At each write about a
//! training, triggers look up who holds the lease at that moment: a write by an instance that does
//! not hold it is an intrusion, whatever the statement checked.

use tokio_postgres::Client;

/// Tables and triggers of the audit.
const AUDIT: &str = "
    CREATE TABLE world_instances (id uuid PRIMARY KEY, who text NOT NULL);
    CREATE TABLE world_intrusions (
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        who text, watcher text, avatar uuid, what text);
    CREATE TABLE world_ends (
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        who text, avatar uuid, attempt integer, was text, became text, error text);

    CREATE TABLE world_leases (
        at timestamptz NOT NULL DEFAULT clock_timestamp(), shard text, epoch bigint);

    CREATE FUNCTION world_leased() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO world_leases (shard, epoch) VALUES (NEW.resource, NEW.epoch);
        RETURN NEW;
    END $$;
    CREATE TRIGGER world_leased AFTER UPDATE ON leases
        FOR EACH ROW WHEN (OLD.epoch <> NEW.epoch) EXECUTE FUNCTION world_leased();

    CREATE FUNCTION world_joined() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO world_instances VALUES (NEW.id, coalesce(current_setting('world.who', true), ''));
        RETURN NEW;
    END $$;
    CREATE TRIGGER world_joined AFTER INSERT ON instances
        FOR EACH ROW EXECUTE FUNCTION world_joined();

    -- Each look has a snapshot of its own: the leases as they are at this very write.
    CREATE FUNCTION world_check(avatar uuid, what text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
    DECLARE
        who text := current_setting('world.who', true);
        watcher text;
    BEGIN
        IF coalesce(who, '') = '' THEN RETURN; END IF; -- the test itself
        SELECT i.who INTO watcher
        FROM leases l LEFT JOIN world_instances i ON i.id = l.owner
        WHERE l.resource = 'shard/' || get_byte(uuid_send(avatar), 15);
        IF watcher IS DISTINCT FROM who THEN
            INSERT INTO world_intrusions (who, watcher, avatar, what)
            VALUES (who, watcher, avatar, what);
        END IF;
    END $$;

    CREATE FUNCTION world_written() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.status <> OLD.status THEN
            INSERT INTO world_ends (who, avatar, attempt, was, became, error)
            VALUES (current_setting('world.who', true), NEW.id, NEW.attempt,
                    OLD.status, NEW.status, OLD.training_error);
        END IF;
        -- Starting and cancelling is anybody's, and so is the first name of a job, which is a fact;
        -- everything else about a training is its watcher's.
        IF NEW.attempt = OLD.attempt AND NEW.status <> 'cancelled'
           AND NOT (OLD.fal_request_id IS NULL AND NEW.fal_request_id IS NOT NULL
                    AND NEW.status = OLD.status)
           AND (OLD.status = 'training' OR OLD.withdraw_due) THEN
            PERFORM world_check(NEW.id, 'avatars');
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER world_written AFTER UPDATE ON avatars
        FOR EACH ROW EXECUTE FUNCTION world_written();

    CREATE FUNCTION world_noted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.source <> 'user' AND NEW.kind NOT IN ('submit_accepted', 'bought_twice', 'orphan_cancelled') THEN PERFORM world_check(NEW.avatar_id, NEW.kind); END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER world_noted AFTER INSERT ON training_events
        FOR EACH ROW EXECUTE FUNCTION world_noted();
";

/// Installs the audit.
pub(super) async fn begin(rows: &Client) {
    rows.batch_execute(AUDIT).await.unwrap();
}
