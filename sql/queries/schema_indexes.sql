-- Indexes of a schema's tables that no constraint made.
SELECT quote_ident(c.relname) AS "table", quote_ident(i.relname) AS name,
       pg_get_indexdef(x.indexrelid, 0, true) AS definition, x.indisvalid AS valid
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')
  AND NOT EXISTS (SELECT FROM pg_constraint o
                  WHERE o.conindid = x.indexrelid AND o.contype IN ('p', 'u', 'x'))
