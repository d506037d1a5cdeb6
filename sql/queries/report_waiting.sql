-- What is waiting, how many, and since when the oldest.
SELECT 'trainings in flight' AS what, count(*) AS rows,
       min(coalesce(training_started_at, updated_at)) AS since
FROM avatars WHERE watched AND status = 'training'
UNION ALL
SELECT 'other jobs in flight: ' || kind, count(*), min(coalesce(started_at, updated_at))
FROM jobs WHERE watched AND status = 'running' GROUP BY kind
UNION ALL
SELECT 'placeholders, their weights to come', count(*), min(training_completed_at)
FROM avatars WHERE watched AND status = 'completed' AND result_source LIKE 'fallback:%'
UNION ALL
SELECT 'cancellations to be told to FAL', count(*), min(updated_at)
FROM (SELECT updated_at FROM avatars WHERE watched AND withdraw_due
      UNION ALL
      SELECT updated_at FROM jobs WHERE watched AND withdraw_due) AS withdrawing
UNION ALL
SELECT 'webhooks unprocessed', count(*), min(received_at)
FROM webhook_inbox WHERE processed_at IS NULL
UNION ALL
SELECT 'notices to be sent', count(*), min(o.created_at)
FROM outbox o JOIN users u ON u.id = o.user_id
WHERE o.status = 'pending' AND u.blocked_at IS NULL
UNION ALL
SELECT 'notices for people who blocked the bot', count(*), min(o.created_at)
FROM outbox o JOIN users u ON u.id = o.user_id
WHERE o.status = 'pending' AND u.blocked_at IS NOT NULL OR o.stopped = 'blocked'
UNION ALL
SELECT 'notices being sent', count(*), min(claimed_at) FROM outbox WHERE status = 'sending'
UNION ALL
SELECT 'uncertain notices to be repaired', count(*), min(created_at)
FROM outbox WHERE status = 'uncertain' AND repaired_at IS NULL AND dead_reason IS NULL
UNION ALL
SELECT 'dead letters', count(*), min(created_at)
FROM outbox WHERE stopped IN ('refused', 'gave_up', 'unknown_kind', 'unconfirmed')
UNION ALL
SELECT 'updates of Telegram unhandled', count(*), min(received_at)
FROM telegram_updates WHERE handled_at IS NULL
