-- The time by which all instances live: rows carry it.
SELECT clock_timestamp() AS now
