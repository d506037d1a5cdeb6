SELECT name FROM avatars WHERE id = $1
