-- Its fate is unknown, and it is sent again; marked for ever. $3 is how often that was done before,
-- so that the same decision, recorded twice, counts once. The status message belongs to the
-- ProgressActor again.
WITH again AS (
    UPDATE outbox
    SET status = 'pending', repeats = $3::integer + 1, edits = 0, failing_since = NULL,
        next_try_at = clock_timestamp(), last_error = $2
    WHERE id = $1 AND status IN ('sending', 'uncertain') AND repeats = $3
      AND repaired_at IS NULL AND dead_reason IS NULL
    RETURNING avatar_id, attempt
)
UPDATE status_messages s
SET shown_stage = NULL, turn = s.turn + 1
FROM again
WHERE s.avatar_id = again.avatar_id AND s.attempt = again.attempt
