-- Everything that moved from $1 until before $2, in the order in which it was booked. A wallet is
-- named by its number, never by its person.
SELECT t.id, t.at, t.kind, t.key, t.amount, t.detail::text AS detail,
       CASE source.kind WHEN 'wallet' THEN 'wallet/' || source.id ELSE source.kind END AS source,
       CASE target.kind WHEN 'wallet' THEN 'wallet/' || target.id ELSE target.kind END AS target
FROM transfers t
JOIN accounts source ON source.id = t.from_id
JOIN accounts target ON target.id = t.to_id
WHERE t.at >= $1 AND t.at < $2
ORDER BY t.id
