-- First of two statements in one transaction: what is counted of a person is counted by one at a time.
SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE
