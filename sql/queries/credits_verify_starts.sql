-- (7) Whatever was started under credits has a hold of as many, written before anything was sent to
-- be made. Bookings are kept for two days. At most $1 that differ.
SELECT s.kind || '/' || s.work_id AS what,
       jsonb_build_object('booked', s.credits, 'held', h.amount, 'hold_at', h.created_at,
                          'sent_at', coalesce(a.submit_sent_at, j.submit_sent_at)) AS numbers
FROM spendings s
LEFT JOIN holds h ON h.subject_kind = s.kind AND h.subject_id = s.work_id AND h.attempt = s.attempt
LEFT JOIN avatars a ON s.kind = 'training' AND a.id = s.work_id AND a.attempt = s.attempt
LEFT JOIN jobs j ON s.kind <> 'training' AND j.id = s.work_id
WHERE s.credits IS NOT NULL
  AND (h.id IS NULL OR h.amount <> s.credits
       OR h.created_at > coalesce(a.submit_sent_at, j.submit_sent_at))
LIMIT $1
