//! Anything that may happen to credits, in any order, against a model that fits in the head.

use super::books::{Books, End, PRICES, rules};
use actors::avatar::{AvatarId, UserId};
use actors::credits::Shortfall;
use actors::ports::{Avatars, Collection, OrderStart, Start};
use aisha::postgres::{credits, operator};
use futures_util::future::join_all;
use std::time::Instant;
use uuid::Uuid;

/// People, each with a model of their own: they share nothing but the books.
const PEOPLE: i64 = 20;

/// Things that happen to each of them.
const STEPS: usize = 500;

/// Numbers that are the same in every run of a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // SplitMix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn pick<T>(&mut self, all: &mut Vec<T>) -> Option<T> {
        let at = usize::try_from(self.roll(all.len().max(1) as u64)).unwrap();
        (at < all.len()).then(|| all.swap_remove(at))
    }
}

struct Running {
    avatar: AvatarId,
    attempt: i32,
    held: i64,
}

struct Ordered {
    order: Uuid,
    units: u8,
    held: i64,
    portrait: bool,
}

struct Person<'a> {
    books: &'a Books,
    telegram_id: i64,
    user: UserId,
    sitter: AvatarId,
    /// Credits; `None` before the wallet is opened.
    posted: Option<i64>,
    welcomed: bool,
    idle: Vec<(AvatarId, i32)>,
    running: Vec<Running>,
    ordered: Vec<Ordered>,
    earned: i64,
    dice: Dice,
}

impl<'a> Person<'a> {
    async fn new(books: &'a Books, telegram_id: i64, seed: u64) -> Self {
        let (user, sitter) = books.person(telegram_id).await;
        Self {
            books,
            telegram_id,
            user,
            sitter,
            posted: None,
            welcomed: false,
            idle: Vec::new(),
            running: Vec::new(),
            ordered: Vec::new(),
            earned: 0,
            dice: Dice(seed),
        }
    }

    fn held(&self) -> i64 {
        let trainings = self.running.iter().map(|running| running.held);
        trainings.chain(self.ordered.iter().map(|ordered| ordered.held)).sum()
    }

    /// Their wallet is needed; the first time it is opened.
    fn opens(&mut self) {
        if self.posted.is_none() {
            self.posted = Some(if self.welcomed { 0 } else { PRICES.welcome });
            self.welcomed = true;
        }
    }

    fn gains(&mut self, credits: i64) {
        self.posted = self.posted.map(|posted| posted + credits);
    }

    fn short_of(&mut self, need: i64) -> Option<Shortfall> {
        self.opens();
        let have = self.posted.unwrap_or_default() - self.held();
        (have < need).then_some(Shortfall { need, have, owed: 0 })
    }

    async fn step(&mut self) {
        match self.dice.roll(100) {
            0..12 => self.is_given().await,
            12..30 => self.trains().await,
            30..55 => self.orders().await,
            55..73 => self.training_ends().await,
            73..90 => self.order_ends().await,
            90..95 => self.cancels().await,
            95..98 => self.deletes().await,
            98 => self.operator_retries().await,
            _ => self.is_forgotten().await,
        }
    }

    async fn is_given(&mut self) {
        let credits = 1 + i64::try_from(self.dice.roll(200)).unwrap();
        let act = (Uuid::new_v4(), PRICES.welcome);
        self.opens();
        self.gains(credits);
        let left =
            credits::grant(&self.books.pool, self.telegram_id, credits, "a model", act).await;
        let available = self.posted.unwrap_or_default() - self.held();
        assert_eq!(left.unwrap(), Some(available), "the books of {}", self.telegram_id);
    }

    async fn trains(&mut self) {
        let (avatar, attempt) = match self.dice.pick(&mut self.idle) {
            Some(idle) => idle,
            None => (self.books.avatar(self.user).await, 0),
        };
        let short = self.short_of(PRICES.training);
        match (self.books.train(self.user, avatar).await, short) {
            (Start::Started, None) => {
                self.running.push(Running { avatar, attempt: attempt + 1, held: PRICES.training });
            }
            (Start::NoCredits(said), Some(short)) => {
                assert_eq!(said, short, "the books of {}", self.telegram_id);
                self.idle.push((avatar, attempt));
            }
            (started, short) => {
                panic!("the books of {}: {started:?} although {short:?}", self.telegram_id)
            }
        }
    }

