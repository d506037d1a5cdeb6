-- For the operator's page and the gauges: the notices that are not tried any more, by reason.
SELECT stopped AS reason, count(*), min(created_at) AS since
FROM outbox
WHERE stopped IS NOT NULL
GROUP BY 1
