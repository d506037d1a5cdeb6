//! A server on loopback that behaves like FAL's disk on its worst days.

mod bypasses;
mod downloads;

use super::*;
use crate::objects::FileObjects;
use bytes::Bytes;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;
use uuid::Uuid;

/// What the server sends, in order; then it closes the connection.
enum Piece {
    Bytes(Bytes),
    /// Endless bytes.
    Flood,
    /// Nothing more, but no end either.
    Silence,
}

/// A file server that answers a path with these pieces.
struct FalDisk {
    address: SocketAddr,
    visits: Arc<AtomicUsize>,
    _serving: JoinSet<()>,
}

impl FalDisk {
    async fn serving(answer: impl Fn(&str) -> Vec<Piece> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let visits = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&visits);
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut visitors = JoinSet::new();
            while let Ok((visitor, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (path, visitor) = asked(visitor).await;
                visitors.spawn(written(visitor, answer(&path)));
            }
        });
        Self { address, visits, _serving: serving }
    }

    fn url(&self, path: &str) -> FileUrl {
        FileUrl(format!("http://{}{path}", self.address).into())
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

async fn asked(mut visitor: TcpStream) -> (String, TcpStream) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        match visitor.read_u8().await {
            Ok(byte) => request.push(byte),
            Err(_) => break, // gone, or something other than HTTP
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    (request.split(' ').nth(1).unwrap_or_default().to_owned(), visitor)
}

async fn written(mut visitor: TcpStream, pieces: Vec<Piece>) {
    for piece in pieces {
        let gone = match piece {
            Piece::Bytes(bytes) => visitor.write_all(&bytes).await.is_err(),
            Piece::Silence => std::future::pending().await,
            Piece::Flood => loop {
                if visitor.write_all(&[0; 4096]).await.is_err() {
                    break true;
                }
            },
        };
        if gone {
            return;
        }
    }
}

fn head(status: &str, headers: &str) -> Piece {
    Piece::Bytes(format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n").into())
}

fn file(content: &[u8]) -> Vec<Piece> {
    let length = format!("Content-Length: {}\r\n", content.len());
    vec![head("200 OK", &length), Piece::Bytes(Bytes::copy_from_slice(content))]
}

/// Weights as a trainer makes them, smaller.
fn weights() -> Vec<u8> {
    let numbers = [7; 64];
    let tensor =
        ::safetensors::tensor::TensorView::new(::safetensors::Dtype::BF16, vec![4, 8], &numbers);
    ::safetensors::serialize([("lora_A", tensor.unwrap())], None).unwrap()
}

/// FAL's answer when it reports only the weights.
fn only(weights: &FileUrl) -> Files {
    Files::of_training(weights.clone(), None, None)
}

/// A mirror with a store and a folder of its own.
struct World {
    folder: TempDir,
    store: FileObjects,
    limits: Limits,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = FileObjects::open(folder.path().join("objects")).await.unwrap();
        Self { folder, store, limits: Limits::default() }
    }

    /// With a stand-in of FAL on loopback.
    async fn hold(&self, file: &FileUrl) -> StoreAnswer {
        self.hold_into(Arc::new(self.store.clone()), file).await
    }

    async fn hold_into(&self, objects: Arc<dyn Objects>, file: &FileUrl) -> StoreAnswer {
        let stand_in = Url::parse("http://127.0.0.1:1").unwrap();
        self.mirror(objects, AllowedHosts::new([stand_in]), resolver::SYSTEM)
            .store(AvatarId(Uuid::from_u128(7)), 2, &only(file))
            .await
    }

    async fn hold_all(&self, files: &Files) -> StoreAnswer {
        let stand_in = Url::parse("http://127.0.0.1:1").unwrap();
        let (objects, allowed) = (Arc::new(self.store.clone()), AllowedHosts::new([stand_in]));
        let mirror = self.mirror(objects, allowed, resolver::SYSTEM);
        mirror.store(AvatarId(Uuid::from_u128(7)), 2, files).await
    }

    fn mirror(
        &self,
        objects: Arc<dyn Objects>,
        allowed: AllowedHosts,
        lookup: resolver::Lookup,
    ) -> Mirror {
        let downloader = Downloader::new(allowed, self.limits, lookup).unwrap();
        let log = Logger::root(slog::Discard, o!());
        Mirror { downloader, objects, temp_dir: self.folder.path().join("incoming"), log }
    }

    fn leftovers(&self) -> usize {
        let incoming = self.folder.path().join("incoming");
        std::fs::read_dir(incoming).map_or(0, Iterator::count)
    }
}

/// Fails unless storing failed for this reason.
#[track_caller]
fn assert_missing(answer: &StoreAnswer, reason: MissingReason, why: &str) {
    let StoreAnswer::NotStored { reason: given, detail } = answer else {
        panic!("held: {answer:?}")
    };
    assert_eq!(*given, reason, "{detail}");
    assert!(detail.contains(why), "{detail:?} does not say {why:?}");
}
