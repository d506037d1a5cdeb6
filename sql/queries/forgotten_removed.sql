-- The object of this generation ($1) is gone, or belongs to a younger entry that was older then.
DELETE FROM forgotten
WHERE generation = $1 AND at < clock_timestamp() - make_interval(secs => $2)
