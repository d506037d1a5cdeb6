-- Telegram's names of pictures, of each form its own: the last one counts, an earlier one may be
-- forgotten there. $1 pictures  $2 names  $3 whether as a document
UPDATE images i
SET telegram_file_id = CASE WHEN f.is_document THEN i.telegram_file_id ELSE f.name END,
    telegram_document_id = CASE WHEN f.is_document THEN f.name ELSE i.telegram_document_id END
FROM unnest($1::uuid[], $2::text[], $3::boolean[]) AS f (image, name, is_document)
WHERE i.id = f.image
