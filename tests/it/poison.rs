//! Unreadable rows beside good ones.

use crate::world::{Crowd, EVERYTHING, World};
use standins::fal::Webhooks;
use std::time::Duration;

/// An unreadable row: PostgreSQL has an infinite time, we do not.
const POISON: &str = "
    INSERT INTO avatars (user_id, status, attempt, fal_request_id, training_started_at)
    SELECT id, 'training', 1, 'of-the-poison', 'infinity' FROM users LIMIT 1";

/// Repairs the row: started long ago, so that it is given up at its first check.
const MENDED: &str = "
    UPDATE avatars SET training_started_at = now() - interval '3 days'
    WHERE fal_request_id = 'of-the-poison'";

/// JSON that PostgreSQL stores but that is nested too deep for us.
const DEEP: &str = "
    INSERT INTO webhook_inbox (request_id, body, headers, body_sha256)
    SELECT fal_request_id, (repeat('[', 400) || repeat(']', 400))::jsonb, '{}', '\\x00'
    FROM avatars WHERE status = 'training' AND fal_request_id <> 'of-the-poison'
    ORDER BY id LIMIT 1";

#[tokio::test]
async fn a_row_that_nobody_can_read_stops_no_other_training_from_being_recovered() {
    let world = World::of_several().await;
    world.fal.set(|settings| {
        settings.training = Duration::from_secs(3);
        settings.webhooks = Webhooks::Lost;
    });
    let service = world.joins_where_fal_calls("first", EVERYTHING).await;
    let crowd = Crowd::gathers(&world, 4).await;
    crowd.starts().await;
    let saved = "SELECT bool_and(fal_request_id IS NOT NULL) FROM avatars";
    world.until("FAL's ids are saved", saved).await;
    service.service.dies().await;
    for statement in [POISON, DEEP] {
        assert_eq!(world.rows.execute(statement, &[]).await.unwrap(), 1);
    }

    let service = world.joins_where_fal_calls("second", EVERYTHING).await;
    crowd.all_hear_once().await;
    service.service.says("cannot be understood").await;
    assert_eq!(service.restarts().await, 0, "{}", service.service.log());
    let untouched =
        "SELECT status = 'training' FROM avatars WHERE fal_request_id = 'of-the-poison'";
    assert!(world.row(untouched, &[]).await.get::<_, bool>(0), "nobody guessed its end");

    assert_eq!(world.rows.execute(MENDED, &[]).await.unwrap(), 1);
    let ended = "SELECT status = 'error' FROM avatars WHERE fal_request_id = 'of-the-poison'";
    world.until("the mended row is watched and given up", ended).await;
    world.rows.execute("DELETE FROM webhook_inbox WHERE body_sha256 = '\\x00'", &[]).await.unwrap();
    world.close_with_but_for(service, &["cannot be"]).await;
}
