SELECT lora_object_key, lora_byte_size
FROM avatars
WHERE id = $1 AND attempt = $2 AND status = 'completed'
  AND lora_object_key IS NOT NULL AND lora_byte_size IS NOT NULL
