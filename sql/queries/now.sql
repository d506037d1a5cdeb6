-- The clock that all instances share, because rows carry its times.
SELECT clock_timestamp()
