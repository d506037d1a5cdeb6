//! People with an avatar each, and the drafts of their orders.

use crate::world::World;
use serde_json::json;
use standins::telegram::Person;

/// What FAL is asked to do.
const ENDPOINT: &str = "fal-ai/flux-lora";

/// Somebody in front of a button that starts an order.
pub(crate) struct Waiting {
    pub(crate) person: Person,
    message: i64,
    data: String,
}

impl Waiting {
    pub(crate) fn presses(&self) {
        self.person.presses_on(self.message, &self.data);
    }
}

/// The people of a measurement, by their numbers at Telegram.
#[derive(Clone, Copy)]
pub(crate) struct People {
    pub(crate) first: i64,
    pub(crate) count: i64,
}

impl People {
    /// They come, each with a finished avatar whose weights FAL has.
    pub(crate) async fn come(self, world: &World) -> anyhow::Result<()> {
        let Self { first, count } = self;
        for id in first..first + count {
            drop(world.telegram.friend(id, "Anna", "en"));
        }
        let insert = format!(
            "WITH person AS (
                INSERT INTO users (telegram_id, language)
                SELECT n, 'en' FROM generate_series({first}::bigint, {first} + {count} - 1) AS n
                RETURNING id
            ), avatar AS (
                INSERT INTO avatars (user_id, name, status, attempt, training_type, fal_endpoint,
                    trigger_phrase, gender, training_completed_at, lora_object_key, lora_sha256,
                    consent_version, consent_at)
                SELECT id, 'Anna', 'completed', 1, 'portrait', 'fal-ai/flux-lora-portrait-trainer',
                       'TOKbench', 'woman', now(), 'loras/bench', 'bench', 1, now()
                FROM person RETURNING id
            )
            INSERT INTO fal_weights (avatar_id, sha256, url, expires_at)
            SELECT id, 'bench', '{}', now() + interval '30 days' FROM avatar",
            world.weights
        );
        Ok(world.rows().batch_execute(&insert).await?)
    }

    /// Each of them has an order of so many pictures in front of them, not started yet.
    pub(crate) async fn draft(
        self,
        world: &World,
        pictures: u8,
        portrait: bool,
    ) -> anyhow::Result<Vec<Waiting>> {
        let statement = self.orders(pictures, portrait, "'draft', fresh.nonce, NULL, NULL");
        let mut waiting = Vec::new();
        for row in world.rows().query(&statement, &[]).await? {
            let (id, data) = (row.get(0), format!("gen_start:{}", row.get::<_, String>(1)));
            let person = world.telegram.friend(id, "Anna", "en");
            let message = person.was_told("Ready to be made");
            waiting.push(Waiting { person, message, data });
        }
        Ok(waiting)
    }

    /// Each of them has started an order, whose process ended at once.
    pub(crate) async fn begin(self, world: &World, webhook: &str) -> anyhow::Result<()> {
        let values = format!("'running', fresh.nonce, '{webhook}?nonce=' || fresh.nonce, now()");
        world.rows().query(&self.orders(1, false, &values), &[]).await?;
        Ok(())
    }

    /// Inserts an order of each, and returns their numbers and those of the orders.
    fn orders(self, pictures: u8, portrait: bool, values: &str) -> String {
        let Self { first, count } = self;
        let order = json!({
            "prompt": "a portrait of TOKbench, studio light", "shape": "1:1", "count": pictures,
            "scale": 1.0, "portrait": portrait,
        });
        format!(
            "WITH ordered AS (
                INSERT INTO jobs (kind, user_id, avatar_id, fal_endpoint, parameters,
                                  status, nonce, webhook_url, started_at)
                SELECT 'generation', u.id, a.id, '{ENDPOINT}',
                       '{order}'::jsonb || jsonb_build_object('seed', u.telegram_id), {values}
                FROM users u JOIN avatars a ON a.user_id = u.id,
                     LATERAL (SELECT gen_random_uuid() AS nonce WHERE u.id IS NOT NULL) AS fresh
                WHERE u.telegram_id BETWEEN {first} AND {first} + {count} - 1
                RETURNING id, user_id
            )
            SELECT u.telegram_id, ordered.id::text FROM ordered JOIN users u ON u.id = user_id
            ORDER BY 1"
        )
    }
}
