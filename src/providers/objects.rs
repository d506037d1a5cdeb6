//! The object store.

use super::Noted;
use super::health::{Answer, Provider::Store};
use actors::ports::{ObjectBody, ObjectError, ObjectKey, Objects};
use async_trait::async_trait;
use bytes::Bytes;
use std::path::Path;

fn meaning<T>(answer: &Result<T, ObjectError>) -> Answer {
    match answer {
        Ok(_) => Answer::Ok,
        Err(ObjectError::Missing(_) | ObjectError::BadKey(_)) => Answer::Refused,
        Err(ObjectError::Unavailable(why)) => Answer::Failed(why.to_string()),
    }
}

#[async_trait]
impl Objects for Noted<dyn Objects> {
    async fn put(&self, key: &ObjectKey, body: ObjectBody) -> Result<(), ObjectError> {
        self.health.asks((Store, "put"), self.port.put(key, body), meaning).await
    }

    async fn get(&self, key: &ObjectKey) -> Result<Bytes, ObjectError> {
        self.health.asks((Store, "get"), self.port.get(key), meaning).await
    }

    async fn copy_to(&self, key: &ObjectKey, file: &Path) -> Result<u64, ObjectError> {
        self.health.asks((Store, "get"), self.port.copy_to(key, file), meaning).await
    }

    async fn size(&self, key: &ObjectKey) -> Result<u64, ObjectError> {
        self.health.asks((Store, "size"), self.port.size(key), meaning).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), ObjectError> {
        self.health.asks((Store, "delete"), self.port.delete(key), meaning).await
    }

    async fn delete_below(&self, folder: &ObjectKey) -> Result<u64, ObjectError> {
        self.health.asks((Store, "delete_below"), self.port.delete_below(folder), meaning).await
    }
}
