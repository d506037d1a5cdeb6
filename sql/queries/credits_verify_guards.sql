-- (8) Nothing changes or removes what was booked, and every end ends its hold: the triggers that see
-- to it are there and switched on. At most $1 that are not.
SELECT 'trigger/' || wanted.name AS what,
       jsonb_build_object('table', wanted.on_table, 'state', coalesce(t.tgenabled::text, 'missing'))
           AS numbers
FROM (VALUES ('transfers', 'transfers_stay'), ('transfers', 'transfers_stay_all'),
             ('transfers', 'transfers_are_posted'), ('holds', 'holds_are_held'),
             ('holds', 'holds_end_once'), ('holds', 'holds_stay'),
             ('avatars', 'avatars_end_their_hold'), ('jobs', 'jobs_end_their_hold'),
             ('avatars', 'avatars_release_their_hold'), ('jobs', 'jobs_release_their_hold')
     ) AS wanted (on_table, name)
LEFT JOIN pg_trigger t ON t.tgname = wanted.name AND t.tgrelid = to_regclass(wanted.on_table)
WHERE t.tgenabled IS NULL OR t.tgenabled NOT IN ('O', 'A')
LIMIT $1
