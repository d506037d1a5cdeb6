//! Starting and cancelling, on behalf of the avatar's owner or an operator.

use super::pool::Pool;
use super::{sql, wallets};
use actors::access::Access;
use actors::avatar::{AvatarId, Status, UserId};
use actors::credits::{Prices, Shortfall};
use actors::ports::{Cancellation, MessageId, Plan, Start, StoreError};
use actors::spending::{SpendingLimits, Usd};
use std::time::Duration;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// Who asked for it, as in `training_events.source`.
fn source(owner: Option<UserId>) -> &'static str {
    if owner.is_some() { "user" } else { "operator" }
}

/// The rules for every start.
#[derive(Clone, Debug)]
pub struct StartRules {
    /// Minimum number of photos.
    pub min_photos: u32,
    /// Who may start, and who is exempt from limits.
    pub access: Access,
    /// The spending limits.
    pub limits: SpendingLimits,
    /// What things cost in credits; `None` with `CREDITS=off`.
    pub prices: Option<Prices>,
}

/// A request to start a training.
#[derive(Debug)]
pub(super) struct Command<'a> {
    /// The owner; `None` for an operator, who can only start again.
    pub(super) owner: Option<UserId>,
    pub(super) avatar: AvatarId,
    pub(super) plan: &'a Plan,
    pub(super) price: Usd,
    pub(super) shown_in: Option<MessageId>,
}

/// Starts a training.
pub(super) async fn start(
    pool: &Pool,
    rules: &StartRules,
    command: &Command<'_>,
) -> Result<Start, StoreError> {
    let Command { owner, avatar, plan, price, shown_in } = command;
    let access = &rules.access;
    let nonce = Uuid::new_v4();
    let webhook = plan.webhook.as_ref().map(|url| with_nonce(url, nonce));
    let (shown_in, min) = (shown_in.map(|id| id.0), i64::from(rules.min_photos));
    let (source, owner) = (source(*owner), owner.map(|owner| owner.0));
    let a_day = rules.limits.trainings.map(|most| i32::try_from(most).unwrap_or(i32::MAX));
    let all_a_day = rules.limits.usd.map(|most| most.0);
    let (named, operators, invited) = (access.named(), access.operators(), access.by_invitation());
    let credits = rules.prices.map(|prices| prices.training);
    let earner = rules.prices.map(|prices| prices.earner.word());
    let params: [&(dyn ToSql + Sync); 19] = [
        &avatar.0,
        &owner,
        &plan.endpoint,
        &plan.trigger,
        &plan.steps,
        &plan.learning_rate,
        &webhook,
        &nonce,
        &shown_in,
        &min,
        &source,
        &price.0,
        &a_day,
        &all_a_day,
        &named,
        &operators,
        &invited,
        &credits,
        &earner,
    ];
    let row = start_with_wallet(pool, rules.prices, (sql::TRAINING_START, &params)).await?;
    Ok(row.map_or(Start::Refused, |row| outcome(&row, owner.is_none(), min)))
}

/// Runs a start. Whoever has no wallet yet gets one when that is all that is missing, and the start
/// runs once more.
pub(super) async fn start_with_wallet(
    pool: &Pool,
    prices: Option<Prices>,
    (query, params): (sql::Query, &[&(dyn ToSql + Sync)]),
) -> Result<Option<Row>, StoreError> {
    let row = after_spending_lock(pool, (query, params)).await?.into_iter().next();
    match (prices, &row) {
        (Some(prices), Some(row))
            if !row.get::<_, bool>("started")
                && row.get::<_, bool>("admitted")
                && row.get::<_, Option<i64>>("wallet").is_none()
                && !row.get::<_, bool>("repriced") =>
        {
            wallets::open(pool, UserId(row.get("user_id")), prices.welcome).await?;
        }
        _ => return Ok(row),
    }
    Ok(after_spending_lock(pool, (query, params)).await?.into_iter().next())
}

