-- First of two statements in one transaction: of those that begin what costs money one goes at a
-- time, and the second statement sees what the one before has booked.
SELECT singleton FROM spending_control FOR UPDATE
