-- As avatar_notices.sql, by the job's id.
SELECT attempt, kind, status, tries, created_at, next_try_at, claimed_at, sent_at, repaired_at,
       telegram_message_id, last_error, stopped AS reason
FROM outbox
WHERE job_id = $1
ORDER BY id
