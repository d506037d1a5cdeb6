SELECT a.training_type::text, a.fal_endpoint, coalesce(a.trigger_phrase, 'TOK') AS trigger_phrase,
       coalesce(a.steps, 1000) AS steps, a.learning_rate, a.webhook_url,
       a.multiresolution_training, a.subject_crop, a.create_masks
FROM avatars a
WHERE a.id = $1 AND a.attempt = $2 AND a.status = 'training' AND a.fal_endpoint IS NOT NULL
