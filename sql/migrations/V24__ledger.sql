-- The ledger of credits (CREDITS=on) and what Telegram's Stars pay. Whatever ends a training or a job
-- also ends its hold, by triggers: no statement can forget it, nor a version that knows no credits.

-- Wallets of people, and what stands on the other side of their transfers. Only wallets keep a
-- balance: one row of income would be waited for by everybody.
CREATE TABLE accounts (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    uuid UNIQUE REFERENCES users (id) ON DELETE SET NULL, -- null: forgotten, or no wallet
    kind       text NOT NULL DEFAULT 'wallet'
        CHECK (kind IN ('wallet', 'stars', 'income', 'promo', 'imported', 'loss')),
    posted     bigint NOT NULL DEFAULT 0, -- of a wallet: what came in less what went out
    held       bigint NOT NULL DEFAULT 0 CHECK (held >= 0), -- of a wallet: its pending holds
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT accounts_covered CHECK (posted - held >= 0),
    CONSTRAINT accounts_of_nobody CHECK (kind = 'wallet' OR (user_id IS NULL AND posted = 0 AND held = 0))
);
CREATE UNIQUE INDEX ix_accounts_kind ON accounts (kind) WHERE kind <> 'wallet';
INSERT INTO accounts (kind) VALUES ('stars'), ('income'), ('promo'), ('imported'), ('loss');

-- What moved. Append only: a mistake is mended by another transfer.
CREATE TABLE transfers (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key     text NOT NULL UNIQUE,       -- what it is for, once: pay:…, capture:…, grant:…, refund:…
    kind    text NOT NULL
        CHECK (kind IN ('payment', 'refund', 'clawback', 'debt', 'capture', 'welcome', 'invite',
                        'grant', 'import', 'loss')),
    from_id bigint NOT NULL REFERENCES accounts (id),
    to_id   bigint NOT NULL REFERENCES accounts (id),
    amount  bigint NOT NULL CHECK (amount > 0),
    detail  jsonb NOT NULL DEFAULT '{}', -- why, never who
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (from_id <> to_id)
);
CREATE INDEX ix_transfers_from ON transfers (from_id, id);
CREATE INDEX ix_transfers_to ON transfers (to_id, id);
CREATE INDEX ix_transfers_at ON transfers (at);

CREATE FUNCTION transfers_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a transfer is never changed; book another one';
END $$;
CREATE TRIGGER transfers_stay BEFORE UPDATE OR DELETE ON transfers
    FOR EACH ROW EXECUTE FUNCTION transfers_stay();
CREATE TRIGGER transfers_stay_all BEFORE TRUNCATE ON transfers
    FOR EACH STATEMENT EXECUTE FUNCTION transfers_stay();

CREATE FUNCTION transfers_are_posted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- In the order of their ids, so that two transfers never wait for each other.
    IF NEW.from_id < NEW.to_id THEN
        UPDATE accounts SET posted = posted - NEW.amount WHERE id = NEW.from_id AND kind = 'wallet';
        UPDATE accounts SET posted = posted + NEW.amount WHERE id = NEW.to_id AND kind = 'wallet';
    ELSE
        UPDATE accounts SET posted = posted + NEW.amount WHERE id = NEW.to_id AND kind = 'wallet';
        UPDATE accounts SET posted = posted - NEW.amount WHERE id = NEW.from_id AND kind = 'wallet';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER transfers_are_posted AFTER INSERT ON transfers
    FOR EACH ROW EXECUTE FUNCTION transfers_are_posted();

-- Credits that are spoken for: written with the start of what they pay, ended once, with its end.
CREATE TABLE holds (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id   bigint NOT NULL REFERENCES accounts (id),
    subject_kind text NOT NULL,          -- training, generation, transcription; refund
    subject_id   uuid NOT NULL,          -- a training's avatar, a job; a payment
    attempt      integer NOT NULL DEFAULT 1,
    amount       bigint NOT NULL CHECK (amount >= 0), -- 0: it costs its owner nothing
    units        integer NOT NULL DEFAULT 1 CHECK (units > 0), -- pictures, minutes: paid by the piece
    goes_to      text NOT NULL DEFAULT 'income'   -- promo: a rehearsal earns nothing
        CHECK (goes_to IN ('income', 'promo', 'stars')),
    captured     bigint NOT NULL DEFAULT 0,
    state        text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'captured', 'released', 'expired')),
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at   timestamptz NOT NULL DEFAULT clock_timestamp() + interval '8 days',
    ended_at     timestamptz,
    CONSTRAINT holds_once UNIQUE (subject_kind, subject_id, attempt),
    CHECK (captured BETWEEN 0 AND amount),
    CHECK (state = 'captured' OR captured = 0),
    CHECK ((state = 'pending') = (ended_at IS NULL))
);
CREATE INDEX ix_holds_pending ON holds (expires_at) WHERE state = 'pending';
CREATE INDEX ix_holds_account ON holds (account_id) WHERE state = 'pending';

