//! The books of an instance: its statements, run without its actors.

use crate::postgres::{client, database};
use actors::access::{Access, Entry};
use actors::avatar::{AvatarId, InstanceId, UserId};
use actors::credits::{Earner, Prices};
use actors::ports::{Avatars, Kind, OrderStart, Orders, PictureOrder, Plan, Shape, Start, Wallets};
use actors::process::Roles;
use actors::spending::{SpendingLimits, Usd};
use aisha::postgres::credits::{self, CounterExample};
use aisha::postgres::{GenerationRows, Pool, QUERIES, StartRules, Store, StoreSettings, connect};
use serde_json::{Value, json};
use slog::{Discard, Logger, o};
use std::time::Duration;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Statement};
use uuid::Uuid;

pub(super) const PRICES: Prices =
    Prices { training: 300, picture: 5, audio_minute: 1, welcome: 40, earner: Earner::Income };

/// Who pays nothing.
pub(super) const OPERATOR: i64 = 9;

/// Two instances on one database, which holds all leases.
pub(super) struct Books {
    pub(super) pool: Pool,
    pub(super) rows: Client,
    stores: [Store; 2],
    owner: Uuid,
    settle: Statement,
    settle_order: Statement,
}

/// The end of a training, as a source may propose it.
pub(super) enum End {
    Completed,
    Provisional,
    Failed(&'static str),
}

fn statement(name: &str) -> &'static str {
    QUERIES.iter().find(|query| query.name == name).unwrap().text
}

pub(super) fn rules() -> StartRules {
    StartRules {
        min_photos: 0,
        access: Access::new(Entry::Open, &[], &[OPERATOR]),
        limits: SpendingLimits::default(),
        prices: Some(PRICES),
    }
}

pub(super) fn plan() -> Plan {
    Plan {
        endpoint: "fal-ai/flux-lora-portrait-trainer".to_owned(),
        trigger: "TOK".to_owned(),
        steps: 1000,
        learning_rate: None,
        webhook: None,
    }
}

impl Books {
    pub(super) async fn open() -> Self {
        let (config, _) = database().await;
        let rows = client(&config).await;
        let owner = Uuid::new_v4();
        let held =
            "UPDATE leases SET owner = $1, epoch = 1, lease_until = now() + interval '1 day'";
        rows.execute(held, &[&owner]).await.unwrap();
        let pool = connect(config.clone(), 10).unwrap();
        let stores = [(); 2].map(|()| {
            let settings = StoreSettings {
                instance: InstanceId(owner),
                roles: Roles { api: true, bot: true, trainer: true },
                lease: Duration::from_hours(24),
                timeout: Duration::from_hours(24),
                start: rules(),
                max_photos: 20,
                understand: aisha::telegram::understand,
                kinds: vec![Kind::TRAINING, Kind::GENERATION],
                unnamed_trainers: aisha::fal::Catalogue::shipped().unwrap().unnamed(),
                gift: 0,
                variations: Vec::new(),
            };
            let pool = connect(config.clone(), 10).unwrap();
            Store::new(pool, settings, Logger::root(Discard, o!()))
        });
        let settle = rows.prepare(statement("settle")).await.unwrap();
        let settle_order = rows.prepare(statement("generation_settle")).await.unwrap();
        Self { pool, rows, stores, owner, settle, settle_order }
    }

    pub(super) fn store(&self, n: usize) -> &Store {
        &self.stores[n % 2]
    }

    fn orders(&self) -> GenerationRows {
        GenerationRows(self.stores[1].clone())
    }

    /// A person with an avatar that pictures can be made with.
    pub(super) async fn person(&self, telegram_id: i64) -> (UserId, AvatarId) {
        let known = "INSERT INTO users (telegram_id) VALUES ($1) RETURNING id";
        let user: Uuid = self.rows.query_one(known, &[&telegram_id]).await.unwrap().get(0);
        let sitter = "INSERT INTO avatars (user_id, status, training_type, lora_object_key)
            VALUES ($1, 'completed', 'style', 'loras/x') RETURNING id";
        let sitter: Uuid = self.rows.query_one(sitter, &[&user]).await.unwrap().get(0);
        (UserId(user), AvatarId(sitter))
    }

