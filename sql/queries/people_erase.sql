-- Nothing refers to them any more.
DELETE FROM users u
WHERE u.forgotten_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM avatars a WHERE a.user_id = u.id)
  AND NOT EXISTS (SELECT FROM jobs j WHERE j.user_id = u.id)
