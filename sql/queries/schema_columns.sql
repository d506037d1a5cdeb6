-- The columns of a schema's tables, in order. Types and expressions are printed for the
-- connection's search path.
SELECT quote_ident(c.relname) AS "table", quote_ident(a.attname) AS name,
       format_type(a.atttypid, a.atttypmod) AS type,
       (SELECT quote_ident(o.collname) FROM pg_collation o
        WHERE o.oid = a.attcollation AND a.attcollation <> t.typcollation) AS collation,
       a.attnotnull AS not_null, a.attgenerated::text AS generated, a.attidentity::text AS identity,
       pg_get_expr(d.adbin, d.adrelid) AS expression
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
