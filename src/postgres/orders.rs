//! A person's own orders of pictures.

use super::commands::{new_price, shortfall};
use super::{GenerationRows, Store, sql};
use actors::avatar::{AvatarId, Status, TrainingType, UserId};
use actors::ports::{
    Cancellation, DRAFTS_HELD, ImageId, MessageId, ORDERS_A_DAY, OrderCard, OrderStart, Orders,
    PICTURES_HELD, PictureOrder, Shape, Sitter, StoreError,
};
use actors::spending::Usd;
use async_trait::async_trait;
use serde_json::{Map, Value, json};
use std::time::Duration;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// Forbidden words in a row before an operator has to look.
const MOST_STRIKES: i32 = 3;

/// Strikes further apart than this are not in a row.
const STRIKES_WITHIN: Duration = Duration::from_hours(24);

/// How long orders that came to nothing are kept: longer than anybody looks for one.
const FRUITLESS_KEPT: Duration = Duration::from_hours(90 * 24);

/// Most of them erased by one sweep.
const FORGOTTEN: i64 = 1000;

type Params<'a> = Vec<&'a (dyn ToSql + Sync)>;

#[async_trait]
impl Orders for GenerationRows {
    async fn sitter(
        &self,
        user: UserId,
        avatar: Option<AvatarId>,
    ) -> Result<Option<Sitter>, StoreError> {
        let avatar = avatar.map(|avatar| avatar.0);
        let row = self.0.pool.query_opt(sql::SITTER, &[&user.0, &avatar]).await?;
        Ok(row.as_ref().map(sitter))
    }

    async fn say_subject(
        &self,
        user: UserId,
        avatar: AvatarId,
        subject: &str,
    ) -> Result<bool, StoreError> {
        self.0.sitter_says(user, avatar, Some(subject), None).await
    }

    async fn agree(
        &self,
        user: UserId,
        avatar: AvatarId,
        version: i32,
    ) -> Result<bool, StoreError> {
        self.0.sitter_says(user, avatar, None, Some(version)).await
    }

    async fn strike(&self, user: UserId) -> Result<bool, StoreError> {
        let within = STRIKES_WITHIN.as_secs_f64();
        let params: Params<'_> = vec![&user.0, &MOST_STRIKES, &within];
        let row = self.0.pool.query_opt(sql::STRIKE, &params).await?;
        Ok(row.is_some_and(|row| row.get("banned")))
    }

    async fn draft(
        &self,
        user: UserId,
        avatar: AvatarId,
        endpoint: &str,
        order: &PictureOrder,
    ) -> Result<Option<Uuid>, StoreError> {
        let (id, order) = (Uuid::new_v4(), json!(order));
        let each = self.each();
        let params: Params<'_> =
            vec![&user.0, &avatar.0, &id, &order, &endpoint, &DRAFTS_HELD, &each];
        let row = self.0.pool.query_opt(sql::ORDER_DRAFT, &params).await?;
        Ok(row.map(|row| row.get("id")))
    }

    async fn change(
        &self,
        user: UserId,
        order: Uuid,
        shape: Option<Shape>,
        count: Option<u8>,
    ) -> Result<bool, StoreError> {
        let mut changes = Map::new();
        changes.extend(shape.map(|shape| ("shape".to_owned(), json!(shape))));
        changes.extend(count.map(|count| ("count".to_owned(), json!(count))));
        let changes = Value::Object(changes);
        let each = self.each();
        let params: Params<'_> = vec![&user.0, &order, &changes, &each];
        Ok(self.0.pool.query_opt(sql::ORDER_CHANGE, &params).await?.is_some())
    }

    async fn order_of(&self, user: UserId, order: Uuid) -> Result<Option<OrderCard>, StoreError> {
        let row = self.0.pool.query_opt(sql::ORDER_OF_USER, &[&user.0, &order]).await?;
        row.as_ref().map(card).transpose()
    }

    async fn again(
        &self,
        user: UserId,
        order: Uuid,
        like: Option<ImageId>,
        seed: u64,
    ) -> Result<Option<(Uuid, bool)>, StoreError> {
        let (id, seed) = (Uuid::new_v4(), i64::try_from(seed).unwrap_or(i64::MAX));
        let like = like.map(|image| image.0);
        let (plain, varying): (Vec<&str>, Vec<&str>) = self
            .0
            .settings
            .variations
            .iter()
            .map(|[plain, varying]| (&**plain, &**varying))
            .unzip();
        let params: Params<'_> =
            vec![&user.0, &order, &id, &seed, &DRAFTS_HELD, &like, &plain, &varying];
        let row = self.0.pool.query_opt(sql::ORDER_AGAIN, &params).await?;
        Ok(row.map(|row| (row.get("id"), row.get("runs"))))
    }

