SELECT state FROM dialogues WHERE chat_id = $1 AND telegram_id = $2
