//! Many orders at once, and several instances that make them.

use super::order::{Avatar, Order};
use crate::world::{EVERYTHING, World};
use futures_util::future::join_all;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

/// So many orders of one avatar.
async fn ordered(world: &World, avatar: &Avatar, count: usize) -> Vec<Order> {
    let mut orders = Vec::new();
    for _ in 0..count {
        orders.push(avatar.orders(world, json!({})).await);
    }
    orders
}

/// Each ended with its picture, bought once and told once.
async fn all_are_whole(world: &World, orders: &[Order]) {
    let over = "SELECT NOT EXISTS (SELECT FROM jobs WHERE status <> 'completed')";
    world.until("all are completed", over).await;
    let ledger = world.fal.ledger();
    for order in orders {
        assert_eq!(order.bought(&ledger).len(), 1, "{}", order.id);
        assert_eq!(order.images(world).await.len(), 1, "{}", order.id);
        assert_eq!(order.told(world).await, ["pictures"], "{}", order.id);
    }
}

#[tokio::test]
async fn the_orders_of_a_dead_instance_are_finished_by_another() {
    let world = World::of_several().await;
    let first = world.joins("first", EVERYTHING).await;
    let anna = Avatar::trained(&world, "Anna").await;
    let second = world.joins_where_fal_calls("second", EVERYTHING).await;
    world.until_shared(&[(&first, 128), (&second, 128)]).await;
    world.fal.set(|settings| settings.generation = Duration::from_secs(4));
    let orders = ordered(&world, &anna, 20).await;
    let under_way = "SELECT bool_and(fal_request_id IS NOT NULL) FROM jobs";
    world.until("FAL has them, and both instances know it", under_way).await;
    first.service.dies().await;
    world.until_shared(&[(&second, 256)]).await;
    all_are_whole(&world, &orders).await;
    world.nobody_intruded().await;
    world.close_with(second).await;
}

#[tokio::test]
async fn sixty_orders_at_once_all_end() {
    // A lease that outlasts a busy machine: whoever loses it between intent and submit must wait.
    let world = World::new().await.with("LEASE_SECONDS", "60");
    let service = world.serve().await;
    // Of six people: a chat takes one message a second.
    let names: Vec<String> = (0..6).map(|n| format!("Person {n}")).collect();
    let avatars = join_all(names.iter().map(|name| Avatar::trained(&world, name))).await;
    let mut orders = Vec::new();
    for avatar in &avatars {
        orders.extend(ordered(&world, avatar, 10).await);
    }
    all_are_whole(&world, &orders).await;
    let ledger = world.fal.ledger();
    let addresses: BTreeSet<_> =
        ledger.jobs.iter().filter_map(|job| job.input["loras"][0]["path"].as_str()).collect();
    assert_eq!(addresses.len(), 6, "each avatar's weights are uploaded once: {addresses:?}");
    world.close(service).await;
}
