-- (6) A hold is pending as long as its work runs, captured when that is completed, and released when
-- it is not. What was completed after its release was delivered at no price: it ended later. A
-- provisional end leaves the hold pending. At most $1 that differ.
WITH about AS (
    SELECT h.id, h.state, h.ended_at, h.subject_kind, h.subject_id,
           CASE WHEN is_provisional(a.status::text, a.result_source) THEN 'provisional'
                WHEN a.status = 'training' THEN 'running'
                ELSE a.status::text END AS status,
           a.training_completed_at AS completed_at, a.deleted_at IS NOT NULL AS deleted,
           a.attempt = h.attempt AS newest
    FROM holds h LEFT JOIN avatars a ON a.id = h.subject_id
    WHERE h.subject_kind = 'training'
    UNION ALL
    SELECT h.id, h.state, h.ended_at, h.subject_kind, h.subject_id, j.status, j.completed_at,
           j.deleted_at IS NOT NULL, j.id IS NOT NULL
    FROM holds h LEFT JOIN jobs j ON j.id = h.subject_id AND j.kind = h.subject_kind
    WHERE h.subject_kind NOT IN ('training', 'refund')
)
SELECT 'hold/' || id AS what,
       jsonb_build_object('state', state, subject_kind, subject_id, 'status',
                          coalesce(status, 'gone')) AS numbers
FROM about
WHERE CASE
    WHEN newest IS NOT TRUE THEN state = 'pending'
    WHEN status = 'running' THEN state <> 'pending'
    WHEN status = 'provisional' THEN state NOT IN ('pending', 'expired')
                                     AND NOT (state = 'released' AND ended_at <= completed_at)
    WHEN status = 'completed' THEN state = 'pending'
                                   OR (state = 'released' AND ended_at > completed_at)
    WHEN deleted THEN state = 'pending'
    ELSE state NOT IN ('released', 'expired') END
LIMIT $1
