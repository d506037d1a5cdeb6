-- Stored webhooks that wait for these jobs ($2) of a kind ($1), matched by the provider's name or,
-- before we learnt it, by our nonce.
SELECT r.id AS job, w.id, w.request_id, w.body
FROM job_routes r
JOIN webhook_inbox w ON w.request_id = r.request_id
WHERE r.kind = $1 AND r.id = ANY ($2) AND w.processed_at IS NULL
UNION
SELECT r.id AS job, w.id, w.request_id, w.body
FROM job_routes r
JOIN webhook_inbox w ON w.nonce = r.nonce
WHERE r.kind = $1 AND r.id = ANY ($2) AND w.processed_at IS NULL
ORDER BY 2
