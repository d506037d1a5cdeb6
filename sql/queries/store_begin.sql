-- The first start gives the database its id; of two at once, only one does.
INSERT INTO store_identity DEFAULT VALUES ON CONFLICT (one) DO NOTHING
