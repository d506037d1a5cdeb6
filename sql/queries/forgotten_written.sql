UPDATE forgotten SET generation = $2 WHERE id = ANY ($1::uuid[])
