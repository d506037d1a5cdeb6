-- The update that asked for erasure, and what its conversation left: the last of a person.
WITH gone AS (
    DELETE FROM telegram_updates WHERE update_id = $1
)
DELETE FROM dialogues WHERE telegram_id = $2
