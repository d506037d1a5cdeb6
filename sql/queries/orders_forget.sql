-- Orders that came to nothing and ended more than $1 seconds ago are erased like those that a person
-- deletes; at most $2 at a time. Two sweeps at once skip each other's rows.
UPDATE jobs
SET deleted_at = clock_timestamp(), updated_at = now()
WHERE id IN (
    SELECT j.id FROM jobs j
    WHERE j.status IN ('error', 'cancelled') AND j.deleted_at IS NULL
      AND j.updated_at < now() - make_interval(secs => $1)
      AND j.kind = 'generation' AND NOT j.withdraw_due
      AND NOT EXISTS (SELECT FROM images i WHERE i.job_id = j.id)
    ORDER BY j.updated_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED)
