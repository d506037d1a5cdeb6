-- First of two statements in one transaction: what is counted per person is counted by one caller
-- at a time.
SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE
