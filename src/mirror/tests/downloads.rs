//! Downloads: the good case, and the name of each bad one. None leaves a file behind.

use super::*;
use actors::ports::{CONFIG, Fetcher, ObjectError, WEIGHTS};
use sha2::{Digest, Sha256};

#[tokio::test]
async fn weights_are_held_under_their_digest() {
    let disk = FalDisk::serving(|_| file(&weights())).await;
    let world = World::new().await;
    let url = disk.url("/files/lora.safetensors");
    let StoreAnswer::Stored(stored) = world.hold(&url).await else { panic!("not held") };
    let held = stored.named(WEIGHTS).unwrap();
    let digest = hex::encode(Sha256::digest(weights()));
    let avatar = Uuid::from_u128(7);
    assert_eq!(held.key.0, format!("loras/{avatar}/2/{digest}.safetensors"));
    assert_eq!(held.sha256, digest);
    assert_eq!(held.byte_size, i64::try_from(weights().len()).unwrap());
    assert_eq!(held.source, url);
    assert_eq!(world.store.get(&held.key).await.unwrap(), weights());
    assert_eq!(world.leftovers(), 0);
}

#[tokio::test]
async fn a_configuration_is_held_beside_the_weights_and_its_absence_hinders_nothing() {
    let deep = "[".repeat(1 << 16);
    let large = format!("\"{}\"", "x".repeat(1 << 20));
    let disk = FalDisk::serving(move |path| match path {
        "/lora" => file(&weights()),
        "/good" => file(b"{\"steps\": 1000}"),
        "/html" => file(b"<!doctype html>"),
        "/deep" => file(deep.as_bytes()),
        "/large" => file(large.as_bytes()),
        "/flood" => vec![head("200 OK", ""), Piece::Flood],
        "/away" => vec![head("302 Found", "Location: https://example.com/x\r\n")],
        _ => vec![head("404 Not Found", "")],
    })
    .await;
    let world = World::new().await;
    let held = async |path: &str| {
        let files = Files::of_training(disk.url("/lora"), None, Some(disk.url(path)));
        match world.hold_all(&files).await {
            StoreAnswer::Stored(held) => held,
            answer @ StoreAnswer::NotStored { .. } => panic!("{path}: {answer:?}"),
        }
    };
    let good = held("/good").await;
    let (weights, config) = (good.named(WEIGHTS).unwrap(), good.named(CONFIG).unwrap());
    assert_eq!(config.key.0, weights.key.0.replace(".safetensors", ".json"));
    assert_eq!(&world.store.get(&config.key).await.unwrap()[..], b"{\"steps\": 1000}");
    for (path, why) in [
        ("/html", "not JSON"),
        ("/deep", "not JSON"),
        ("/large", "more than 1048576 bytes"),
        ("/flood", "more than 1048576 bytes"),
        ("/away", "a host that is not FAL's"),
        ("/none", "404"),
    ] {
        let Some(told) = held(path).await.missing else { panic!("{path} is held") };
        assert!(told.contains(why) && !told.contains("http"), "{path}: {told}");
    }
    assert_eq!(world.leftovers(), 0);
}

#[tokio::test]
async fn a_file_of_another_size_than_fal_names_is_not_held() {
    let disk = FalDisk::serving(|_| file(&weights())).await;
    let world = World::new().await;
    let size = weights().len() as u64;
    let of = |size| Files::of_training(disk.url("/lora"), Some(size), None);
    assert!(matches!(world.hold_all(&of(size)).await, StoreAnswer::Stored(_)));
    let answer = world.hold_all(&of(size + 1)).await;
    assert_missing(&answer, MissingReason::SizeMismatch, "FAL names");
    assert_eq!(world.leftovers(), 0);
}

#[tokio::test]
async fn a_picture_is_read_whole_or_not_at_all() {
    use MissingReason::{DownloadFailed, SizeMismatch, UrlRefused};
    let disk = FalDisk::serving(|path| match path {
        "/good" => file(b"picture"),
        "/endless" => vec![head("200 OK", ""), Piece::Flood],
        "/large" => file(&[7; 101]),
        "/short" => vec![head("200 OK", "Content-Length: 50\r\n"), Piece::Bytes("half".into())],
        "/away" => vec![head("302 Found", "Location: https://example.com/x\r\n")],
        "/on" => vec![head("302 Found", "Location: /good\r\n")],
        _ => vec![head("404 Not Found", "")],
    })
    .await;
    let world = World::new().await;
    let stand_in = AllowedHosts::new([Url::parse("http://127.0.0.1:1").unwrap()]);
    let mirror = world.mirror(Arc::new(world.store.clone()), stand_in, resolver::SYSTEM);
    for path in ["/good", "/on"] {
        assert_eq!(mirror.fetch(&disk.url(path), 100).await.unwrap(), "picture", "{path}");
    }
    assert_eq!(mirror.fetch(&disk.url("/good"), 7).await.unwrap(), "picture");
    for (url, most, reason, why) in [
        (disk.url("/good"), 6, DownloadFailed, "more than 6 bytes"),
        (disk.url("/endless"), 100, DownloadFailed, "more than 100 bytes"),
        (disk.url("/large"), 100, DownloadFailed, "more than 100 bytes"),
        (disk.url("/short"), 100, SizeMismatch, "4 bytes came of 50"),
        (disk.url("/none"), 100, DownloadFailed, "404"),
        (disk.url("/away"), 100, UrlRefused, "a host that is not FAL's"),
        (FileUrl("https://example.com/x.jpg".into()), 100, UrlRefused, "a host"),
        (FileUrl("data:image/jpeg;base64,AAAA".into()), 100, UrlRefused, "not an address"),
    ] {
        let (given, told) = mirror.fetch(&url, most).await.unwrap_err();
        assert_eq!(given, reason, "{told}");
        assert!(told.contains(why) && !told.contains("127.0.0.1"), "{told:?} or {why:?}");
    }
    assert_eq!(world.leftovers(), 0);
}

