-- Everything else in a schema: views, functions, triggers, sequences without an owner, domains.
-- Each with what creates it, where that can be expressed, and what removes it.
WITH ours AS (SELECT oid, nspname FROM pg_namespace WHERE nspname = $1),
foreign_to_us AS (SELECT objid FROM pg_depend WHERE deptype = 'e')
SELECT 'view' AS kind, quote_ident(c.relname) AS name,
       'CREATE VIEW ' || quote_ident(c.relname) || ' AS ' || pg_get_viewdef(c.oid, true) AS makes,
       'DROP VIEW ' || quote_ident(c.relname) AS removes
FROM pg_class c JOIN ours ON ours.oid = c.relnamespace
WHERE c.relkind = 'v' AND c.oid NOT IN (SELECT objid FROM foreign_to_us)
UNION ALL
SELECT 'materialized view', quote_ident(c.relname),
       'CREATE MATERIALIZED VIEW ' || quote_ident(c.relname) || ' AS ' || pg_get_viewdef(c.oid, true),
       'DROP MATERIALIZED VIEW ' || quote_ident(c.relname)
FROM pg_class c JOIN ours ON ours.oid = c.relnamespace
WHERE c.relkind = 'm' AND c.oid NOT IN (SELECT objid FROM foreign_to_us)
UNION ALL
SELECT 'sequence', quote_ident(c.relname), 'CREATE SEQUENCE ' || quote_ident(c.relname),
       'DROP SEQUENCE ' || quote_ident(c.relname)
FROM pg_class c JOIN ours ON ours.oid = c.relnamespace
WHERE c.relkind = 'S' AND c.oid NOT IN (SELECT objid FROM pg_depend WHERE deptype IN ('e', 'i', 'a'))
UNION ALL
SELECT 'trigger', quote_ident(c.relname) || '.' || quote_ident(t.tgname),
       pg_get_triggerdef(t.oid, true) || CASE t.tgenabled WHEN 'O' THEN '' ELSE ' -- disabled' END,
       'DROP TRIGGER ' || quote_ident(t.tgname) || ' ON ' || quote_ident(c.relname)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN ours ON ours.oid = c.relnamespace
WHERE NOT t.tgisinternal
UNION ALL
SELECT 'function', quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')',
       replace(pg_get_functiondef(p.oid), quote_ident(ours.nspname) || '.', ''),
       'DROP ROUTINE ' || quote_ident(p.proname)
           || '(' || pg_get_function_identity_arguments(p.oid) || ')'
FROM pg_proc p JOIN ours ON ours.oid = p.pronamespace
WHERE p.prokind IN ('f', 'p', 'w') AND p.oid NOT IN (SELECT objid FROM foreign_to_us)
UNION ALL
SELECT 'domain', quote_ident(t.typname),
       'CREATE DOMAIN ' || quote_ident(t.typname) || ' AS ' || format_type(t.typbasetype, t.typtypmod),
       'DROP DOMAIN ' || quote_ident(t.typname)
FROM pg_type t JOIN ours ON ours.oid = t.typnamespace
WHERE t.typtype = 'd' AND t.oid NOT IN (SELECT objid FROM foreign_to_us)