    pub(super) async fn avatar(&self, user: UserId) -> AvatarId {
        let begun = "INSERT INTO avatars (user_id, status) VALUES ($1, 'ready') RETURNING id";
        AvatarId(self.rows.query_one(begun, &[&user.0]).await.unwrap().get(0))
    }

    /// The summary is shown, and its button is pressed.
    pub(super) async fn train(&self, user: UserId, avatar: AvatarId) -> Start {
        self.stores[0].show_price(user, avatar, PRICES.training).await.unwrap();
        self.stores[0].start(user, avatar, &plan(), Usd(0), None).await.unwrap()
    }

    /// The card is shown, and its button is pressed.
    pub(super) async fn order(
        &self,
        user: UserId,
        sitter: AvatarId,
        count: u8,
        portrait: bool,
    ) -> (Uuid, OrderStart) {
        let order = PictureOrder {
            style: None,
            words: None,
            prompt: "a picture".to_owned(),
            shape: Shape::Square,
            count,
            seed: 7,
            scale: 1.0,
            guidance: None,
            portrait,
            english: None,
            source: None,
        };
        let orders = self.orders();
        let id = orders.draft(user, sitter, "fal-ai/flux-lora", &order).await.unwrap().unwrap();
        (id, orders.start_order(user, id, None, Usd(0), None).await.unwrap())
    }

    pub(super) async fn cancel_order(&self, user: UserId, order: Uuid) {
        self.orders().cancel_order(user, order).await.unwrap();
    }

    /// Whether this end became the fact.
    pub(super) async fn ends(&self, avatar: AvatarId, attempt: i32, end: &End) -> bool {
        let (status, error, source, provisional) = match end {
            End::Completed => ("completed", None, "webhook", false),
            End::Provisional => ("completed", None, "fallback:placeholder", true),
            End::Failed(error) => ("error", Some(*error), "webhook", false),
        };
        let end = json!({
            "status": status, "error": error, "key": "loras/x", "sha256": "x", "byte_size": 1,
            "withdraw": false, "only_placeholder": provisional,
            "notice": if status == "completed" { "ready" } else { "failed" },
        });
        let params: [&(dyn ToSql + Sync); 6] =
            [&avatar.0, &attempt, &1_i64, &self.owner, &source, &end];
        !self.rows.query(&self.settle, &params).await.unwrap().is_empty()
    }

    /// Whether this end became the fact; of an order, with the faces in each of its pictures.
    pub(super) async fn order_ends(&self, order: Uuid, end: Result<&[i32], &str>) -> bool {
        let file = |faces: &i32| {
            json!({
                "key": Uuid::new_v4().to_string(), "sha256": "x", "byte_size": 1,
                "details": { "width": 1, "height": 1, "content_type": "image/jpeg", "faces": faces },
            })
        };
        let files: Vec<Value> = end.unwrap_or_default().iter().map(file).collect();
        let (status, error) =
            end.map_or_else(|error| ("error", Some(error)), |_| ("completed", None));
        let end = json!({
            "status": status, "error": error, "artifacts": files, "withdraw": false,
            "notice": "pictures_failed",
        });
        let params: [&(dyn ToSql + Sync); 5] = [&order, &1_i64, &self.owner, &"webhook", &end];
        !self.rows.query(&self.settle_order, &params).await.unwrap().is_empty()
    }

    pub(super) async fn differences(&self) -> Vec<CounterExample> {
        credits::verify(&self.pool).await.unwrap()
    }

    /// What somebody has, and what of it is held.
    pub(super) async fn wallet(&self, user: UserId) -> Option<(i64, i64)> {
        let wallet = "SELECT posted, held FROM accounts WHERE user_id = $1";
        let row = self.rows.query_opt(wallet, &[&user.0]).await.unwrap();
        row.map(|row| (row.get(0), row.get(1)))
    }
}
