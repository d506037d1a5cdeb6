//! What people sent, and the state of their conversations.

use super::{Store, sql};
use actors::avatar::UserId;
use actors::language::Language;
use actors::ports::{
    Begun, ChatKey, FEW_UNHANDLED, Person, Received, StoreError, UNHANDLED_PAGE, Unhandled,
    UpdateId, UpdateInbox, Who,
};
use async_trait::async_trait;
use serde_json::Value;
use std::collections::HashSet;
use std::time::Duration;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// How long a handled update is kept: as long as FAL's webhooks. Telegram repeats none after a day.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// Most of them deleted by one sweep: with one sweep a minute, more than Telegram's thirty a
/// second.
const FORGOTTEN: i64 = 2000;

/// Updates per person in a page of the scan.
#[expect(clippy::cast_possible_wrap, reason = "a small constant")]
const FEW: i64 = FEW_UNHANDLED as i64;

/// People per page of the scan.
#[expect(clippy::cast_possible_wrap, reason = "a small constant")]
const PEOPLE: i64 = UNHANDLED_PAGE as i64 / FEW;

/// Payments at the start of a page of the scan.
const PAYMENTS: i64 = 64;

impl Store {
    fn received(&self, row: &Row) -> Received {
        let body: Value = row.get("body");
        let incoming = (self.settings.understand)(&body);
        Received { id: UpdateId(row.get("update_id")), body, incoming }
    }
}

#[async_trait]
impl UpdateInbox for Store {
    async fn store(&self, batch: &[Received]) -> Result<Vec<UpdateId>, StoreError> {
        let ids: Vec<i64> = batch.iter().map(|received| received.id.0).collect();
        let bodies: Vec<&Value> = batch.iter().map(|received| &received.body).collect();
        let understood: Vec<bool> =
            batch.iter().map(|received| received.incoming.is_some()).collect();
        let params: [&(dyn ToSql + Sync); 3] = [&ids, &bodies, &understood];
        let rows = self.pool.query(sql::UPDATES_STORE, &params).await?;
        Ok(rows.iter().map(|row| UpdateId(row.get("update_id"))).collect())
    }

    async fn unhandled(&self, after: &str) -> Result<Unhandled, StoreError> {
        let params: [&(dyn ToSql + Sync); 4] = [&after, &PEOPLE, &FEW, &PAYMENTS];
        let rows = self.pool.query(sql::UPDATES_UNHANDLED, &params).await?;
        // Every row tells of whom it is, and the last one where the page ends.
        let people: HashSet<&str> = rows.iter().filter_map(|row| row.get("person")).collect();
        let full = i64::try_from(people.len()).is_ok_and(|people| people >= PEOPLE);
        let next = rows.iter().filter_map(|row| row.get("person")).next_back().filter(|_| full);
        let next = next.map(str::to_owned);
        Ok(Unhandled { received: rows.iter().map(|row| self.received(row)).collect(), next })
    }

    async fn unhandled_of(&self, people: &[(i64, usize)]) -> Result<Vec<Received>, StoreError> {
        let whose: Vec<String> = people.iter().map(|(person, _)| person.to_string()).collect();
        let most = |(_, most): &(i64, usize)| i64::try_from(*most).unwrap_or(i64::MAX);
        let most: Vec<i64> = people.iter().map(most).collect();
        let params: [&(dyn ToSql + Sync); 2] = [&whose, &most];
        let rows = self.pool.query(sql::UPDATES_UNHANDLED_OF, &params).await?;
        Ok(rows.iter().map(|row| self.received(row)).collect())
    }

    async fn attempt(&self, id: UpdateId) -> Result<Option<i32>, StoreError> {
        let row = self.pool.query_opt(sql::UPDATE_ATTEMPT, &[&id.0]).await?;
        Ok(row.map(|row| row.get("tries")))
    }

    async fn begin(&self, id: UpdateId, who: &Who) -> Result<Option<Begun>, StoreError> {
        let params: [&(dyn ToSql + Sync); 6] = [
            &id.0,
            &who.telegram_id,
            &who.username,
            &who.first_name,
            &who.language_code,
            &who.chat.0,
        ];
        let Some(row) = self.pool.query_opt(sql::UPDATE_BEGIN, &params).await? else {
            return Ok(None);
        };
        let (chosen, code): (Option<String>, Option<String>) =
            (row.get("language"), row.get("language_code"));
        let language = Language::of(chosen.as_deref(), code.as_deref());
        Ok(Some(Begun {
            tries: row.get("tries"),
            person: Person {
                user: UserId(row.get("id")),
                language,
                admitted: self.settings.start.access.admits(who.telegram_id, row.get("invited")),
            },
            dialogue: row.get("state"),
        }))
    }

    async fn membership(&self, id: UpdateId, person: i64, blocked: bool) -> Result<(), StoreError> {
        let params: [&(dyn ToSql + Sync); 3] = [&id.0, &person, &blocked];
        self.pool.execute(sql::UPDATE_MEMBERSHIP, &params).await?;
        Ok(())
    }

    async fn skip(&self, ids: &[UpdateId]) -> Result<(), StoreError> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        self.pool.execute(sql::UPDATES_SKIP, &[&ids]).await?;
        Ok(())
    }

    async fn handled(
        &self,
        id: UpdateId,
        state: Option<(ChatKey, Value)>,
        outcome: &str,
    ) -> Result<(), StoreError> {
        let (key, dialogue) = state.unzip();
        let (chat, person) = key.map_or((0, 0), |key| (key.chat, key.person));
        let params: [&(dyn ToSql + Sync); 5] = [&id.0, &outcome, &chat, &person, &dialogue];
        self.pool.execute(sql::UPDATE_HANDLED, &params).await?;
        Ok(())
    }

    async fn forget_old(&self) -> Result<u64, StoreError> {
        self.forget_spendings().await?;
        self.expire_holds().await?;
        self.forget_orders().await?;
        self.pool.execute(sql::UPDATES_FORGET, &[&KEPT.as_secs_f64(), &FORGOTTEN]).await
    }
}
