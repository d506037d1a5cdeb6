-- Nobody is left untold: every notice that is not tried any more says why, and people who let the
-- bot in again hear what they missed. The version before leaves the new columns alone.

ALTER TABLE outbox
    -- why it is not tried any more: of a dead one, or 'unconfirmed' of an uncertain one that no
    -- message can tell
    ADD COLUMN dead_reason text,
    ADD COLUMN edits integer NOT NULL DEFAULT 0; -- edits that failed, for the wait before the next

-- what was given up so far, by the words that were noted
UPDATE outbox
SET dead_reason = CASE
        WHEN last_error = 'the attempt ended otherwise meanwhile' THEN 'superseded'
        WHEN last_error = 'this version does not know the kind' THEN 'unknown_kind'
        WHEN last_error LIKE '403 %' OR last_error LIKE '%USER_IS_BLOCKED%'
            OR last_error LIKE '%USER_DEACTIVATED%' THEN 'blocked'
        WHEN last_error LIKE 'no connection to Telegram%' OR last_error LIKE '401 %'
            OR last_error LIKE '404 %' THEN 'gave_up'
        ELSE 'refused' END
WHERE status = 'dead';
-- who has come back already was never told
UPDATE outbox o
SET status = 'pending', dead_reason = NULL, tries = 0, failing_since = NULL,
    next_try_at = clock_timestamp()
FROM users u
WHERE u.id = o.user_id AND u.blocked_at IS NULL
  AND o.status = 'dead' AND o.dead_reason = 'blocked'
  AND o.created_at > clock_timestamp() - interval '30 days';

ALTER TABLE outbox
    -- the same for every reader, whichever version gave it up
    ADD COLUMN stopped text GENERATED ALWAYS AS (CASE
        WHEN status = 'dead' THEN coalesce(dead_reason, 'refused')
        WHEN status = 'uncertain' AND repaired_at IS NULL THEN dead_reason END) STORED;
CREATE INDEX ix_outbox_stopped ON outbox (stopped, id) INCLUDE (created_at)
    WHERE stopped IS NOT NULL;
-- what an edit is to tell, without what none can tell
DROP INDEX ix_outbox_uncertain;
CREATE INDEX ix_outbox_untold ON outbox (next_try_at, id)
    WHERE status = 'uncertain' AND repaired_at IS NULL AND dead_reason IS NULL;

-- A person lets the bot in again: the notices that died meanwhile are due again, the oldest first,
-- and the messages of their trainings are brought to how they stand. A trigger, so that no
-- statement, operator or earlier version can forget it. What is older than a month is no news, and
-- more than twenty at once is a flood: those stay dead, and the gallery shows how the avatars stand.
CREATE FUNCTION people_come_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE outbox
    SET status = 'pending', dead_reason = NULL, tries = 0, failing_since = NULL,
        next_try_at = clock_timestamp()
    WHERE id IN (
        SELECT o.id FROM outbox o
        WHERE o.user_id = NEW.id AND o.status = 'dead' AND o.dead_reason = 'blocked'
          AND o.created_at > clock_timestamp() - interval '30 days'
        ORDER BY o.id DESC
        LIMIT 20);
    UPDATE outbox
    SET edits = 0, next_try_at = clock_timestamp()
    WHERE user_id = NEW.id AND status = 'uncertain' AND repaired_at IS NULL
      AND dead_reason IS NULL;
    UPDATE status_messages s
    SET shown_stage = NULL, turn = s.turn + 1, shown_at = least(s.shown_at, clock_timestamp())
    FROM avatars a
    WHERE a.user_id = NEW.id AND a.deleted_at IS NULL
      AND s.avatar_id = a.id AND s.attempt = a.attempt
      AND (a.status = 'training' OR s.shown_at >= OLD.blocked_at);
    RETURN NULL;
END $$;
CREATE TRIGGER people_come_back AFTER UPDATE ON users
    FOR EACH ROW WHEN (OLD.blocked_at IS NOT NULL AND NEW.blocked_at IS NULL)
    EXECUTE FUNCTION people_come_back();
