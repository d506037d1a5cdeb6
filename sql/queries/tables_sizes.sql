-- Tables of our schema with their sizes, including indexes and long values.
SELECT c.relname::text AS name, pg_total_relation_size(c.oid) AS bytes
FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
  AND c.relname = ANY ($1::text[])
ORDER BY c.relname
