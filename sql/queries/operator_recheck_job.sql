-- As operator_recheck.sql, for a job that is no training: if a check can change anything, because it is
-- watched, or ended by a time-out that a real result would heal. A parked one is tried once more.
WITH due AS (
    SELECT id
    FROM jobs
    WHERE id = $1 AND deleted_at IS NULL
      AND (watched OR (hears AND fal_request_id IS NOT NULL))
), again AS (
    UPDATE jobs j
    SET parked_until = clock_timestamp()
    FROM due
    WHERE j.id = due.id AND j.work_tries > 0
), noted AS (
    INSERT INTO job_events (job_id, source, kind)
    SELECT id, 'operator', 'rechecked' FROM due
)
SELECT id FROM due
