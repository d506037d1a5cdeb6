-- Stored webhooks that wait for these trainings, matched by FAL's id or, before we learnt it, by
-- our nonce.
SELECT a.id AS avatar, w.id, w.request_id, w.body
FROM avatars a
JOIN webhook_inbox w ON w.request_id = a.fal_request_id
WHERE a.id = ANY ($1) AND w.processed_at IS NULL
UNION
SELECT a.id AS avatar, w.id, w.request_id, w.body
FROM avatars a
JOIN webhook_inbox w ON w.nonce = a.submit_nonce
WHERE a.id = ANY ($1) AND w.processed_at IS NULL
ORDER BY 2
