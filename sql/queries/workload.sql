-- What is under way, for the status line: two small partial indexes, no table.
SELECT (SELECT count(*) FROM avatars WHERE watched AND status = 'training') AS training,
       (SELECT count(*) FROM outbox WHERE status = 'pending')
           + (SELECT count(*) FROM outbox WHERE status = 'sending') AS outbox
