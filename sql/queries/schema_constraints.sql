-- Keys and checks of a schema's tables; NOT NULL belongs to the column.
SELECT quote_ident(c.relname) AS "table", quote_ident(o.conname) AS name, o.contype::text AS kind,
       pg_get_constraintdef(o.oid, true) AS definition
FROM pg_constraint o
JOIN pg_class c ON c.oid = o.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND o.contype IN ('p', 'u', 'f', 'c', 'x')
