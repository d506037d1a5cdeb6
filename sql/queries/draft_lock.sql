-- First of two statements in one transaction: whoever adds or removes photos does it alone.
SELECT id
FROM avatars
WHERE id = $1 AND user_id = $2 AND status IN ('draft', 'uploading', 'ready')
FOR UPDATE