CREATE FUNCTION holds_are_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'pending' THEN
        RAISE EXCEPTION 'a hold begins pending';
    END IF;
    UPDATE accounts SET held = held + NEW.amount WHERE id = NEW.account_id AND NEW.amount > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER holds_are_held AFTER INSERT ON holds
    FOR EACH ROW EXECUTE FUNCTION holds_are_held();

CREATE FUNCTION holds_end_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'pending' THEN
        RAISE EXCEPTION 'a hold ends once; this one is %', OLD.state;
    END IF;
    IF (NEW.account_id, NEW.subject_kind, NEW.subject_id, NEW.attempt, NEW.amount, NEW.units,
        NEW.goes_to)
       IS DISTINCT FROM (OLD.account_id, OLD.subject_kind, OLD.subject_id, OLD.attempt, OLD.amount,
                         OLD.units, OLD.goes_to) THEN
        RAISE EXCEPTION 'a hold stays what it was written for';
    END IF;
    IF NEW.state = 'pending' THEN
        RETURN NEW;
    END IF;
    NEW.ended_at := clock_timestamp();
    -- First what is held, then what is posted: in between nothing is spent twice.
    UPDATE accounts SET held = held - NEW.amount WHERE id = NEW.account_id AND NEW.amount > 0;
    IF NEW.captured > 0 THEN
        INSERT INTO transfers (key, kind, from_id, to_id, amount, detail)
        SELECT CASE NEW.subject_kind WHEN 'refund' THEN 'refund:' ELSE 'capture:' END || NEW.id,
               CASE NEW.subject_kind WHEN 'refund' THEN 'refund' ELSE 'capture' END,
               NEW.account_id, a.id, NEW.captured,
               jsonb_build_object('for', NEW.subject_kind, 'id', NEW.subject_id, 'attempt', NEW.attempt)
        FROM accounts a
        WHERE a.kind = NEW.goes_to;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER holds_end_once BEFORE UPDATE ON holds
    FOR EACH ROW EXECUTE FUNCTION holds_end_once();

CREATE FUNCTION holds_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a hold is never removed; release it';
END $$;
CREATE TRIGGER holds_stay BEFORE DELETE ON holds
    FOR EACH ROW EXECUTE FUNCTION holds_stay();

