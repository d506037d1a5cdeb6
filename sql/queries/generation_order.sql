-- What was bought, and where its weights are: ours, and FAL's copy with the seconds it has left; and
-- the picture that it is to be like, while its owner has it.
SELECT j.parameters, j.webhook_url, a.id AS avatar_id, a.lora_object_key, a.lora_sha256,
       CASE WHEN f.sha256 = a.lora_sha256 THEN f.url END AS url,
       extract(epoch FROM f.expires_at - clock_timestamp())::float8 AS lasts,
       i.object_key, i.content_type
FROM jobs j
LEFT JOIN avatars a ON a.id = j.avatar_id AND a.status = 'completed' AND a.deleted_at IS NULL
LEFT JOIN fal_weights f ON f.avatar_id = a.id
LEFT JOIN images i ON i.id = (j.parameters ->> 'source')::uuid AND i.user_id = j.user_id
WHERE j.id = $1 AND j.status = 'running'