/// Runs the test `weights_are_held_under_their_digest` alone, with a proxy in the environment where
/// nobody listens.
#[test]
fn a_proxy_of_the_environment_is_not_used() {
    let (_, module) = module_path!().split_once("::").unwrap();
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("{module}::weights_are_held_under_their_digest")])
        .envs(["http_proxy", "HTTP_PROXY", "all_proxy"].map(|name| (name, "http://127.0.0.1:1")))
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 passed"), "{said}");
}

#[tokio::test]
async fn two_layers_that_hold_at_once_do_no_harm() {
    let disk = FalDisk::serving(|_| file(&weights())).await;
    let world = World::new().await;
    let url = disk.url("/lora");
    let (one, other) = tokio::join!(world.hold(&url), world.hold(&url));
    assert!(matches!(one, StoreAnswer::Stored(_)), "{one:?}");
    assert_eq!(one, other);
}

#[tokio::test]
async fn a_body_without_a_length_is_taken_to_its_end() {
    let disk = FalDisk::serving(|_| vec![head("200 OK", ""), Piece::Bytes(weights().into())]).await;
    let world = World::new().await;
    assert!(matches!(world.hold(&disk.url("/lora")).await, StoreAnswer::Stored(_)));
}

/// A bad day of FAL's disk: its answer, the reason we give, and the words.
async fn bad_day(answer: fn() -> Vec<Piece>, reason: MissingReason, why: &str) {
    let limits = Limits { bytes: 1000, ..Limits::default() };
    bad_day_within(limits, answer, reason, why).await;
}

async fn bad_day_within(
    limits: Limits,
    answer: fn() -> Vec<Piece>,
    reason: MissingReason,
    why: &str,
) {
    let disk = FalDisk::serving(move |_| answer()).await;
    let world = World { limits, ..World::new().await };
    assert_missing(&world.hold(&disk.url("/lora")).await, reason, why);
    assert_eq!(world.leftovers(), 0, "{why}");
    assert_eq!(disk.visits(), 1, "{why}");
}

#[tokio::test]
async fn what_cannot_be_downloaded_is_called_so() {
    use MissingReason::DownloadFailed;
    bad_day(|| vec![head("404 Not Found", "")], DownloadFailed, "404").await;
    bad_day(|| vec![head("403 Forbidden", "")], DownloadFailed, "403").await;
    bad_day(|| vec![head("500 Internal Server Error", "")], DownloadFailed, "500").await;
    bad_day(|| vec![head("206 Partial Content", "")], DownloadFailed, "206").await;
    bad_day(|| vec![head("204 No Content", "")], DownloadFailed, "204").await;
    bad_day(|| vec![head("302 Found", "")], DownloadFailed, "to nowhere").await;
    bad_day(Vec::new, DownloadFailed, "").await; // closed without an answer
    bad_day(|| vec![Piece::Bytes("SSH-2.0\r\n".into())], DownloadFailed, "").await;
}

#[tokio::test]
async fn silence_ends_the_wait_before_and_within_the_body() {
    let limits = Limits { silence: Duration::from_millis(200), ..Limits::default() };
    let mute = || vec![Piece::Silence];
    let stalled = || {
        let head = head("200 OK", "Content-Length: 500\r\n");
        vec![head, Piece::Bytes(weights().into()), Piece::Silence]
    };
    for answer in [mute as fn() -> Vec<Piece>, stalled] {
        bad_day_within(limits, answer, MissingReason::DownloadFailed, "timed out").await;
    }
}

#[tokio::test]
async fn a_flood_is_cut_off_at_the_limit_whether_announced_or_not() {
    use MissingReason::DownloadFailed;
    let announced = || vec![head("200 OK", "Content-Length: 1001\r\n"), Piece::Flood];
    bad_day(announced, DownloadFailed, "more than 1000 bytes").await;
    let unannounced = || vec![head("200 OK", ""), Piece::Flood];
    bad_day(unannounced, DownloadFailed, "more than 1000 bytes").await;
}

#[tokio::test]
async fn a_download_without_end_ends_when_its_time_is_up() {
    let disk = FalDisk::serving(|_| vec![head("200 OK", ""), Piece::Flood]).await;
    let limits = Limits { total: Duration::from_millis(200), ..Limits::default() };
    let world = World { limits, ..World::new().await };
    let answer = world.hold(&disk.url("/lora")).await;
    assert_missing(&answer, MissingReason::DownloadFailed, "not done after 200ms");
    assert_eq!(world.leftovers(), 0);
}

#[tokio::test]
async fn fewer_bytes_than_announced_are_a_wrong_size() {
    let short = || {
        let mut pieces = file(&weights());
        pieces[0] = head("200 OK", "Content-Length: 999\r\n");
        pieces
    };
    bad_day(short, MissingReason::SizeMismatch, "of 999 announced").await;
}

#[tokio::test]
async fn what_is_no_safetensors_file_is_never_stored() {
    use MissingReason::NotSafetensors;
    bad_day(|| file(b"<!doctype html><title>Sign in</title>"), NotSafetensors, "a header of").await;
    bad_day(|| file(b""), NotSafetensors, "in a file of 0").await;
    bad_day(|| file(&weights()[..weights().len() - 1]), NotSafetensors, "63 are there").await;
    bad_day(|| file(b"PK\x03\x04 an archive of the folder"), NotSafetensors, "a header of").await;
}

#[tokio::test]
async fn nobody_at_home_is_a_failed_download() {
    let world = World::new().await;
    let disk = FalDisk::serving(|_| Vec::new()).await;
    let url = disk.url("/lora");
    drop(disk);
    tokio::task::yield_now().await; // the listener goes with its task
    assert_missing(&world.hold(&url).await, MissingReason::DownloadFailed, "");
}

#[tokio::test]
async fn a_log_never_names_the_address_of_a_persons_weights() {
    let disk = FalDisk::serving(|_| Vec::new()).await;
    let world = World::new().await;
    let StoreAnswer::NotStored { detail, .. } = world.hold(&disk.url("/a/secret-path")).await
    else {
        panic!("held");
    };
    assert!(!detail.contains("secret-path"), "{detail}");
}

/// A store with a fault.
struct Faulty {
    put: fn() -> Result<(), ObjectError>,
}

#[async_trait]
impl Objects for Faulty {
    async fn put(&self, _: &ObjectKey, _: ObjectBody) -> Result<(), ObjectError> {
        (self.put)()
    }
    async fn get(&self, key: &ObjectKey) -> Result<Bytes, ObjectError> {
        Err(ObjectError::Missing(key.0.clone()))
    }
    async fn copy_to(&self, key: &ObjectKey, _: &Path) -> Result<u64, ObjectError> {
        Err(ObjectError::Missing(key.0.clone()))
    }

    async fn size(&self, _: &ObjectKey) -> Result<u64, ObjectError> {
        Ok(1)
    }
    async fn delete(&self, _: &ObjectKey) -> Result<(), ObjectError> {
        Ok(())
    }
    async fn delete_below(&self, _: &ObjectKey) -> Result<u64, ObjectError> {
        Ok(0)
    }
}

#[tokio::test]
async fn a_store_that_refuses_or_lies_holds_nothing() {
    let disk = FalDisk::serving(|_| file(&weights())).await;
    let world = World::new().await;
    let refuses = Faulty { put: || Err(ObjectError::Unavailable("the disk is full".into())) };
    let lies = Faulty { put: || Ok(()) };
    let url = disk.url("/lora");
    let answer = world.hold_into(Arc::new(refuses), &url).await;
    assert_missing(&answer, MissingReason::StoreFailed, "the disk is full");
    let answer = world.hold_into(Arc::new(lies), &url).await;
    assert_missing(&answer, MissingReason::StoreFailed, "the store has 1 of");
    assert_eq!(world.leftovers(), 0);
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_our_own_fault() {
    let disk = FalDisk::serving(|_| file(&weights())).await;
    let world = World::new().await;
    std::fs::write(world.folder.path().join("incoming"), "a file").unwrap();
    let answer = world.hold(&disk.url("/lora")).await;
    assert_missing(&answer, MissingReason::StoreFailed, "");
    assert_eq!(disk.visits(), 0);
}

#[tokio::test]
async fn what_a_dead_process_left_is_removed_with_the_next_download() {
    let disk = FalDisk::serving(|_| file(&weights())).await;
    let world = World::new().await;
    let incoming = world.folder.path().join("incoming");
    std::fs::create_dir(&incoming).unwrap();
    let living = std::fs::File::create_new(incoming.join("weights-b.part")).unwrap();
    living.lock().unwrap();
    for name in ["weights-a.part", "other"] {
        std::fs::File::create_new(incoming.join(name)).unwrap();
    }
    world.hold(&disk.url("/lora")).await;
    assert!(!incoming.join("weights-a.part").exists());
    assert!(incoming.join("weights-b.part").exists() && incoming.join("other").exists());
}
