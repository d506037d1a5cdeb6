-- The last $2 movements of a wallet ($1), the newest first.
SELECT moved.at, moved.kind, moved.amount, coalesce(moved.detail ->> 'for', '') AS about,
       coalesce(moved.detail ->> 'reason', '') AS reason
FROM (
    (SELECT id, at, kind, -amount AS amount, detail FROM transfers
     WHERE from_id = $1 ORDER BY id DESC LIMIT $2)
    UNION ALL
    (SELECT id, at, kind, amount, detail FROM transfers
     WHERE to_id = $1 ORDER BY id DESC LIMIT $2)) AS moved
ORDER BY moved.id DESC
LIMIT $2
