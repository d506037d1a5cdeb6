//! The statements of a renewal, as an actor repeats them and as late news meets them.

use crate::world::World;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

const RENEW: &str = include_str!("../../../sql/queries/generation_renew.sql");
const ACCEPT: &str = include_str!("../../../sql/queries/job_accepted.sql");

/// Times that an order may be renewed.
const MOST: i32 = 2;

/// An order that FAL has, under the lease of nobody who runs.
struct Order {
    id: Uuid,
    owner: Uuid,
}

impl Order {
    async fn at_fal(world: &World) -> Self {
        let owner = Uuid::new_v4();
        world.rows.execute("UPDATE leases SET owner = $1, epoch = 1", &[&owner]).await.unwrap();
        let ordered = "WITH anna AS (INSERT INTO users (telegram_id) VALUES (7) RETURNING id)
            INSERT INTO jobs (kind, user_id, status, fal_endpoint, fal_request_id, submit_sent_at,
                              started_at, parameters, webhook_url, nonce)
            SELECT 'generation', anna.id, 'running', 'fal-ai/flux-lora', 'first', now(), now(),
                   '{\"seed\": -1, \"count\": 1}', 'https://aisha.example/?nonce=' || n, n
            FROM anna, gen_random_uuid() AS n RETURNING id";
        Self { id: world.row(ordered, &[]).await.get(0), owner }
    }

    async fn is_renewed(&self, world: &World) -> bool {
        let params: [&(dyn ToSql + Sync); 6] =
            [&self.id, &1_i64, &self.owner, &MOST, &"status-checker", &"not found"];
        world.rows.query_opt(RENEW, &params).await.unwrap().is_some()
    }

    /// Whether FAL's name of it is saved.
    async fn learns(&self, world: &World, name: &str) -> bool {
        let (detail, none) = (serde_json::json!({}), Vec::<String>::new());
        let params: [&(dyn ToSql + Sync); 8] = [
            &self.id,
            &1_i64,
            &self.owner,
            &"status-checker",
            &"submit_accepted",
            &detail,
            &name,
            &none,
        ];
        world.rows.query_opt(ACCEPT, &params).await.unwrap().is_some()
    }

    async fn says(&self, world: &World, what: &str) -> bool {
        world.row(&format!("SELECT {what} FROM jobs WHERE id = $1"), &[&self.id]).await.get(0)
    }
}

#[tokio::test]
async fn a_renewal_whose_answer_was_lost_is_repeated_without_a_second_one() {
    let world = World::new().await;
    let order = Order::at_fal(&world).await;
    for _ in 0..3 {
        assert!(order.is_renewed(&world).await);
    }
    let once = "renewals = 1 AND former_requests = '{first}' AND status = 'running'
        AND fal_request_id IS NULL AND submit_sent_at IS NULL
        AND webhook_url = 'https://aisha.example/?nonce=' || nonce";
    assert!(order.says(&world, once).await);
    let apart = "(parameters ->> 'seed')::bigint >= 0";
    assert!(order.says(&world, apart).await, "FAL's history tells its submits apart by the seed");
    assert!(order.learns(&world, "second").await);
    assert!(order.is_renewed(&world).await);
    assert!(order.learns(&world, "third").await);
    assert!(!order.is_renewed(&world).await, "the third failure is the end");
    assert!(order.says(&world, "former_requests = '{first,second}'").await);
}

#[tokio::test]
async fn a_name_from_before_a_renewal_is_never_learnt_again() {
    let world = World::new().await;
    let order = Order::at_fal(&world).await;
    assert!(order.is_renewed(&world).await);
    assert!(!order.learns(&world, "first").await, "its submit is over");
    assert!(order.says(&world, "fal_request_id IS NULL").await);
    assert!(order.learns(&world, "second").await);
    assert!(!order.learns(&world, "first").await);
    assert!(order.says(&world, "fal_request_id = 'second'").await);
}

#[tokio::test]
async fn a_second_job_that_called_before_the_renewal_is_cancelled() {
    let world = World::new().await;
    let order = Order::at_fal(&world).await;
    let called = "INSERT INTO webhook_inbox (request_id, nonce, body)
        SELECT name, nonce, '{}' FROM jobs, unnest(ARRAY['first', 'double']) AS name";
    world.rows.batch_execute(called).await.unwrap();
    assert!(order.is_renewed(&world).await);
    let cancels = "SELECT array_agg(request_id) = '{double}' FROM fal_chores WHERE kind = 'cancel'";
    assert!(world.row(cancels, &[]).await.get::<_, bool>(0));
    let heard = "SELECT bool_and(outcome = 'renewed') FROM webhook_inbox";
    assert!(world.row(heard, &[]).await.get::<_, bool>(0));
}
