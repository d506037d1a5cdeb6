UPDATE telegram_updates SET tries = tries + 1 WHERE update_id = $1 RETURNING tries