    async fn operator_retries(&mut self) {
        let Some((avatar, attempt)) = self.dice.pick(&mut self.idle).filter(|idle| idle.1 > 0)
        else {
            return;
        };
        self.opens();
        let plan = super::books::plan();
        let price = actors::spending::Usd(0);
        let started = operator::retry(&self.books.pool, avatar, &plan, price, &rules()).await;
        assert_eq!(started.unwrap(), Start::Started);
        self.running.push(Running { avatar, attempt: attempt + 1, held: 0 });
    }

    async fn orders(&mut self) {
        let units = [1, 2, 4][usize::try_from(self.dice.roll(3)).unwrap()];
        let portrait = self.dice.roll(4) == 0;
        let held = PRICES.pictures(units);
        let short = self.short_of(held);
        match (self.books.order(self.user, self.sitter, units, portrait).await, short) {
            ((order, OrderStart::Started), None) => {
                self.ordered.push(Ordered { order, units, held, portrait });
            }
            ((_, OrderStart::NoCredits(said)), Some(short)) => {
                assert_eq!(said, short, "the books of {}", self.telegram_id);
            }
            ((_, started), short) => {
                panic!("the books of {}: {started:?} although {short:?}", self.telegram_id)
            }
        }
    }

    async fn training_ends(&mut self) {
        let Some(Running { avatar, attempt, held }) = self.dice.pick(&mut self.running) else {
            return;
        };
        let books = self.books;
        if self.dice.roll(8) == 0 {
            assert!(books.ends(avatar, attempt, &End::Provisional).await);
            assert!(!books.ends(avatar, attempt, &End::Provisional).await, "nothing twice");
        }
        match self.dice.roll(4) {
            0 => {
                assert!(books.ends(avatar, attempt, &End::Failed("fal_error: no")).await);
                assert!(!books.ends(avatar, attempt, &End::Completed).await, "that was the end");
                self.idle.push((avatar, attempt));
            }
            1 if books.ends(avatar, attempt, &End::Failed("training_timeout")).await => {
                // The truth that comes late is delivered, and costs nothing.
                let late = self.dice.roll(2) == 0;
                if late {
                    assert!(books.ends(avatar, attempt, &End::Completed).await);
                } else {
                    self.idle.push((avatar, attempt));
                }
            }
            _ => {
                assert!(books.ends(avatar, attempt, &End::Completed).await);
                assert!(!books.ends(avatar, attempt, &End::Completed).await, "nothing twice");
                self.pays(held);
            }
        }
    }

    fn pays(&mut self, credits: i64) {
        self.gains(-credits);
        self.earned += credits;
    }

    async fn order_ends(&mut self) {
        let Some(Ordered { order, units, held, portrait }) = self.dice.pick(&mut self.ordered)
        else {
            return;
        };
        let books = self.books;
        if self.dice.roll(5) == 0 {
            assert!(books.order_ends(order, Err("job_timeout")).await);
            if self.dice.roll(2) == 0 {
                assert!(books.order_ends(order, Ok(&[1])).await, "late, and for nothing");
            }
            return;
        }
        let count = usize::try_from(self.dice.roll(u64::from(units) + 1)).unwrap();
        let faces: Vec<i32> =
            (0..count).map(|_| i32::try_from(self.dice.roll(2)).unwrap()).collect();
        assert!(books.order_ends(order, Ok(&faces)).await);
        assert!(!books.order_ends(order, Ok(&faces)).await, "nothing twice");
        let again = faces.iter().filter(|faces| portrait && **faces == 0).count();
        let kept = i64::try_from(count - again).unwrap();
        self.pays(held * kept / i64::from(units));
        let remade = "SELECT id FROM jobs WHERE remake_of = $1";
        let remade = books.rows.query_opt(remade, &[&order]).await.unwrap();
        // What is made again is never made a third time.
        assert!(remade.is_none() || again > 0);
        if let Some(row) = remade {
            let units = u8::try_from(again).unwrap();
            self.ordered.push(Ordered { order: row.get(0), units, held: 0, portrait: false });
        }
    }

