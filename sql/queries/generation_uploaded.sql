-- FAL's copy of an avatar's weights ($1), for $4 seconds. Of two at once the later stays.
INSERT INTO fal_weights (avatar_id, sha256, url, expires_at)
SELECT a.id, $2, $3, clock_timestamp() + make_interval(secs => $4)
FROM avatars a
WHERE a.id = $1 AND a.deleted_at IS NULL AND a.lora_sha256 = $2
ON CONFLICT (avatar_id) DO UPDATE
SET sha256 = excluded.sha256, url = excluded.url, uploaded_at = clock_timestamp(),
    expires_at = excluded.expires_at
