-- Estimated spending in the last day, and whether anything may start. What is held in credits, and how
-- many holds have no work that runs, or whose end is not the true one yet.
SELECT c.paused_at, c.pause_reason, s.starts, s.micro_usd, h.held, h.stray
FROM spending_control c
CROSS JOIN (
    SELECT count(*) AS starts, coalesce(sum(usd) * 1000000, 0)::bigint AS micro_usd
    FROM spendings
    WHERE at > now() - interval '24 hours' AND taken_back_at IS NULL) s
CROSS JOIN (
    SELECT coalesce(sum(p.amount), 0)::bigint AS held,
           count(*) FILTER (WHERE a.id IS NULL AND j.id IS NULL AND p.subject_kind <> 'refund') AS stray
    FROM holds p
    LEFT JOIN avatars a ON p.subject_kind = 'training' AND a.id = p.subject_id
        AND a.attempt = p.attempt
        AND (a.status = 'training' OR is_provisional(a.status::text, a.result_source))
    LEFT JOIN jobs j ON j.id = p.subject_id AND j.status = 'running'
    WHERE p.state = 'pending') h