    async fn cancels(&mut self) {
        if self.dice.roll(2) == 0 {
            let Some(Running { avatar, attempt, .. }) = self.dice.pick(&mut self.running) else {
                return;
            };
            self.books.store(1).cancel(self.user, avatar).await.unwrap();
            assert!(!self.books.ends(avatar, attempt, &End::Completed).await, "that was the end");
        } else {
            let Some(Ordered { order, .. }) = self.dice.pick(&mut self.ordered) else { return };
            self.books.cancel_order(self.user, order).await;
            assert!(!self.books.order_ends(order, Ok(&[1])).await, "that was the end");
        }
    }

    async fn deletes(&mut self) {
        let Some(Running { avatar, .. }) = self.dice.pick(&mut self.running) else { return };
        assert!(self.books.store(0).delete(self.user, avatar).await.unwrap());
    }

    /// They are forgotten with all that runs, and come back as somebody else with the same number.
    async fn is_forgotten(&mut self) {
        let (count, _) = self.books.store(0).forget(self.user, self.telegram_id).await.unwrap();
        assert_eq!(count.credits, self.posted.unwrap_or_default());
        self.posted = None;
        self.idle.clear();
        for Running { avatar, attempt, .. } in std::mem::take(&mut self.running) {
            assert!(!self.books.ends(avatar, attempt, &End::Completed).await, "that was the end");
        }
        self.ordered.clear();
        (self.user, self.sitter) = self.books.person(self.telegram_id).await;
    }

    async fn agrees(&self) {
        let wallet = self.posted.map(|posted| (posted, self.held()));
        assert_eq!(self.books.wallet(self.user).await, wallet, "the books of {}", self.telegram_id);
    }

    async fn lives(mut self, steps: usize) -> i64 {
        for step in 0..steps {
            self.step().await;
            if step % 10 == 0 {
                self.agrees().await;
            }
        }
        self.agrees().await;
        self.earned
    }
}

/// Things happen to people, as this seed has it; then the books are right.
async fn lived(books: &Books, seed: u64, steps: usize) {
    let mut people = Vec::new();
    for n in 0..PEOPLE {
        people.push(Person::new(books, 100 + n, seed.wrapping_mul(1000) + n.unsigned_abs()).await);
    }
    let earned: i64 =
        join_all(people.into_iter().map(|person| person.lives(steps))).await.iter().sum();
    let differences = books.differences().await;
    assert!(differences.is_empty(), "seed {seed}: {differences:#?}");
    let income = "SELECT coalesce(sum(t.amount), 0)::bigint FROM transfers t
        JOIN accounts a ON a.id = t.to_id WHERE a.kind = 'income'";
    let income: i64 = books.rows.query_one(income, &[]).await.unwrap().get(0);
    assert_eq!(income, earned, "seed {seed}");
    assert!(earned > 0, "seed {seed}: nothing was ever paid");
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a test's own setting, not the service's")]
async fn whatever_happens_ten_thousand_times_the_books_are_right() {
    // AISHA_SEED repeats a run.
    let given = std::env::var("AISHA_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| u64::from(std::process::id()));
    let books = Books::open().await;
    let began = Instant::now();
    lived(&books, seed, STEPS).await;
    eprintln!("seed {seed}: 10,000 things happened in {:?}", began.elapsed());
}

#[tokio::test]
#[should_panic(expected = "the books of 1")]
async fn the_model_notices_when_pictures_that_were_not_made_are_paid() {
    let books = Books::open().await;
    let spoilt =
        "CREATE OR REPLACE FUNCTION jobs_end_their_hold() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE holds SET state = 'captured', captured = amount
            WHERE subject_kind = NEW.kind AND subject_id = NEW.id AND state = 'pending';
            RETURN NULL;
        END $$";
    books.rows.batch_execute(spoilt).await.unwrap();
    lived(&books, 7, 100).await;
}

#[tokio::test]
async fn of_twenty_starts_in_two_instances_one_has_the_money() {
    let books = Books::open().await;
    let (user, _) = books.person(100).await;
    let act = (Uuid::new_v4(), 0);
    credits::grant(&books.pool, 100, PRICES.training + 20, "for one", act).await.unwrap();
    credits::grant(&books.pool, 100, PRICES.training + 20, "told twice", act).await.unwrap();
    let mut avatars = Vec::new();
    for _ in 0..20 {
        let avatar = books.avatar(user).await;
        actors::ports::Wallets::show_price(books.store(0), user, avatar, PRICES.training)
            .await
            .unwrap();
        avatars.push(avatar);
    }
    let plan = super::books::plan();
    let start = |(n, avatar): (usize, &AvatarId)| {
        books.store(n).start(user, *avatar, &plan, actors::spending::Usd(0), None)
    };
    let answers = join_all(avatars.iter().enumerate().map(start)).await;
    let started = |answer: &Start| *answer == Start::Started;
    let short = Start::NoCredits(Shortfall { need: PRICES.training, have: 20, owed: 0 });
    let answers: Vec<Start> = answers.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| started(answer)).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|answer| started(answer) || *answer == short), "{answers:?}");
    assert_eq!(books.wallet(user).await, Some((PRICES.training + 20, PRICES.training)));
    assert!(books.differences().await.is_empty());
}

