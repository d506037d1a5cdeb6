-- Whether this server takes writes: after a fail-over the old primary may be a standby.
SELECT NOT pg_is_in_recovery() AND NOT current_setting('transaction_read_only')::boolean AS writable
