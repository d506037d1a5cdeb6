-- Of the $2 oldest updates those that were handled more than $1 seconds ago, so that no index is
-- needed for it.
DELETE FROM telegram_updates
WHERE update_id IN (SELECT update_id FROM telegram_updates ORDER BY update_id LIMIT $2)
  AND handled_at < clock_timestamp() - make_interval(secs => $1)
