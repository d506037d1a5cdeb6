//! The first pictures of finished avatars.

use super::commands::{after_spending_lock, with_nonce};
use super::orders::sitter;
use super::{GenerationRows, sql};
use actors::avatar::{AvatarId, Shard};
use actors::ports::{DueGift, GiftOrders, Gifts, PICTURES_HELD, PictureOrder, StoreError};
use actors::spending::Usd;
use async_trait::async_trait;
use serde_json::{Value, json};
use std::time::Duration;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

#[async_trait]
impl Gifts for GenerationRows {
    async fn due(&self, held: &[(Shard, i64)], most: u32) -> Result<Vec<DueGift>, StoreError> {
        let (shards, epochs): (Vec<i16>, Vec<i64>) =
            held.iter().map(|(shard, epoch)| (i16::from(shard.0), *epoch)).unzip();
        let params: [&(dyn ToSql + Sync); 3] = [&shards, &epochs, &i64::from(most)];
        let rows = self.0.pool.query(sql::GIFTS_DUE, &params).await?;
        Ok(rows
            .iter()
            .map(|row| DueGift { sitter: sitter(row), epoch: row.get("epoch") })
            .collect())
    }

    async fn give(&self, gift: &DueGift, orders: &GiftOrders) -> Result<bool, StoreError> {
        let rules = &self.0.settings.start;
        let record = |(order, price): &(PictureOrder, Usd)| -> Value {
            let nonce = Uuid::new_v4();
            let webhook = orders.webhook.as_deref().map(|url| with_nonce(url, nonce));
            json!({
                "id": Uuid::new_v4(), "nonce": nonce, "webhook": webhook,
                "parameters": order, "units": order.count, "usd": price.0,
            })
        };
        let records = Value::Array(orders.orders.iter().map(record).collect());
        let a_day = rules.limits.pictures.map(|most| i32::try_from(most).unwrap_or(i32::MAX));
        let all_a_day = rules.limits.usd.map(|most| most.0);
        let access = &rules.access;
        let (named, operators, invited) =
            (access.named(), access.operators(), access.by_invitation());
        let earner = rules.prices.map(|prices| prices.earner.word());
        let welcome = rules.prices.map_or(0, |prices| prices.welcome);
        let params: [&(dyn ToSql + Sync); 13] = [
            &gift.sitter.avatar.0,
            &gift.epoch,
            &self.0.settings.instance.0,
            &records,
            &orders.endpoint,
            &a_day,
            &all_a_day,
            &named,
            &operators,
            &invited,
            &PICTURES_HELD,
            &earner,
            &welcome,
        ];
        let rows = after_spending_lock(&self.0.pool, (sql::GIFT_GIVE, &params)).await?;
        Ok(!rows.is_empty())
    }

    async fn later(
        &self,
        avatar: AvatarId,
        wait: Duration,
        most: Duration,
    ) -> Result<bool, StoreError> {
        let (wait, most) = (wait.as_secs_f64(), most.as_secs_f64());
        let params: [&(dyn ToSql + Sync); 3] = [&avatar.0, &wait, &most];
        let row = self.0.pool.query_opt(sql::GIFT_LATER, &params).await?;
        Ok(row.is_some_and(|row| row.get("missed")))
    }
}
