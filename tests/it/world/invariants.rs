//! Invariants that must hold at the end of every storm, read from all sides: what FAL was asked,
//! what people were sent, what the rows say, and what the audit found.

use super::World;
use standins::fal::{Delivery, Ledger};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::{Duration, Instant};

/// Two polls of one job by one watcher are an interval of one second apart, and timers are late,
/// never early. Polls closer by more than this come from two watchers.
const CLOSE: Duration = Duration::from_millis(800);

/// The lease of these worlds, and what a slow machine adds.
const TAKE_OVER: Duration = Duration::from_secs(4);

/// What was found.
#[derive(Debug)]
pub(crate) struct Scenario {
    /// Webhooks answered with 200.
    acknowledged: usize,
    /// Of these, jobs without a row, or whose training has not ended.
    lost: Vec<String>,
    /// Second ends of one attempt, and ends that were undone.
    doubled: Vec<String>,
    /// Attempts that were bought more than once.
    repeats: Vec<String>,
    /// Attempts that ended without exactly one notice in the outbox.
    untold: Vec<String>,
    /// Ready notices that a person got more than once.
    told_twice: Vec<String>,
    /// Two polls of one job closer than an interval, although its lease did not change hands.
    crowded: Vec<String>,
    /// Notices of unknown fate; they came by an edit.
    uncertain: i64,
    /// Writes under another instance's lease.
    intrusions: i64,
}

impl World {
    /// Checks the invariants, for a world with an audit, and fails the test if one does not hold.
    pub(crate) async fn invariants_hold(&self) -> Scenario {
        let scenario = self.scenario().await;
        let wrong = [
            &scenario.lost,
            &scenario.doubled,
            &scenario.repeats,
            &scenario.untold,
            &scenario.told_twice,
        ];
        let wrong = wrong.into_iter().chain([&scenario.crowded]).collect::<Vec<_>>();
        assert!(
            wrong.iter().all(|list| list.is_empty()) && scenario.intrusions == 0,
            "{scenario:#?}"
        );
        scenario
    }

    async fn scenario(&self) -> Scenario {
        let ledger = self.fal.ledger();
        let heard = ledger.jobs.iter().filter(|job| job.deliveries.iter().any(Delivery::accepted));
        let heard: Vec<String> = heard.map(|job| job.request_id.clone()).collect();
        let mut bought = BTreeMap::<&str, usize>::new();
        for webhook in ledger.jobs.iter().filter_map(|job| job.webhook.as_deref()) {
            *bought.entry(webhook).or_default() += 1; // It carries the nonce of the attempt.
        }
        let repeats = bought.into_iter().filter(|(_, jobs)| *jobs > 1);
        Scenario {
            acknowledged: heard.len(),
            lost: self.list(LOST, &[&heard]).await,
            doubled: self.list(DOUBLED, &[]).await,
            repeats: repeats.map(|(webhook, jobs)| format!("{jobs} × {webhook}")).collect(),
            untold: self.list(UNTOLD, &[]).await,
            told_twice: self.told_twice(),
            crowded: self.crowded(&ledger).await,
            uncertain: self.row(UNCERTAIN, &[]).await.get(0),
            intrusions: self.row("SELECT count(*) FROM world_intrusions", &[]).await.get(0),
        }
    }

    /// I5: two polls of one job that are too close come from two watchers, unless the lease changed
    /// hands between them or shortly before.
    async fn crowded(&self, ledger: &Ledger) -> Vec<String> {
        let now = Instant::now();
        let mut close = (Vec::new(), Vec::new(), Vec::new());
        for job in &ledger.jobs {
            for two in job.polls.windows(2) {
                if two[1].at - two[0].at < CLOSE {
                    close.0.push(job.request_id.clone());
                    close.1.push((now - two[0].at).as_secs_f64());
                    close.2.push((now - two[1].at).as_secs_f64());
                }
            }
        }
        // The first checks after it wait for the budget of ten polls a second; the next one of the
        // same training comes at its own phase, however soon that is.
        let first_looks = Duration::from_millis(100) * u32::try_from(ledger.jobs.len()).unwrap();
        let grace = (TAKE_OVER + first_looks).as_secs_f64();
        self.list(CROWDED, &[&close.0, &close.1, &close.2, &grace]).await
    }

