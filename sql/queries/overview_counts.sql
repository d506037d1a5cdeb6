-- For the operator's page and the gauges: what is waiting, since when, and who is there to do it.
-- Each is a look into a small partial index.
WITH waiting AS (
    SELECT o.created_at, u.blocked_at IS NOT NULL AS blocked
    FROM outbox o JOIN users u ON u.id = o.user_id
    WHERE o.status = 'pending'
), untold AS (
    SELECT u.blocked_at IS NOT NULL AS blocked
    FROM outbox o JOIN users u ON u.id = o.user_id
    WHERE o.status = 'uncertain' AND o.repaired_at IS NULL AND o.dead_reason IS NULL
), idle AS (
    SELECT resource, nullif(lease_until, '-infinity') AS since
    FROM leases
    WHERE owner IS NULL OR lease_until < clock_timestamp()
), orphans AS (
    -- for a day, or until FAL has answered: somebody should find out where the second one came from
    SELECT added_at
    FROM fal_chores
    WHERE kind = 'cancel' AND (done_at IS NULL OR added_at > clock_timestamp() - interval '1 day')
)
SELECT clock_timestamp() AS now,
       (SELECT count(*) FROM waiting WHERE NOT blocked) AS pending,
       (SELECT count(*) FROM waiting WHERE blocked)
           + (SELECT count(*) FROM untold WHERE blocked) AS blocked,
       (SELECT min(created_at) FROM waiting WHERE NOT blocked) AS pending_since,
       (SELECT count(*) FROM outbox WHERE status = 'sending') AS sending,
       (SELECT count(*) FROM untold WHERE NOT blocked) AS uncertain,
       (SELECT received_at FROM webhook_inbox ORDER BY id DESC LIMIT 1) AS webhook_at,
       (SELECT count(*) FROM telegram_updates WHERE handled_at IS NULL) AS updates,
       (SELECT min(received_at) FROM telegram_updates WHERE handled_at IS NULL) AS updates_since,
       (SELECT count(*) FROM telegram_updates
        WHERE outcome = 'parked' AND handled_at > clock_timestamp() - interval '1 day') AS given_up,
       (SELECT min(handled_at) FROM telegram_updates
        WHERE outcome = 'parked' AND handled_at > clock_timestamp() - interval '1 day') AS given_up_since,
       (SELECT count(*) FROM orphans) AS orphans,
       (SELECT min(added_at) FROM orphans) AS orphans_since,
       (SELECT count(*) FROM fal_chores WHERE done_at IS NULL AND kind = 'cancel') AS cancels,
       (SELECT count(*) FROM fal_chores WHERE done_at IS NULL AND kind = 'delete_payloads')
           AS deletions,
       EXISTS (SELECT FROM idle WHERE resource = 'telegram/updates') AS deaf,
       EXISTS (SELECT FROM idle WHERE resource = 'telegram/send') AS mute,
       (SELECT max(since) FROM idle WHERE resource LIKE 'telegram/%') AS idle_since
