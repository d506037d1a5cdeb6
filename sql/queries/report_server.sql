-- About the server.
SELECT current_setting('server_version') AS version,
       current_setting('server_version_num')::integer AS version_number,
       current_database()::text AS database, pg_database_size(current_database()) AS bytes,
       pg_is_in_recovery() AS standby, clock_timestamp() AS now,
       current_setting('max_connections')::integer AS connections,
       pg_postmaster_start_time() AS started_at
