-- Estimated spending in the last day, and whether anything may start.
SELECT c.paused_at, c.pause_reason, s.starts, s.micro_usd
FROM spending_control c
CROSS JOIN (
    SELECT count(*) AS starts, coalesce(sum(usd) * 1000000, 0)::bigint AS micro_usd
    FROM spendings
    WHERE at > now() - interval '24 hours' AND taken_back_at IS NULL) s
