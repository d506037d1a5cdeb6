//! People's credits.

use super::pool::Pool;
use super::{Store, sql};
use actors::avatar::{AvatarId, UserId};
use actors::ports::{Balance, MOVEMENTS_SHOWN, Movement, StoreError, Wallets, Why};
use async_trait::async_trait;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// Most holds that one sweep ends: it is a back-stop, and there should be none.
const EXPIRED: i64 = 500;

#[async_trait]
impl Wallets for Store {
    async fn balance(&self, user: UserId) -> Result<Balance, StoreError> {
        if let Some(balance) = balance(&self.pool, user).await? {
            return Ok(balance);
        }
        let welcome = self.settings.start.prices.map_or(0, |prices| prices.welcome);
        open(&self.pool, user, welcome).await?;
        // None if the person is being forgotten right now: they have nothing.
        Ok(balance(&self.pool, user).await?.unwrap_or_default())
    }

    async fn show_price(
        &self,
        user: UserId,
        avatar: AvatarId,
        credits: i64,
    ) -> Result<(), StoreError> {
        let params: [&(dyn ToSql + Sync); 3] = [&user.0, &avatar.0, &credits];
        self.pool.execute(sql::PRICE_SHOWN, &params).await?;
        Ok(())
    }
}

impl Store {
    /// Gives back what is held for work that is long over or gone. Nothing should be.
    pub(super) async fn expire_holds(&self) -> Result<(), StoreError> {
        let expired = self.pool.execute(sql::HOLDS_EXPIRE, &[&EXPIRED]).await?;
        if expired > 0 {
            slog::error!(self.log, "⚠️ credits were held for work that is over, and are given back; run `aisha credits verify`";
                "holds" => expired);
        }
        Ok(())
    }
}

/// Opens somebody's wallet, with the credits of a welcome if they never had one. False: there is no
/// such person any more.
pub(super) async fn open(pool: &Pool, user: UserId, welcome: i64) -> Result<bool, StoreError> {
    let params: [&(dyn ToSql + Sync); 2] = [&user.0, &welcome];
    Ok(pool.query_opt(sql::WALLET_OPEN, &params).await?.is_some())
}

/// What somebody has; `None` without a wallet.
pub(super) async fn balance(pool: &Pool, user: UserId) -> Result<Option<Balance>, StoreError> {
    let Some(wallet) = pool.query_opt(sql::WALLET_OF_USER, &[&user.0]).await? else {
        return Ok(None);
    };
    let id: i64 = wallet.get("id");
    let params: [&(dyn ToSql + Sync); 2] = [&id, &MOVEMENTS_SHOWN];
    let moved = pool.query(sql::WALLET_MOVEMENTS, &params).await?;
    Ok(Some(Balance {
        posted: wallet.get("posted"),
        held: wallet.get("held"),
        owed: wallet.get("owed"),
        movements: moved.iter().map(movement).collect(),
    }))
}

fn movement(row: &Row) -> Movement {
    Movement {
        at: row.get("at"),
        why: Why::of_words(row.get("kind"), row.get("about")),
        credits: row.get("amount"),
    }
}
