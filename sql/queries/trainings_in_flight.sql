-- Whole rows, so that an actor starts without a second query. A row that names no trainer was
-- inserted by hand or imported: it means the trainers of that time. Beside the watched rows, those
-- with a late webhook that is not processed yet. `watched` keeps the two apart, so nothing is
-- sorted out twice: a hundred thousand rows are read once.
WITH held AS (
    SELECT * FROM unnest($1::smallint[], $2::bigint[]) AS h (shard, epoch)
), late AS (
    SELECT a.id
    FROM webhook_inbox w
    JOIN avatars a ON a.fal_request_id = w.request_id
    WHERE w.processed_at IS NULL AND a.hears AND NOT a.watched
    UNION
    SELECT a.id
    FROM webhook_inbox w
    JOIN avatars a ON a.submit_nonce = w.nonce AND a.fal_request_id IS NULL
    WHERE w.processed_at IS NULL AND a.hears AND NOT a.watched
), due AS (
    SELECT a.*, held.epoch FROM held JOIN avatars a ON a.shard = held.shard WHERE a.watched
    UNION ALL
    SELECT a.*, held.epoch
    FROM late JOIN avatars a ON a.id = late.id JOIN held ON held.shard = a.shard
)
SELECT a.id, a.attempt, a.epoch,
       coalesce(a.fal_endpoint, CASE a.training_type
           WHEN 'portrait' THEN $3 ELSE $4 END) AS endpoint,
       a.status::text, a.fal_request_id, a.submit_nonce IS NOT NULL AS intended,
       a.submit_sent_at, a.fal_finished_at, a.training_completed_at,
       a.diffusers_lora_file_url, a.withdraw_due, a.hears,
       coalesce(a.training_started_at, a.updated_at) AS started_at, a.config_file_url,
       a.submit_archive, coalesce(a.submit_doubted_at >= a.submit_sent_at, false) AS doubted
FROM due a
