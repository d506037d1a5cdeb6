-- (10) Everything moves on its own way: what is given never comes from income, and what a rehearsal
-- takes never gets there. At most $1 that went astray.
SELECT 'transfer/' || t.id AS what,
       jsonb_build_object('kind', t.kind, 'from', source.kind, 'to', target.kind, 'amount', t.amount)
           AS numbers
FROM transfers t
JOIN accounts source ON source.id = t.from_id
JOIN accounts target ON target.id = t.to_id
WHERE (t.kind, source.kind, target.kind) NOT IN (
        ('payment', 'stars', 'wallet'), ('refund', 'wallet', 'stars'), ('clawback', 'wallet', 'stars'),
        ('debt', 'wallet', 'stars'), ('capture', 'wallet', 'income'), ('capture', 'wallet', 'promo'),
        ('welcome', 'promo', 'wallet'), ('invite', 'promo', 'wallet'), ('grant', 'promo', 'wallet'),
        ('import', 'imported', 'wallet'), ('loss', 'loss', 'stars'))
UNION ALL
SELECT 'hold/' || h.id, jsonb_build_object('request', r.request_id, 'captured', h.captured,
                                           'to', h.goes_to)
FROM holds h
JOIN job_routes r ON r.kind = h.subject_kind AND r.id = h.subject_id AND r.attempt = h.attempt
WHERE h.captured > 0 AND h.goes_to = 'income' AND r.request_id LIKE 'test\_%'
LIMIT $1
