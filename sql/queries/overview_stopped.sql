-- For the operator's page and the gauges: stopped notices, by reason.
SELECT stopped AS reason, count(*), min(created_at) AS since
FROM outbox
WHERE stopped IS NOT NULL
GROUP BY 1
