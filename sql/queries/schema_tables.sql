-- The tables of a schema. The list of applied migrations does not count as ours.
SELECT quote_ident(c.relname) AS name, c.relpersistence = 'u' AS unlogged,
       c.relrowsecurity AS row_security
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND c.relname <> 'refinery_schema_history'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
