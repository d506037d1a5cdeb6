-- A back-stop: holds past their time whose work is over or gone give their credits back, at most $1 at
-- a time. Whatever is still under way keeps its hold. Two sweeps at once skip each other's rows.
UPDATE holds
SET state = 'expired'
WHERE id IN (
    SELECT h.id FROM holds h
    WHERE h.state = 'pending' AND h.expires_at < now() AND h.subject_kind <> 'refund'
      AND NOT EXISTS (SELECT FROM avatars a
                      WHERE h.subject_kind = 'training' AND a.id = h.subject_id
                        AND a.attempt = h.attempt AND a.status = 'training')
      AND NOT EXISTS (SELECT FROM jobs j WHERE j.id = h.subject_id AND j.status = 'running')
    ORDER BY h.expires_at
    LIMIT $1
    FOR UPDATE OF h SKIP LOCKED)
