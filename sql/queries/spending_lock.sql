-- First of two statements in one transaction: those that start what costs money run one at a time,
-- and the second statement sees what the previous caller has booked.
SELECT singleton FROM spending_control FOR UPDATE
