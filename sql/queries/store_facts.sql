-- What the rows say about their objects. A deleted avatar counts for as long as its objects may
-- still exist.
SELECT s.id, s.claimed_at IS NOT NULL AS claimed, s.place, s.generation, s.fal_user_id,
       EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM avatars) AS people,
       EXISTS (SELECT FROM avatar_photos)
           OR EXISTS (SELECT FROM avatars WHERE lora_object_key IS NOT NULL)
           OR EXISTS (SELECT FROM images)
           OR EXISTS (SELECT FROM erasures WHERE swept_at IS NULL) AS names_objects,
       EXISTS (SELECT FROM leases WHERE epoch > 0) AS served,
       EXISTS (SELECT FROM leases WHERE lease_until > clock_timestamp()) AS lives
FROM (VALUES (true)) AS always (one)
LEFT JOIN store_identity s USING (one)
