-- For the operator: FAL's webhooks, newest first, and whose training each is about.
SELECT w.id, w.received_at, w.request_id, w.body, w.deliveries, w.processed_at, w.outcome,
       a.id AS avatar, a.hears, clock_timestamp() AS now, count(*) OVER () AS total
FROM webhook_inbox w
LEFT JOIN LATERAL (
    SELECT id, hears FROM avatars WHERE fal_request_id = w.request_id
    UNION ALL
    SELECT id, hears FROM avatars WHERE submit_nonce = w.nonce AND fal_request_id IS NULL
    LIMIT 1
) a ON true
WHERE NOT $1::boolean OR w.processed_at IS NULL
ORDER BY w.id DESC
LIMIT $2
