//! Thousands at once, at Telegram's rate limits, while people press and answers are lost.

use crate::ground::Ground;
use crate::tally::{Tally, between, percentile};
use crate::{Aims, SWALLOWED, millis, say};
use anyhow::ensure;
use standins::fal::Fal;
use standins::telegram::{Fault, Person, Telegram};
use std::time::{Duration, Instant};

/// How often a person writes while the crowd is being notified.
const THINKING: Duration = Duration::from_secs(2);

/// Between two checks of the rows.
const LOOK: Duration = Duration::from_millis(200);

/// Goal: how long an answer may take while thousands wait.
const ANSWER: Duration = Duration::from_millis(500);

/// The number of notices and of chats.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crowd {
    pub(crate) notices: u32,
    pub(crate) chats: u32,
}

impl Crowd {
    /// Puts all notices there at once and lets this many instances send them.
    pub(crate) async fn drains(
        self,
        ground: &Ground,
        telegram: &Telegram,
        fal: &Fal,
        instances: usize,
        aim: f64,
        aims: &mut Aims,
    ) -> anyhow::Result<()> {
        for chat in 1..=self.chats {
            // The status message of their trainings, which tells notices of unknown fate.
            telegram.friend(i64::from(chat), "Anna", "en").was_told("training");
        }
        let mut services = Vec::new();
        for _ in 0..instances {
            services.push(ground.serves(telegram, fal).await?);
        }
        let curious = telegram.person(3_000_000 + i64::try_from(instances)?, "Boris", "en");
        curious.says("/start");
        curious.sees_button("avatar_help").await;
        telegram.fault_at_random("sendMessage", Fault::Swallow, SWALLOWED, 7);
        let mark = telegram.calls().len();
        self.comes(ground).await?;
        let told = self.is_told(ground);
        let (told, mut answers) = tokio::join!(told, asks(&curious, told_by(ground)));
        told?;
        telegram.heal();
        let tally = Tally::since(telegram, mark);
        self.tell(ground, &tally, &mut answers, instances, aim, aims).await?;
        for service in services {
            service.stop().await?;
        }
        ground.is_emptied().await
    }

    async fn comes(self, ground: &Ground) -> anyhow::Result<()> {
        let Self { notices, chats } = self;
        let insert = format!(
            "INSERT INTO users (telegram_id, language)
             SELECT n, 'en' FROM generate_series(1, {chats}) AS n;
             INSERT INTO avatars (user_id, name, status, status_message_id)
             SELECT u.id, 'Style ' || n, 'completed', 1
             FROM generate_series(1, {notices}) AS n
             JOIN users u ON u.telegram_id = 1 + n % {chats};
             INSERT INTO outbox (user_id, avatar_id, kind)
             SELECT user_id, id, 'ready' FROM avatars;"
        );
        Ok(ground.rows.batch_execute(&insert).await?)
    }

    /// Waits until all of it is over.
    async fn is_told(self, ground: &Ground) -> anyhow::Result<()> {
        let patience = Duration::from_secs(u64::from(self.notices) / 10 + 60);
        let began = Instant::now();
        while told_by(ground)().await? > 0 {
            ensure!(began.elapsed() < patience, "not told within {patience:?}");
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    async fn tell(
        self,
        ground: &Ground,
        tally: &Tally,
        answers: &mut [Duration],
        instances: usize,
        aim: f64,
        aims: &mut Aims,
    ) -> anyhow::Result<()> {
        let uncertain = usize::try_from(ground.count("status = 'uncertain'").await?)?;
        let lost = usize::try_from(self.notices)?.saturating_sub(tally.delivered);
        let efficiency = tally.efficiency();
        let Self { notices, chats } = self;
        let Tally { delivered, duplicates, swallowed, refused, messages, took } = tally;
        say(&format!(
            "{instances} × serve, {notices} notices to {chats} chats: delivered {delivered}, lost \
             {lost}, duplicates {duplicates}, uncertain {uncertain} of {swallowed} swallowed \
             answers, 429s {refused}"
        ));
        let [half, most] = [50, 99].map(|n| millis(percentile(answers, n)));
        say(&format!(
            "  {messages} messages in {:.1} s, {efficiency:.3} of 30 a second; people were \
             answered meanwhile in p50 {half}, p99 {most}, {} times",
            took.as_secs_f64(),
            answers.len(),
        ));
        aims.check(lost == 0, "lost 0");
        aims.check(*duplicates == 0, "duplicates 0");
        aims.check(uncertain <= *swallowed, "uncertain ≤ swallowed");
        aims.check(*refused == 0, "429s 0");
        aims.check(efficiency >= aim, &format!("efficiency ≥ {aim} with {instances}"));
        let slow = percentile(answers, 99) > ANSWER;
        aims.check(!slow, &format!("answers within {} meanwhile", millis(ANSWER)));
        Ok(())
    }
}

/// How many are not sent yet.
fn told_by(ground: &Ground) -> impl AsyncFn() -> anyhow::Result<i64> {
    async move || {
        let open = "status IN ('pending', 'sending')
            OR (status = 'uncertain' AND repaired_at IS NULL)";
        ground.count(open).await
    }
}

/// A person writes again and again until all are sent; returns how long each answer took.
async fn asks(curious: &Person, open: impl AsyncFn() -> anyhow::Result<i64>) -> Vec<Duration> {
    let mut answers = Vec::new();
    while open().await.is_ok_and(|open| open > 0) {
        // No chat gets two messages within a second here, because this Telegram would refuse the
        // second.
        tokio::time::sleep(THINKING).await;
        let (mark, id) = (curious.mark(), curious.says("/help"));
        let answered = |chat: &standins::telegram::Chat| {
            let asked = chat.message(id)?.at;
            Some(between(asked, chat.since(mark).find(|message| message.from_bot)?.at))
        };
        answers.push(curious.sees("an answer", answered, Duration::from_secs(30)).await);
    }
    answers
}
