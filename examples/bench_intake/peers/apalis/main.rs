//! Webhooks into apalis-postgres behind axum: one durable task each, with its idempotency key
//! against repeated calls. Its push_all takes many at once, but nothing collects the calls of a web
//! server.

use apalis_core::backend::TaskSink;
use apalis_core::task::builder::TaskBuilder;
use apalis_postgres::PostgresStorage;
use axum::{Router, body::Bytes, http::StatusCode, routing::post};
use serde_json::Value;
use sqlx::postgres::PgPoolOptions;

#[tokio::main(worker_threads = 2)]
async fn main() {
    let url = std::env::var("PEER_URL").unwrap();
    let pool = PgPoolOptions::new().max_connections(32).connect(&url).await.unwrap();
    PostgresStorage::setup(&pool).await.unwrap();
    let storage: PostgresStorage<Value> = PostgresStorage::new(&pool);
    let receive = move |body: Bytes| {
        let mut storage = storage.clone();
        async move {
            let Ok(body) = serde_json::from_slice::<Value>(&body) else { return StatusCode::BAD_REQUEST };
            let key = body["request_id"].as_str().unwrap_or_default().to_owned();
            let task = TaskBuilder::new(body).idempotency_key(key).build();
            match storage.push_task(task).await {
                Ok(()) => StatusCode::OK,
                Err(error) => {
                    eprintln!("{error:?}");
                    StatusCode::INTERNAL_SERVER_ERROR
                }
            }
        }
    };
    let app = Router::new().route("/webhooks/fal", post(receive));
    let address = format!("127.0.0.1:{}", std::env::var("PEER_PORT").unwrap());
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    axum::serve(listener, app).await.unwrap();
}
