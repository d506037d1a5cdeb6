-- For the operator: FAL's webhooks, newest first, and which job each is about.
SELECT w.id, w.received_at, w.request_id, w.body, w.deliveries, w.processed_at, w.outcome,
       r.kind AS job_kind, r.id AS job, clock_timestamp() AS now, count(*) OVER () AS total
FROM webhook_inbox w
LEFT JOIN LATERAL (
    SELECT kind, id FROM job_routes WHERE request_id = w.request_id
    UNION ALL
    SELECT kind, id FROM job_routes WHERE nonce = w.nonce AND request_id IS NULL
    LIMIT 1
) r ON true
WHERE NOT $1::boolean OR w.processed_at IS NULL
ORDER BY w.id DESC
LIMIT $2
