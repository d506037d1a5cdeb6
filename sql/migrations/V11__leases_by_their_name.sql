-- Every save looks up one lease by its name. With this index PostgreSQL rather read all leases of
-- the instance, 256 of them, at each; whoever asks for all of an owner's reads the small table.
DROP INDEX ix_leases_owner;
