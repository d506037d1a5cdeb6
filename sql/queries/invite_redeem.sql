-- Admits a person by the digest of an invitation's code. The same statement takes the use, so of
-- two people who compete for the last one the second finds none. A person who was already admitted
-- takes none.
WITH person AS (
    SELECT id FROM users WHERE id = $1 AND admitted_at IS NULL FOR NO KEY UPDATE
), taken AS (
    UPDATE invites
    SET used = used + 1, last_used_at = clock_timestamp()
    WHERE code_sha256 = $2 AND used < uses AND EXISTS (SELECT FROM person)
    RETURNING id
), admitted AS (
    UPDATE users u
    SET admitted_at = clock_timestamp()
    FROM person, taken
    WHERE u.id = person.id
    RETURNING u.id
)
SELECT EXISTS (SELECT FROM admitted) OR NOT EXISTS (SELECT FROM person) AS admitted
