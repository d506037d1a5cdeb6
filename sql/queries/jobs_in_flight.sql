-- Whole rows of one kind ($3) in the held shards ($1, epochs $2), so that an actor starts without a
-- second query: those that are watched, and those over for us with a late webhook to read.
WITH held AS (
    SELECT * FROM unnest($1::smallint[], $2::bigint[]) AS h (shard, epoch)
), late AS (
    SELECT j.id
    FROM webhook_inbox w
    JOIN jobs j ON j.fal_request_id = w.request_id
    WHERE w.processed_at IS NULL AND j.hears AND NOT j.watched
    UNION
    SELECT j.id
    FROM webhook_inbox w
    JOIN jobs j ON j.nonce = w.nonce AND j.fal_request_id IS NULL
    WHERE w.processed_at IS NULL AND j.hears AND NOT j.watched
), due AS (
    SELECT j.*, held.epoch FROM held JOIN jobs j ON j.shard = held.shard WHERE j.watched
    UNION ALL
    SELECT j.*, held.epoch FROM late JOIN jobs j ON j.id = late.id JOIN held ON held.shard = j.shard
)
SELECT id, epoch, fal_endpoint, status, fal_request_id, submit_sent_at, submit_prepared,
       coalesce(submit_doubted_at >= submit_sent_at, false) AS doubted, finished_at, completed_at,
       files, hears, withdraw_due, coalesce(started_at, created_at) AS started_at
FROM due
WHERE kind = $3
