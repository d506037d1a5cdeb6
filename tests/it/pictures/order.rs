//! An order as it is pressed, written into its row, and what became of it.

use crate::world::{World, trains};
use serde_json::{Value, json};
use standins::fal::{Job, Ledger};
use standins::telegram::Person;
use std::sync::atomic::{AtomicU32, Ordering};
use uuid::Uuid;

/// What the story of a job says when a lost submit is found.
pub(super) const FALS_HISTORY: &str = "FAL's history has it";

/// Numbers for people and seeds.
static NEXT: AtomicU32 = AtomicU32::new(1);

/// An avatar that is ready for pictures.
pub(super) struct Avatar {
    pub(super) id: Uuid,
    user: Uuid,
    /// Its owner.
    pub(super) person: Person,
    pub(super) trigger: String,
    pub(super) sha256: String,
}

/// One order.
pub(super) struct Order {
    pub(super) id: String,
    seed: Value,
}

/// A picture that we hold.
pub(super) struct Image {
    pub(super) key: String,
    pub(super) sha256: String,
    pub(super) thumbnail: String,
}

impl Avatar {
    /// A person trains one, and agrees to pictures of it.
    pub(super) async fn trained(world: &World, name: &str) -> Self {
        let number = i64::from(NEXT.fetch_add(1, Ordering::Relaxed));
        let person = world.telegram.person(3000 + number, name, "en");
        trains(&person, name).await;
        person.sees_text("is ready").await;
        let row = world
            .row(
                "UPDATE avatars a SET consent_version = 1, consent_at = now()
                 FROM users u WHERE u.id = a.user_id AND u.telegram_id = $1
                 RETURNING a.id, a.user_id, a.trigger_phrase, a.lora_sha256",
                &[&(3000 + number)],
            )
            .await;
        Self { id: row.get(0), user: row.get(1), trigger: row.get(2), sha256: row.get(3), person }
    }

    /// Orders pictures; the given parameters replace the usual ones.
    pub(super) async fn orders(&self, world: &World, parameters: Value) -> Order {
        let mut order = json!({
            "prompt": format!("a portrait of {}, studio light", self.trigger),
            "shape": "3:4", "count": 1, "seed": NEXT.fetch_add(1, Ordering::Relaxed), "scale": 1.0,
        });
        let usual = order.as_object_mut().unwrap();
        usual.extend(parameters.as_object().unwrap().clone());
        let seed = order["seed"].clone();
        let nonce = Uuid::new_v4();
        let webhook = format!("http://127.0.0.1:{}/webhooks/fal?nonce={nonce}", world.public);
        let row = world
            .row(
                "INSERT INTO jobs (kind, user_id, avatar_id, status, fal_endpoint, parameters, nonce,
                                   webhook_url, started_at)
                 VALUES ('generation', $1, $2, 'running', 'fal-ai/flux-lora', $3, $4, $5, now())
                 RETURNING id",
                &[&self.user, &self.id, &order, &nonce, &webhook],
            )
            .await;
        Order { id: row.get::<_, Uuid>(0).to_string(), seed }
    }
}

impl Order {
    /// One that a person started.
    pub(super) fn of(id: Uuid, seed: Value) -> Self {
        Self { id: id.to_string(), seed }
    }

    pub(super) async fn ends_as(&self, world: &World, status: &str) {
        let what = format!("the order ends as {status}");
        let ended = format!("SELECT status = '{status}' FROM jobs WHERE id = '{}'", self.id);
        world.until(&what, &ended).await;
    }

    /// Backdates a submit of unknown fate.
    pub(super) async fn ages(&self, world: &World, interval: &str) {
        let aged = format!(
            "UPDATE jobs SET submit_sent_at = now() - interval '{interval}',
                 started_at = now() - interval '{interval}'
             WHERE id = '{}' AND submit_sent_at IS NOT NULL AND fal_request_id IS NULL",
            self.id
        );
        world.rows.batch_execute(&aged).await.unwrap();
    }

    pub(super) async fn images(&self, world: &World) -> Vec<Image> {
        let images = format!(
            "SELECT object_key, sha256, thumbnail_key FROM images WHERE job_id = '{}' ORDER BY position",
            self.id
        );
        let rows = world.rows.query(&images, &[]).await.unwrap();
        let image = |row: &tokio_postgres::Row| Image {
            key: row.get(0),
            sha256: row.get(1),
            thumbnail: row.get(2),
        };
        rows.iter().map(image).collect()
    }

    /// The kinds of the notices about it.
    pub(super) async fn told(&self, world: &World) -> Vec<String> {
        let told = format!("SELECT kind FROM outbox WHERE job_id = '{}' ORDER BY id", self.id);
        let rows = world.rows.query(&told, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// FAL's jobs with this order's seed.
    pub(super) fn bought<'a>(&self, ledger: &'a Ledger) -> Vec<&'a Job> {
        ledger.jobs.iter().filter(|job| job.input["seed"] == self.seed).collect()
    }
}
