-- Works on every version of the schema.
SELECT EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM avatars) AS anybody