-- A training is paid whole or not at all. A provisional end is none: the hold waits for the true one.
-- What is completed after its release is delivered, at no price: the mistake was not its owner's.
CREATE FUNCTION is_provisional(status text, source text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT status = 'completed' AND coalesce(source, '') LIKE 'fallback:%'
$$;
CREATE FUNCTION avatars_end_their_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE holds
    SET state = CASE NEW.status WHEN 'completed' THEN 'captured' ELSE 'released' END,
        captured = CASE NEW.status WHEN 'completed' THEN amount ELSE 0 END
    WHERE subject_kind = 'training' AND subject_id = NEW.id AND attempt = OLD.attempt
      AND state = 'pending';
    RETURN NULL;
END $$;
CREATE TRIGGER avatars_end_their_hold AFTER UPDATE ON avatars
    FOR EACH ROW WHEN (
        (OLD.status = 'training' OR is_provisional(OLD.status::text, OLD.result_source))
        AND NEW.status <> 'training' AND NOT is_provisional(NEW.status::text, NEW.result_source))
    EXECUTE FUNCTION avatars_end_their_hold();

-- Of an order only the pictures that we hold are paid.
CREATE FUNCTION jobs_end_their_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE holds h
    SET state = CASE NEW.status WHEN 'completed' THEN 'captured' ELSE 'released' END,
        captured = CASE
            WHEN NEW.status <> 'completed' THEN 0
            WHEN NEW.kind = 'generation'
                THEN h.amount * least(h.units, (SELECT count(*) FROM images i WHERE i.job_id = NEW.id)) / h.units
            ELSE h.amount END
    WHERE h.subject_kind = NEW.kind AND h.subject_id = NEW.id AND h.state = 'pending';
    RETURN NULL;
END $$;
CREATE TRIGGER jobs_end_their_hold AFTER UPDATE ON jobs
    FOR EACH ROW WHEN (OLD.status = 'running' AND NEW.status <> 'running')
    EXECUTE FUNCTION jobs_end_their_hold();

-- A row that is removed while it runs, by whatever hand, keeps nobody's credits.
CREATE FUNCTION subjects_release_their_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE holds SET state = 'released' WHERE subject_id = OLD.id AND state = 'pending'
        AND subject_kind IN ('training', 'generation', 'transcription');
    RETURN NULL;
END $$;
CREATE TRIGGER avatars_release_their_hold AFTER DELETE ON avatars
    FOR EACH ROW EXECUTE FUNCTION subjects_release_their_hold();
CREATE TRIGGER jobs_release_their_hold AFTER DELETE ON jobs
    FOR EACH ROW EXECUTE FUNCTION subjects_release_their_hold();

-- The price on the button: another one is shown anew, and nothing is started.
ALTER TABLE avatars ADD COLUMN shown_price bigint;
ALTER TABLE jobs ADD COLUMN shown_price bigint;
-- What a start should have held; null: started without credits. Compared with the holds.
ALTER TABLE spendings ADD COLUMN credits bigint;

ALTER TABLE users
    ADD COLUMN terms_version integer, -- which terms they accepted, and when
    ADD COLUMN terms_at timestamptz;
ALTER TABLE invites ADD COLUMN credits bigint NOT NULL DEFAULT 0 CHECK (credits >= 0);
-- Signs what an invoice promises, so that a payment is worth what was promised even without its order.
ALTER TABLE spending_control ADD COLUMN invoice_secret bytea NOT NULL
    DEFAULT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

-- Invoices that were sent.
CREATE TABLE star_orders (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    stars      integer NOT NULL CHECK (stars > 0),
    credits    bigint NOT NULL CHECK (credits > 0),
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid', 'expired')),
    message_id bigint,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ix_star_orders_user_id ON star_orders (user_id, created_at);
CREATE INDEX ix_star_orders_open ON star_orders (created_at) WHERE state = 'open';

-- One row is one charge of Telegram's, however often and by whomever it is told.
CREATE TABLE star_payments (
    charge_id text PRIMARY KEY,
    id        uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(), -- the subject of its refund's hold
    user_id   uuid REFERENCES users (id) ON DELETE SET NULL,
    payer     bytea,                    -- as in spendings; outlives /forget
    order_id  uuid,                     -- no foreign key: orders are forgotten
    stars     integer NOT NULL CHECK (stars > 0),
    credits   bigint NOT NULL DEFAULT 0 CHECK (credits >= 0), -- 0: not ours, refunded
    owed      bigint NOT NULL DEFAULT 0 CHECK (owed >= 0), -- of a claw-back, what was spent before
    state     text NOT NULL DEFAULT 'credited'
        CHECK (state IN ('credited', 'refund_wanted', 'refunded', 'clawed_back')),
    source    text NOT NULL DEFAULT 'update', -- update, sweep
    why       text,                     -- of a refund: who wants it
    tries     integer NOT NULL DEFAULT 0,
    next_try_at timestamptz,
    last_error text,
    paid_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at  timestamptz
);
CREATE INDEX ix_star_payments_user_id ON star_payments (user_id, paid_at);
CREATE INDEX ix_star_payments_owed ON star_payments (payer) WHERE owed > 0;
CREATE INDEX ix_star_payments_wanted ON star_payments (next_try_at) WHERE state = 'refund_wanted';

-- Telegram's own list, as read so far. A refund has the id of its payment.
CREATE TABLE star_transactions (
    id        text NOT NULL,
    direction text NOT NULL CHECK (direction IN ('in', 'out')),
    stars     bigint NOT NULL,
    partner   text NOT NULL DEFAULT '', -- its type: user, fragment, …
    at        timestamptz NOT NULL,
    seen_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (id, direction)
);
CREATE TABLE star_sync (
    singleton   boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    read_offset bigint NOT NULL DEFAULT 0,
    read_at     timestamptz,            -- the last complete reading
    balance     bigint                  -- what Telegram said then
);
INSERT INTO star_sync DEFAULT VALUES;
