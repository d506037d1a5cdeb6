-- What is in progress, for the status line: small partial indexes. Notices to people who blocked
-- the bot do not count.
SELECT (SELECT count(*) FROM avatars WHERE watched AND status = 'training') AS training,
       (SELECT count(*) FROM outbox o JOIN users u ON u.id = o.user_id
        WHERE o.status = 'pending' AND u.blocked_at IS NULL)
           + (SELECT count(*) FROM outbox WHERE status = 'sending') AS outbox
