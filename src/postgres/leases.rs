//! Leases and the heartbeat.

use super::{Store, sql};
use actors::avatar::Shard;
use actors::ports::{Held, LeaseNews, Leases, Resource, StoreError};
use actors::process::Roles;
use async_trait::async_trait;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// Number of shards; fixed by the schema.
const SHARDS: usize = 256;

#[async_trait]
impl Leases for Store {
    async fn join(&self) -> Result<(), StoreError> {
        let (roles, version) = (words(self.settings.roles), env!("CARGO_PKG_VERSION"));
        let params: [&(dyn ToSql + Sync); 3] = [&self.settings.instance.0, &roles, &version];
        self.pool.execute(sql::INSTANCE_JOIN, &params).await?;
        Ok(())
    }

    async fn renew(&self) -> Result<LeaseNews, StoreError> {
        let seconds = self.settings.lease.as_secs_f64();
        let params: [&(dyn ToSql + Sync); 2] = [&self.settings.instance.0, &seconds];
        let rows = self.pool.query(sql::LEASES_RENEW, &params).await?;
        let watchers: i64 = rows.first().map_or(1, |row| row.get("watchers"));
        let sender_elsewhere = rows.first().is_some_and(|row| row.get("sender_elsewhere"));
        let mut held: Vec<Held> = rows.iter().filter_map(lease).collect();
        let fair_share = if self.settings.roles.trainer {
            SHARDS.div_ceil(usize::try_from(watchers.max(1)).unwrap_or(1))
        } else {
            0
        };
        // Updates first: their holder should also get the notices if it can.
        for (resource, wanted) in [
            (Resource::Updates, self.settings.roles.bot),
            (Resource::Send, self.settings.roles.trainer),
        ] {
            if wanted && !held.iter().any(|held| held.resource == resource) {
                held.extend(self.claim(&[&word(resource)], 0).await?);
            }
        }
        let shards = held.iter().filter(|held| matches!(held.resource, Resource::Shard(_))).count();
        if shards < fair_share {
            let missing = i64::try_from(fair_share - shards).unwrap_or(i64::MAX);
            held.extend(self.claim(&[], missing).await?);
        }
        Ok(LeaseNews { held, fair_share, sender_elsewhere })
    }

    async fn release(&self, resources: &[Resource]) -> Result<(), StoreError> {
        let names: Vec<String> = resources.iter().map(|resource| word(*resource)).collect();
        let params: [&(dyn ToSql + Sync); 2] = [&self.settings.instance.0, &names];
        self.pool.execute(sql::LEASES_RELEASE, &params).await?;
        Ok(())
    }

    async fn leave(&self) -> Result<(), StoreError> {
        self.pool.execute(sql::INSTANCE_LEAVE, &[&self.settings.instance.0]).await?;
        Ok(())
    }
}

impl Store {
    async fn claim(&self, singles: &[&str], shards: i64) -> Result<Vec<Held>, StoreError> {
        let seconds = self.settings.lease.as_secs_f64();
        let params: [&(dyn ToSql + Sync); 4] =
            [&self.settings.instance.0, &seconds, &singles, &shards];
        let rows = self.pool.query(sql::LEASES_CLAIM, &params).await?;
        Ok(rows.iter().filter_map(lease).collect())
    }
}

/// `instances.roles`, as given to `--roles`.
fn words(roles: Roles) -> String {
    [("api", roles.api), ("bot", roles.bot), ("trainer", roles.trainer)]
        .into_iter()
        .filter_map(|(word, has)| has.then_some(word))
        .collect::<Vec<_>>()
        .join(",")
}

fn lease(row: &Row) -> Option<Held> {
    let (name, epoch): (Option<String>, Option<i64>) = (row.get("resource"), row.get("epoch"));
    let name = name?;
    let resource = match name.as_str() {
        "telegram/updates" => Resource::Updates,
        "telegram/send" => Resource::Send,
        _ => Resource::Shard(Shard(name.strip_prefix("shard/")?.parse().ok()?)),
    };
    Some(Held { resource, epoch: epoch? })
}

fn word(resource: Resource) -> String {
    match resource {
        Resource::Shard(shard) => format!("shard/{}", shard.0),
        Resource::Updates => "telegram/updates".to_owned(),
        Resource::Send => "telegram/send".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_named_as_in_the_table() {
        assert_eq!(word(Resource::Shard(Shard(255))), "shard/255");
    }
}