    async fn list(
        &self,
        statement: &str,
        params: &[&(dyn tokio_postgres::types::ToSql + Sync)],
    ) -> Vec<String> {
        let rows = self.rows.query(statement, params).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// New messages with the button of a ready avatar; edits may be repeated any number of times.
    fn told_twice(&self) -> Vec<String> {
        let (mut once, mut twice) = (BTreeSet::new(), Vec::new());
        for call in self.telegram.calls_of("sendMessage") {
            let said = call.params.to_string();
            let Some((_, rest)) = said.split_once("avatar_generate:") else { continue };
            let avatar: String = rest.chars().take(36).collect();
            if call.succeeded() && !once.insert(avatar.clone()) {
                twice.push(avatar);
            }
        }
        twice
    }
}

/// I1: everything answered with 200 is stored, and its training has ended.
const LOST: &str = "
    SELECT g.id FROM unnest($1::text[]) AS g (id)
    WHERE NOT EXISTS (SELECT FROM webhook_inbox w WHERE w.request_id = g.id)
       OR EXISTS (SELECT FROM avatars a WHERE a.fal_request_id = g.id AND a.status = 'training')";

/// I2: an attempt ends once, and only a retry or a late result leaves an end.
const DOUBLED: &str = "
    SELECT format('%s attempt %s ended %s times', avatar, attempt, count(*))
    FROM world_ends WHERE was = 'training' GROUP BY avatar, attempt HAVING count(*) > 1
    UNION ALL
    SELECT format('%s attempt %s went from %s to %s', e.avatar, e.attempt, was, became)
    FROM world_ends e
    WHERE was IN ('completed', 'error', 'cancelled') AND became <> 'training'
      AND NOT (was = 'error' AND became = 'completed'
               AND error IN ('training_timeout', 'result_unavailable'))";

/// I5: see [`World::crowded`]. The ages of two polls, in seconds, and how long a take-over may take.
const CROWDED: &str = "
    SELECT format('%s polled after %s s', g.id, round((g.first - g.second)::numeric, 3))
    FROM unnest($1::text[], $2::float8[], $3::float8[]) AS g (id, first, second)
    JOIN avatars a ON a.fal_request_id = g.id
    WHERE NOT EXISTS (
        SELECT FROM world_leases l
        WHERE l.shard = 'shard/' || a.shard
          AND l.at BETWEEN clock_timestamp() - make_interval(secs => g.first + $4)
                       AND clock_timestamp() - make_interval(secs => g.second))";

/// I3: each end has exactly one notice.
const UNTOLD: &str = "
    SELECT format('%s %s has %s notices', a.id, a.status, count(o.id))
    FROM avatars a
    LEFT JOIN outbox o ON o.avatar_id = a.id AND o.attempt = a.attempt
        AND o.kind = CASE a.status WHEN 'completed' THEN 'ready' WHEN 'error' THEN 'failed'
                                   ELSE 'cancelled' END
    WHERE a.status IN ('completed', 'error', 'cancelled')
    GROUP BY a.id, a.status HAVING count(o.id) <> 1";

/// I4: what cannot be known is said.
const UNCERTAIN: &str = "SELECT count(*) FROM outbox WHERE status = 'uncertain'";

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "acknowledged {} lost {}, doubled transitions {}, blind repeats {}, notices told twice \
             {} uncertain {}, writes under another's lease {}",
            self.acknowledged,
            self.lost.len(),
            self.doubled.len(),
            self.repeats.len(),
            self.told_twice.len(),
            self.uncertain,
            self.intrusions
        )
    }
}