#[tokio::test]
async fn a_missing_trigger_and_wrong_numbers_are_found_with_their_counter_examples() {
    let books = Books::open().await;
    lived(&books, 7, 10).await;
    let (user, _) = books.person(7).await;
    credits::grant(&books.pool, 7, 1000, "enough", (Uuid::new_v4(), 0)).await.unwrap();
    let avatar = books.avatar(user).await;
    let off = "ALTER TABLE avatars DISABLE TRIGGER avatars_end_their_hold";
    books.rows.batch_execute(off).await.unwrap();
    assert_eq!(books.train(user, avatar).await, Start::Started);
    assert!(books.ends(avatar, 1, &End::Completed).await);
    let found = async || {
        let mut found: Vec<usize> =
            books.differences().await.iter().map(|example| example.invariant).collect();
        found.dedup();
        found
    };
    assert_eq!(found().await, [6, 8], "a hold without its work, and the trigger that let it be");

    let on = "ALTER TABLE avatars ENABLE TRIGGER avatars_end_their_hold;
        UPDATE holds SET state = 'captured', captured = amount WHERE state = 'pending'
            AND subject_kind = 'training' AND subject_id IN
                (SELECT id FROM avatars WHERE status = 'completed')";
    books.rows.batch_execute(on).await.unwrap();
    assert!(found().await.is_empty());
    for (spoilt, mended, wanted) in [
        (
            "UPDATE accounts SET posted = posted + 1 WHERE kind = 'wallet' AND user_id IS NOT NULL",
            "UPDATE accounts SET posted = posted - 1 WHERE kind = 'wallet' AND user_id IS NOT NULL",
            1,
        ),
        (
            "UPDATE accounts SET held = held + 1 WHERE posted > held AND user_id IS NOT NULL",
            "UPDATE accounts SET held = coalesce((SELECT sum(amount) FROM holds h
              WHERE h.account_id = accounts.id AND state = 'pending'), 0)",
            2,
        ),
        (
            "UPDATE spendings SET credits = credits + 1",
            "UPDATE spendings SET credits = credits - 1",
            7,
        ),
        (
            "UPDATE users SET forgotten_at = now() WHERE telegram_id = 7",
            "UPDATE users SET forgotten_at = NULL WHERE telegram_id = 7",
            11,
        ),
    ] {
        books.rows.batch_execute(spoilt).await.unwrap();
        assert_eq!(found().await, [wanted], "{spoilt}");
        books.rows.batch_execute(mended).await.unwrap();
        assert!(found().await.is_empty(), "{mended}");
    }
    for kept in [
        "UPDATE transfers SET amount = 1",
        "DELETE FROM transfers",
        "TRUNCATE transfers",
        "DELETE FROM holds",
        "UPDATE holds SET amount = 1",
        "UPDATE holds SET state = 'released'",
    ] {
        assert!(books.rows.batch_execute(kept).await.is_err(), "{kept}");
    }
}