/// What of a person's credits is missing for a start; `None` if that did not prevent it.
pub(super) fn shortfall(row: &Row) -> Option<Shortfall> {
    // Without prices nobody's wallet was looked at.
    let (need, have): (Option<i64>, Option<i64>) = (row.get("credits"), row.get("have"));
    let (need, have, owed) = (need?, have?, row.get("owed"));
    (have < need || owed > 0).then_some(Shortfall { need, have, owed })
}

/// Today's price, if the button that asked for a start bore another one.
pub(super) fn new_price(row: &Row) -> Option<i64> {
    if row.get("repriced") { row.get("credits") } else { None }
}

/// The address for FAL's calls about one job. The nonce is the second factor of a webhook, because
/// FAL signs for all of its customers.
pub(super) fn with_nonce(url: &str, nonce: Uuid) -> String {
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}nonce={nonce}")
}

/// Runs a start while no other is counted.
pub(super) async fn after_spending_lock(
    pool: &Pool,
    start: (sql::Query, &[&(dyn ToSql + Sync)]),
) -> Result<Vec<Row>, StoreError> {
    let (locked, rows) = pool.after_lock((sql::SPENDING_LOCK, &[]), start).await?;
    if locked.is_empty() {
        let why = "spending_control has lost its row, so nothing can be started; \
            INSERT INTO spending_control DEFAULT VALUES";
        return Err(StoreError::Refused(why.into()));
    }
    Ok(rows)
}

/// Why it was started or not.
fn outcome(row: &Row, by_operator: bool, min: i64) -> Start {
    let (status, leaving, photos): (&str, bool, i64) =
        (row.get("status"), row.get("leaving"), row.get("photos"));
    let (started, admitted, paused): (bool, bool, bool) =
        (row.get("started"), row.get("admitted"), row.get("paused"));
    match Status::of_word(status) {
        _ if started => Start::Started,
        Some(Status::Training) => Start::Running,
        Some(Status::Completed) | None => Start::Refused,
        Some(status) if by_operator && status.is_draft() => Start::Refused,
        Some(_) if leaving => Start::Leaving,
        Some(_) if photos < min => {
            Start::TooFew { have: u32::try_from(photos).unwrap_or_default() }
        }
        Some(_) if !admitted => Start::NotAdmitted,
        Some(_) if row.get("banned") => Start::Banned,
        Some(_) if paused => Start::Paused,
        Some(_) => match (seconds(row, "their_wait"), row.get("dear")) {
            (Some(wait), _) => Start::PersonLimit { wait },
            (None, true) => Start::SpendLimit { wait: seconds(row, "all_wait") },
            (None, false) => match (new_price(row), shortfall(row)) {
                (Some(price), _) => Start::PriceChanged { price },
                (None, Some(shortfall)) => Start::NoCredits(shortfall),
                // It was startable when this statement looked, but another press was first.
                (None, None) => Start::Running,
            },
        },
    }
}

/// A duration; a clock that was set forward makes it zero.
fn seconds(row: &Row, column: &str) -> Option<Duration> {
    let seconds: Option<f64> = row.get(column);
    seconds.map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or_default())
}

/// Cancels a running training, which on our side is immediate and final.
pub(super) async fn cancel(
    pool: &Pool,
    owner: Option<UserId>,
    avatar: AvatarId,
) -> Result<Cancellation, StoreError> {
    let (source, owner) = (source(owner), owner.map(|owner| owner.0));
    let params: [&(dyn ToSql + Sync); 3] = [&avatar.0, &owner, &source];
    let row = pool.query_opt(sql::TRAINING_CANCEL, &params).await?;
    Ok(cancellation(row.as_ref()))
}

/// What came of a cancellation, of a job of any kind.
pub(super) fn cancellation(row: Option<&Row>) -> Cancellation {
    let (mine, cancelled) =
        row.map_or((false, false), |row| (row.get("mine"), row.get("cancelled")));
    match (mine, cancelled) {
        (_, true) => Cancellation::Cancelled,
        (true, false) => Cancellation::NotRunning,
        (false, false) => Cancellation::Refused,
    }
}