    async fn start_order(
        &self,
        user: UserId,
        order: Uuid,
        webhook: Option<&str>,
        price: Usd,
        shown_in: Option<MessageId>,
    ) -> Result<OrderStart, StoreError> {
        let rules = &self.0.settings.start;
        let nonce = Uuid::new_v4();
        let webhook = webhook.map(|url| super::commands::with_nonce(url, nonce));
        let shown_in = shown_in.map(|id| id.0);
        let a_day = rules.limits.pictures.map(|most| i32::try_from(most).unwrap_or(i32::MAX));
        let all_a_day = rules.limits.usd.map(|most| most.0);
        let orders_a_day = i64::from(ORDERS_A_DAY);
        let access = &rules.access;
        let (named, operators, invited) =
            (access.named(), access.operators(), access.by_invitation());
        let each = self.each();
        let earner = rules.prices.map(|prices| prices.earner.word());
        let params: Params<'_> = vec![
            &order,
            &user.0,
            &nonce,
            &webhook,
            &shown_in,
            &price.0,
            &a_day,
            &all_a_day,
            &named,
            &operators,
            &invited,
            &PICTURES_HELD,
            &orders_a_day,
            &each,
            &earner,
        ];
        let start = (sql::ORDER_START, &*params);
        let row = super::commands::start_with_wallet(&self.0.pool, rules.prices, start).await?;
        Ok(row.as_ref().map_or(OrderStart::Refused, outcome))
    }

    async fn cancel_order(&self, user: UserId, order: Uuid) -> Result<Cancellation, StoreError> {
        let (user, source) = (Some(user.0), "user");
        let params: Params<'_> = vec![&order, &user, &source];
        let row = self.0.pool.query_opt(sql::JOB_CANCEL, &params).await?;
        Ok(super::commands::cancellation(row.as_ref()))
    }
}

impl GenerationRows {
    /// Credits of one picture.
    fn each(&self) -> Option<i64> {
        self.0.settings.start.prices.map(|prices| prices.picture)
    }
}

impl Store {
    async fn sitter_says(
        &self,
        user: UserId,
        avatar: AvatarId,
        subject: Option<&str>,
        consent: Option<i32>,
    ) -> Result<bool, StoreError> {
        let params: Params<'_> = vec![&user.0, &avatar.0, &subject, &consent];
        Ok(self.pool.query_opt(sql::SITTER_SAYS, &params).await?.is_some())
    }
}

/// A row with the columns of `sitter.sql`.
pub(super) fn sitter(row: &Row) -> Sitter {
    let shape: Option<String> = row.get("picture_shape");
    let count: Option<i32> = row.get("picture_count");
    Sitter {
        avatar: AvatarId(row.get("id")),
        name: row.get("name"),
        kind: TrainingType::of_word(row.get("training_type")).unwrap_or(TrainingType::Portrait),
        status: Status::of_word(row.get("status")).unwrap_or(Status::Draft),
        trigger: row.get("trigger"),
        subject: row.get("gender"),
        trainer: row.get("trainer"),
        has_weights: row.get("has_weights"),
        consent: row.get("consent_version"),
        shape: shape.and_then(|word| word.parse().ok()),
        count: count.and_then(|count| u8::try_from(count).ok()),
        banned: row.get("banned"),
    }
}

fn card(row: &Row) -> Result<OrderCard, StoreError> {
    let parameters: Value = row.get("parameters");
    let order = serde_json::from_value(parameters);
    let held: i32 = row.get("held");
    Ok(OrderCard {
        id: row.get("id"),
        avatar: row.get::<_, Option<Uuid>>("avatar_id").map(AvatarId),
        name: row.get("avatar_name"),
        status: row.get("status"),
        stage: row.get("stage"),
        queue_position: row.get("queue_position"),
        endpoint: row.get("fal_endpoint"),
        order: order.map_err(|error| StoreError::Refused(error.into()))?,
        error: row.get("error"),
        held: u32::try_from(held).unwrap_or_default(),
    })
}

impl Store {
    /// Lets go of orders that came to nothing; they are erased like those that a person deletes.
    pub(super) async fn forget_orders(&self) -> Result<u64, StoreError> {
        let kept = FRUITLESS_KEPT.as_secs_f64();
        self.pool.execute(sql::ORDERS_FORGET, &[&kept, &FORGOTTEN]).await
    }
}

/// Why it was started or not, the reason that lasts longest first.
fn outcome(row: &Row) -> OrderStart {
    let is = |column| row.get::<_, bool>(column);
    let wait = |column| {
        let wait: Option<f64> = row.get(column);
        wait.and_then(|wait| Duration::try_from_secs_f64(wait.max(0.0)).ok())
    };
    match row.get::<_, &str>("status") {
        _ if is("started") => OrderStart::Started,
        "draft" if !is("has_weights") => OrderStart::Refused,
        "draft" if !is("admitted") => OrderStart::NotAdmitted,
        "draft" if is("banned") => OrderStart::Banned,
        "draft" if is("full") => OrderStart::Full,
        "draft" if is("paused") => OrderStart::Paused,
        "draft" if is("too_many") => OrderStart::PersonLimit { wait: None },
        "draft" if is("dear") => OrderStart::SpendLimit { wait: wait("all_wait") },
        "draft" => match (wait("their_wait"), new_price(row), shortfall(row)) {
            (Some(wait), ..) => OrderStart::PersonLimit { wait: Some(wait) },
            (None, Some(price), _) => OrderStart::PriceChanged { price },
            (None, None, Some(shortfall)) => OrderStart::NoCredits(shortfall),
            // Another press was first.
            (None, None, None) => OrderStart::Before,
        },
        _ => OrderStart::Before,
    }
}
