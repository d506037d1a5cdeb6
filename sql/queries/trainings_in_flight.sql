-- Whole rows, so that an actor starts without a second query. A row that names no trainer was
-- inserted by hand or imported: the trainers of then are meant.
SELECT a.id, a.attempt, h.epoch,
       coalesce(a.fal_endpoint, CASE a.training_type
           WHEN 'portrait' THEN 'fal-ai/flux-lora-portrait-trainer'
           ELSE 'fal-ai/flux-lora-fast-training' END) AS endpoint,
       a.status::text, a.fal_request_id, a.submit_nonce IS NOT NULL AS intended,
       a.submit_sent_at IS NOT NULL AS sent, a.fal_finished_at IS NOT NULL AS finished,
       a.diffusers_lora_file_url, a.withdraw_due,
       coalesce(a.training_started_at, a.updated_at) AS started_at
FROM unnest($1::smallint[], $2::bigint[]) AS h (shard, epoch)
JOIN avatars a ON a.shard = h.shard
WHERE a.status = 'training' OR a.withdraw_due
